"""Tests of the page about evidence."""
