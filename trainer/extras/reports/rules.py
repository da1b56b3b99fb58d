"""When a report is due, and for how long things about it are kept. Pure: the day is an argument."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from enum import StrEnum
from typing import Final

from trainer.assignments.rules import monday_of

UNCONFIRMED_KEPT: Final = dt.timedelta(days=14)
"""How long the link works with which an address outside the firm says yes."""
ASKED_AGAIN_AFTER: Final = dt.timedelta(days=30)
"""After an address said no more or was removed, before the firm may ask it again about any report."""
LOG_KEPT: Final = dt.timedelta(days=400)
"""How long it is known what went to whom, and of a report that has ended, that it was there."""
MOST_REPORTS: Final = 50
MOST_RECIPIENTS: Final = 20
MOST_GIVEN_UP: Final = 2
"""Mails in a row that couldn't be delivered, after which no more go to an address."""
MOST_ATTACHED: Final = 10_000_000
"""Bytes of both files on the wire; common mail servers refuse more."""
WEEKS: Final = 12
"""Of the trend."""


class Rhythm(StrEnum):
    """How often a report goes out."""

    WEEK = "week"
    MONTH = "month"


class Stop(StrEnum):
    """Why somebody gets a report no more."""

    ASKED = "asked"  # by a link in a mail
    REMOVED = "removed"  # by the firm
    UNDELIVERABLE = "undeliverable"
    NO_RIGHT = "no right"  # may no longer see training status


def due_day(rhythm: Rhythm, today: dt.date) -> dt.date:
    """Return the newest day on which a report was or is due: a Monday, or the first of a month."""
    return monday_of(today) if rhythm is Rhythm.WEEK else today.replace(day=1)


def following(rhythm: Rhythm, today: dt.date) -> dt.date:
    """Return the next day after today on which a report is due."""
    if rhythm is Rhythm.WEEK:
        return monday_of(today) + dt.timedelta(days=7)
    return (today.replace(day=1) + dt.timedelta(days=32)).replace(day=1)


def days_of_trend(today: dt.date) -> list[dt.date]:
    """Return today and the same weekday of the weeks before, oldest first."""
    return [today - dt.timedelta(weeks=week) for week in range(WEEKS - 1, -1, -1)]


def shared_teams(chosen: Collection[str], seen: frozenset[uuid.UUID] | None) -> frozenset[uuid.UUID] | None:
    """Return the teams that a report tells someone of: those chosen for it (none for all) that the person sees."""
    if not chosen:
        return seen
    teams = frozenset(uuid.UUID(hex=team_id) for team_id in chosen)
    return teams if seen is None else teams & seen


def is_within(chosen: Collection[str], seen: frozenset[uuid.UUID] | None) -> bool:
    """Return True if someone who sees these teams sees all that a report tells."""
    return seen is None or (bool(chosen) and {uuid.UUID(hex=team_id) for team_id in chosen} <= seen)


def fits_mail(*sizes: int) -> bool:
    """Return True if files of so many bytes may be attached to one mail; on the wire, three bytes become four."""
    return sum(sizes) * 4 / 3 <= MOST_ATTACHED
