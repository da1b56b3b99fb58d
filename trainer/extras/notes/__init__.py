"""Notes of lessons that people hand in to a class, and that its instructor grades and answers.

Nouns: ClassNote, SavedComment. Whether a class takes notes is one of its facts (`instructing`), which people read
before they join.
"""
