"""Serving, supervising, worker processes. Knows nothing of the product: what it serves and does is handed to it.

What it and the app both have to know of a request is in `core/http.py`.
"""
