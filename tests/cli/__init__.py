"""Tests of trainer.cli."""
