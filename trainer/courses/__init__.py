"""The content folder, read-only: typed objects, loader, Markdown, checker, library, and the public reading pages.

Nouns: Course, Module, Lesson, Indicator, Scenario, Item, Source, HelpLine. No tables, and nothing about a person.
"""
