"""Tests of trainer.interop."""
