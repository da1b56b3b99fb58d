"""Tests of trainer.credentials."""
