"""Tests of `trainer.assignments`."""
