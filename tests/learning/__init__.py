"""Tests of trainer.learning."""
