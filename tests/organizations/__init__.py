"""Tests of trainer.organizations."""
