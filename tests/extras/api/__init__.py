"""Tests of the API and its tokens."""
