"""Tests of trainer.extras.pins."""
