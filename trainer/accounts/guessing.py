"""Slow down guessing at one account's password, from wherever it comes, and never lock its owner out.

Wrong passwords for an address are counted for an hour, whether it has an account or not. From the tenth on each further
try waits, longer each time. A browser in which the account was signed in before, or whose user opened a link that was
mailed to it, holds a cookie that says so: it doesn't wait for the misses of others, only for its own.
"""

from __future__ import annotations

import secrets
import uuid
from typing import Final

from flask import Response, after_this_request, current_app, request

from trainer.core.signing import digests, sign, unsign
from trainer.web.limits import count, key_of, seconds_left
from trainer.web.sessions import known_cookie

FREE: Final = 10
"""Wrong passwords in an hour before the next has to wait."""
_HOUR = 3600
_LONGEST = 900
_KEPT = 400 * 86_400  # as long as browsers keep a cookie
_MOST = 10  # accounts that one browser is known to


def seconds_to_wait(key: str) -> int:
    """Return how long a try at the account of a canonical address has to wait; 0 if it needn't."""
    browser = _find_browser(key)
    if browser is not None and not seconds_left(key_of("browser", key, browser), FREE):
        return 0
    return seconds_left(key_of("turn", key), 1)


def count_miss(key: str) -> int:
    """Count a wrong password; return how many the address had within the hour. Never commits."""
    browser = _find_browser(key)
    if browser is not None and not seconds_left(key_of("browser", key, browser), FREE):
        return count(key_of("browser", key, browser), _HOUR)
    misses = count(key_of("account", key), _HOUR)
    if misses >= FREE:
        count(key_of("turn", key), wait_after(misses))
    return misses


def wait_after(misses: int) -> int:
    """Return how many seconds the next try waits: 30, 60, 120 … up to a quarter of an hour."""
    return min(30 * 2 ** min(misses - FREE, 9), _LONGEST) if misses >= FREE else 0


def pin_name(user_id: uuid.UUID) -> str:
    """Return the name under which a browser knows that this account was opened in it with a PIN."""
    return f"pin:{user_id.hex}"


def is_known(key: str) -> bool:
    """Return True if the account of the address was opened in this browser before."""
    return _find_browser(key) is not None


def know_browser(key: str) -> None:
    """Let this browser be one from which the account of the address was opened."""
    known = _known()
    marks = _marks(key)
    for mark in marks:
        known.pop(mark, None)
    known[marks[0]] = secrets.token_urlsafe(9)
    value = sign("known-browser", dict(list(known.items())[-_MOST:]))

    @after_this_request
    def remember(response: Response) -> Response:
        secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
        response.set_cookie(known_cookie(), value, max_age=_KEPT, secure=secure, httponly=True, samesite="Lax")
        return response


def _known() -> dict[str, str]:
    secrets_by_mark = unsign("known-browser", request.cookies.get(known_cookie(), ""))
    return secrets_by_mark if isinstance(secrets_by_mark, dict) else {}


def _find_browser(key: str) -> str | None:
    known = _known()
    return next((known[mark] for mark in _marks(key) if mark in known), None)


def _marks(key: str) -> list[str]:
    """Return what may stand in the cookie for an address, by the current key first: a shared browser tells nothing."""
    return [made[:16] for made in digests("known-browser", key)]
