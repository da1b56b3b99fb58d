"""Learners who use a running site over HTTP, what it promised them, and whether the database has it."""
