"""Tests of trainer.core."""
