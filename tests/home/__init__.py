"""Tests of trainer.home."""
