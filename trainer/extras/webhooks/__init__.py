"""What other systems of a firm are told as it happens: events of `core/events.py`, sent to addresses it chose.

Nouns: Webhook, Delivery.
"""
