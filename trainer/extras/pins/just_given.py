"""What someone has just given the right secret for, kept in the session for minutes: a slip, or a PIN with a notice."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from flask import session

from trainer.core.clock import now
from trainer.extras.pins.devices import this_site

SLIP: Final = "slip"
"""The slip whose code was typed."""
NOTICE: Final = "notice"
"""What whoever gave the PIN of an account is told instead of being signed in."""
_LASTS = 15 * 60
_LASTS_AT_SITE = 5 * 60


def keep(what: str, record_id: UUID) -> None:
    """Remember it, and since when."""
    session[what] = [record_id.hex, int(now().timestamp())]


def find(what: str) -> UUID | None:
    """Return it, or None if nothing was given or that was too long ago."""
    number, at = session.get(what) or ("", 0)
    lasts = _LASTS if this_site() is None else _LASTS_AT_SITE
    return UUID(hex=number) if number and now().timestamp() - at < lasts else None


def was_given(what: str) -> bool:
    """Return whether it was given in this session, however long ago."""
    return what in session


def forget(what: str) -> None:
    """Forget it."""
    session.pop(what, None)
