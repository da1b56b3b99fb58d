"""Tests of trainer.compliance."""
