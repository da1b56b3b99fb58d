"""Tests of trainer.instructing."""
