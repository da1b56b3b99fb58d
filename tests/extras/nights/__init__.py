"""Tests of practice shifts and rare shifts."""
