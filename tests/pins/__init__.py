"""Tests of trainer.pins."""
