"""Tests of badges, and of the check of files."""
