"""People who know the work read scenes without the key and rate them, so that keys rest on more than our own rule.

Nouns: KeyPanel, PanelRater, PanelRating.
"""
