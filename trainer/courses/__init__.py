"""Pages that depend on content alone: catalogue, indicators, glossary, sources, search, help, field cards.

Nothing about a person; a lesson as a learner reads it belongs to `learning`.
"""
