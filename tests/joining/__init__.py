"""Tests of trainer.joining."""
