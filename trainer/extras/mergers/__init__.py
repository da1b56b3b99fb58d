"""Joining two entries of one person on a roster, which can be undone for a day. Noun: Merger."""
