"""Tests of links for inspectors."""
