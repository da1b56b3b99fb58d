"""Whole roads, without a browser."""
