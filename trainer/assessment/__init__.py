"""Judging scenes: drawing, recording, scoring, passing, trying again, and what a result says.

Nouns: Attempt, Response, ItemSnapshot. What follows from a passed final is decided in `learning`.
"""
