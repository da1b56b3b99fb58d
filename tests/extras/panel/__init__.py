"""Tests of key panels."""
