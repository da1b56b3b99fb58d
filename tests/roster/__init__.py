"""Tests of trainer.roster."""
