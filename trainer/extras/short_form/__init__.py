"""The short form: a fixed set of open scenes that anyone can answer, here or on paper, and norms from kept answers.

Noun: KeptShortForm.
"""
