"""Tests of the short form."""
