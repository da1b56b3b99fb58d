"""What a token opens, how long it is valid, and how it is recognized. Pure: time is an argument."""

from __future__ import annotations

import datetime as dt
import hashlib
from enum import StrEnum
from typing import Final

from trainer.organizations.rules import local_day

LASTS: Final = dt.timedelta(days=365)
"""How long a token is good."""
MOST_TOKENS: Final = 20
"""Tokens that a firm can have at a time."""
PREFIX: Final = "wyr_"
"""Scanners for leaked secrets, and people, know a token by it."""
AHEAD: Final = dt.timedelta(minutes=5)
"""How far another system's clock may be ahead of ours."""
EARLIEST: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
REMEMBERED: Final = dt.timedelta(days=366)
"""How long we know when another system last wrote about a number."""
_NOTED_EVERY: Final = dt.timedelta(hours=1)


class Scope(StrEnum):
    """What a token may read or, with `:write`, change."""

    PEOPLE = "people"
    ASSIGNMENTS = "assignments"
    COMPLETIONS = "completions"
    CREDENTIALS = "credentials"
    TRAININGS = "trainings"
    EMAILS = "emails"
    PEOPLE_WRITE = "people:write"


class Result(StrEnum):
    """What came of what another system said of a person."""

    NEW = "new"
    RETURNED = "returned"  # was here before
    CHANGED = "changed"
    LEFT = "left"
    UNCHANGED = "unchanged"
    SUPERSEDED = "superseded"  # by a write that is as new or newer


BROUGHT_IN: Final = frozenset({Result.NEW, Result.RETURNED})


def refuse_instant(changed_at: dt.datetime, now: dt.datetime) -> bool:
    """Return True for an instant at which nothing can have changed: it would keep later writes out."""
    return not EARLIEST <= changed_at <= now + AHEAD


class TokenState(StrEnum):
    """Whether a token opens anything."""

    GOOD = "good"
    RESTING = "resting"  # whoever made it isn't an owner now
    EXPIRED = "expired"
    REVOKED = "revoked"


def digest(token: str) -> str:
    """Hash a token for storage."""
    return hashlib.sha256(token.encode()).hexdigest()


def state(*, revoked_at: dt.datetime | None, expires_at: dt.datetime, has_owner: bool, now: dt.datetime) -> TokenState:
    """Return the state of a token at an instant."""
    if revoked_at is not None:
        return TokenState.REVOKED
    if now >= expires_at:
        return TokenState.EXPIRED
    return TokenState.GOOD if has_owner else TokenState.RESTING


def is_first_today(last_used_at: dt.datetime | None, zone: str, now: dt.datetime) -> bool:
    """Return True at the first use on a firm's day."""
    return last_used_at is None or local_day(zone, last_used_at) != local_day(zone, now)


def is_use_noted(last_used_at: dt.datetime | None, zone: str, now: dt.datetime) -> bool:
    """Return True if a use is to be recorded: the first of a day, then one an hour at most."""
    if last_used_at is None or is_first_today(last_used_at, zone, now):
        return True
    return now - last_used_at >= _NOTED_EVERY
