"""The measures of recognition, as pure functions: numbers in, frozen records out.

No tables, pages, clock or words; chance is an argument. What a page says of a measure, and from how many answers on,
belongs to the page; below what no figure has a meaning is said here.
"""
