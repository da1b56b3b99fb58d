"""Tests of trainer.server."""
