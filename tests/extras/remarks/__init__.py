"""Tests of what people find wrong with scenes."""
