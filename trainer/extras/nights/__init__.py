"""Nights on duty to practice: one with a log and a handover, and one of short events, nearly all ordinary."""
