"""What other systems get of a firm and tell it: tokens, and what can be read and written with one under /api/v1.

Nouns: ApiToken, PersonWrite. What is given out comes from the same queries as the pages.
"""
