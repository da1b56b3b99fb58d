"""Tests of trainer.web."""
