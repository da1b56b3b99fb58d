"""Tests of trainer.assessment."""
