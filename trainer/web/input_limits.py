"""Refuse what no page of ours sends, in one place: forms of too many fields, and characters that no database takes."""

from __future__ import annotations

from typing import Final

from flask import Flask, abort, request

MOST_FIELDS: Final = 2_000
"""Of a form. Two kinds of ours can have more than 1,000: who of a class of 1,000 was at a meeting (with
the token, 1,001), and the teams that a requirement is for or that someone manages: large firms have one per site."""
_NUL = b"%00"


def init_input_limits(app: Flask) -> None:
    """Look at each request before anything parses its form. (Werkzeug counts parts of multipart forms only.)"""
    app.before_request(_check)


def _check() -> None:
    if "\0" in request.path:
        abort(404)
    if _NUL in request.query_string:
        abort(400)
    if request.mimetype == "application/x-www-form-urlencoded":
        body = request.get_data()
        if body.count(b"&") >= MOST_FIELDS:
            abort(413)
        if _NUL in body:
            abort(400)
