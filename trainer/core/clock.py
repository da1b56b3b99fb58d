"""The only place that reads the time. Tests move it with time-machine."""

from __future__ import annotations

import datetime as dt

UTC = dt.UTC


def now() -> dt.datetime:
    """Return the current instant, aware, in UTC."""
    return dt.datetime.now(UTC)


def read_instant(text: str) -> dt.datetime | None:
    """Return the instant that a text states, in UTC; None for anything else, such as one outside of the calendar."""
    try:
        instant = dt.datetime.fromisoformat(text)
        return instant.astimezone(UTC) if instant.tzinfo else None
    except (ValueError, OverflowError):
        return None


def read_day(text: str) -> dt.date | None:
    """Return the day that a text states as YYYY-MM-DD; None for anything else."""
    try:
        return dt.date.fromisoformat(text) if len(text) == 10 and text[4] == text[7] == "-" else None
    except ValueError:
        return None


def today() -> dt.date:
    """Return the current day in UTC."""
    return now().date()
