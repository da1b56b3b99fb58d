"""Work that nobody waits for: mail is delivered, what has expired is forgotten.

The rows say what is to be done (`core.outbox`); this package only does it, again and again. It holds no records.
"""
