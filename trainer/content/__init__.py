"""The content folder, read-only: its parts, how they are read, checked, rendered and kept, and what is being served.

Nouns: Course, Module, Lesson, Indicator, Scenario, Source, HelpLine. No Flask, no tables, and nothing about a person.
"""
