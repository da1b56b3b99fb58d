"""Types of items, one folder each behind `registry`: what authors write, its checks, payload, form, marking and pages.

Nouns: Item, Payload, Mark. No tables, and nothing about who answers.
"""
