"""Tests of trainer.tools."""
