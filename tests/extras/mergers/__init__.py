"""Tests of joining two entries of one person on a roster."""
