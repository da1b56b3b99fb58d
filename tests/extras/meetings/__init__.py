"""Tests of classes taught in person."""
