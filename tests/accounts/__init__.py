"""Tests of trainer.accounts."""
