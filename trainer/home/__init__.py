"""Pages that bring several features together, and the links around every page and around every page of a firm.

The public front, "my course" of a learner, a firm's own page. No tables of its own.
"""
