"""Log which requests were refused, why and where: each at most once a minute, so that nobody can fill the log."""

from __future__ import annotations

import datetime as dt
import logging
import threading
from typing import Final

from flask import request

from trainer.core.clock import now

EVERY: Final = dt.timedelta(minutes=1)
_log = logging.getLogger(__name__)
_lock = threading.Lock()
_said: dict[tuple[str, str], tuple[dt.datetime, int]] = {}
"""By reason and page, both of which are ours: when it was said last, and how many were refused since."""


def note_refusal(reason: str) -> None:
    """Note that this request was refused. Who sent it, and what, stays out of the log."""
    key, instant = (reason, request.endpoint or "no page"), now()
    with _lock:
        last, more = _said.get(key, (None, 0))
        is_quiet = last is not None and dt.timedelta() <= instant - last < EVERY
        _said[key] = (last, more + 1) if is_quiet and last else (instant, 0)
    if not is_quiet:
        _log.warning("refused by %s: %s, and %s more since it was last said", *key, more)
