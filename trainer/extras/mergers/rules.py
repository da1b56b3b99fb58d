"""Whether two entries can be joined, which of them stays, and how long that can be undone. Pure: time is given."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MERGER_UNDO_LASTS: Final = dt.timedelta(hours=24)
"""How long joining two entries can be undone. After that, what the person did moves, and the other account is empty."""
MERGER_ASKED_LASTS: Final = dt.timedelta(days=14)
"""How long the owner of an account can agree to having another entry joined to it."""


class MergerOutcome(StrEnum):
    """How joining two entries ended."""

    SETTLED = "settled"  # can't be undone anymore
    UNDONE = "undone"
    DECLINED = "declined"  # by the owner of the account that would have stayed
    WITHDRAWN = "withdrawn"  # by the firm
    EXPIRED = "expired"  # the owner of the account didn't answer


class Obstacle(StrEnum):
    """Why two entries can't be joined, or not this way around."""

    ROLES = "roles"  # someone who has a role is never joined away
    OWN_ACCOUNTS = "own accounts"  # each is its owner's own: no firm may move what is in it
    OTHER_WAY = "other way"  # the one that would be joined away has to stay
    STAFF = "has a role"  # nobody with a role gets what is in someone's account: they could have asked for it


@dataclass(frozen=True, slots=True)
class MergerSide:
    """One of two entries that are to be joined."""

    has_account: bool
    is_own: bool
    """The account is its owner's own: it has an address, or another firm or class knows it."""
    is_member: bool
    """Has no role."""


def obstacle_to(kept: MergerSide, gone: MergerSide) -> Obstacle | None:
    """Return why one entry can't be joined into another, or None if it can."""
    if kept.is_own and gone.is_own:
        return Obstacle.OWN_ACCOUNTS
    if gone.has_account and kept.has_account and not kept.is_member:
        return Obstacle.STAFF
    has_to_stay = gone.is_own or not gone.is_member or (gone.has_account and not kept.has_account)
    if not has_to_stay:
        return None
    can_go = kept.is_member and not kept.is_own and (gone.has_account or not kept.has_account)
    return Obstacle.OTHER_WAY if can_go else Obstacle.ROLES


def can_undo_merger(joined_at: dt.datetime, now: dt.datetime) -> bool:
    """Return True while joining two entries can be undone."""
    return now - joined_at < MERGER_UNDO_LASTS
