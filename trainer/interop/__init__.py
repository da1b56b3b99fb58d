"""What other systems get of a firm: tokens, and what can be read with one under /api/v1.

Noun: ApiToken. What is given out comes from the same queries as the pages; nothing can be changed here.
"""
