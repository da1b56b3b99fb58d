"""Tests of reports of training status by email."""
