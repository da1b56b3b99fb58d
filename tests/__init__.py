"""Tests mirror the package; `journeys/` walk whole roads, `browser/` do so in a real browser."""
