"""What every package may use: settings, database, clock, signing, domain errors.

Knows no feature and no page.
"""
