"""Refuse changes that another site's page asks for, before any token is looked at.

Browsers say where a request comes from in Sec-Fetch-Site; older ones only in Origin. (With our
Referrer-Policy a same-site form may send `Origin: null`, so that alone proves nothing.) Form tokens
are checked as well; this also covers the forms of visitors who have no cookie to hang a token on.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, abort, request

_SAFE = {"GET", "HEAD", "OPTIONS"}


def init_origin(app: Flask) -> None:
    """Check the origin of each change."""
    app.before_request(_check)


def comes_from_elsewhere() -> bool:
    """Return whether the browser says that another site's page asks for this, or leads here."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    return bool(origin and origin != "null" and urlsplit(origin).netloc != request.host)


def _check() -> None:
    if request.method not in _SAFE and comes_from_elsewhere():
        abort(403)
