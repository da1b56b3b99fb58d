"""The only place that reads the time. Tests move it with time-machine."""

from __future__ import annotations

import datetime as dt

UTC = dt.UTC


def now() -> dt.datetime:
    """Return the current instant, aware, in UTC."""
    return dt.datetime.now(UTC)


def today() -> dt.date:
    """Return the current day in UTC."""
    return now().date()
