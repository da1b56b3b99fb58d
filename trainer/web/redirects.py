"""Redirects that stay on this site, whatever `next=` says."""

from __future__ import annotations

import re

from flask import redirect
from werkzeug.wrappers import Response

# One slash, then only characters that no browser reads as a scheme, a host or a line break.
_PATH = re.compile(r"/(?![/\\])[A-Za-z0-9._~/?&=%+-]*\Z")
_ENCODED_TRICK = re.compile(r"%(0[0-9a-f]|1[0-9a-f]|2f|5c|7f)", re.IGNORECASE)


def safe_path(target: str | None, fallback: str) -> str:
    """Return `target` if it is a plain path of this site, else `fallback`."""
    if not target or len(target) > 500:
        return fallback
    path = target.split("?", 1)[0]
    if not _PATH.match(target) or _ENCODED_TRICK.search(path) or "//" in path or "/." in path:
        return fallback
    return target


def go(target: str) -> Response:
    """Redirect after a change (303: the browser reads the next page with GET)."""
    return redirect(target, 303)
