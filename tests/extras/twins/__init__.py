"""Tests of twins side by side."""
