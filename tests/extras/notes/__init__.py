"""Tests of notes that people hand in to classes."""
