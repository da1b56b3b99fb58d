"""After a slip replaced someone's PIN: what is shut until it is certain that they used it themselves.

Whoever prints slips could use one. What was answered before is shut, and for a week nothing can be done that would make
the account somebody else's, except in a browser that knew the account before; no other becomes known meanwhile. There,
the PIN of before is still good, too. A mailed link to an address from before, or that PIN, opens everything again.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, Final, TypeVar, cast

from flask import flash
from flask_babel import gettext as _
from flask_login import current_user

from trainer.accounts.guessing import is_known, pin_name
from trainer.accounts.models import User
from trainer.core.audit import note
from trainer.core.clock import now
from trainer.web.redirects import go
from trainer.web.ways import way_to, way_to_extra

F = TypeVar("F", bound=Callable[..., Any])
WAITS: Final = dt.timedelta(days=7)
"""For how long nothing can be done that would make the account somebody else's."""


def shut_before() -> dt.datetime | None:
    """Return before which instant the answers of who is signed in are shut in this browser; None if all are open."""
    return shut_for(current_user.id, current_user.pin_replaced_at) if current_user.is_authenticated else None


def shut_for(user_id: uuid.UUID, replaced_at: dt.datetime | None) -> dt.datetime | None:
    """Return the same of a user whose PIN a slip replaced at an instant."""
    return None if replaced_at is None or is_known(pin_name(user_id)) else replaced_at


def is_shut(at: dt.datetime) -> bool:
    """Return True if what was answered at an instant is shut in this browser."""
    before = shut_before()
    return before is not None and at < before


def waits_until() -> dt.datetime | None:
    """Return until when nothing can be done in this browser that would make the account somebody else's, or None."""
    before = shut_before()
    return before + WAITS if before is not None and now() < before + WAITS else None


def is_uncertain() -> bool:
    """Return True if it isn't certain who used the last slip, and whoever looks may still be able to tell."""
    is_known_here = current_user.is_authenticated and current_user.pin_replaced_at and shut_before() is None
    return bool(is_known_here) or waits_until() is not None


def unless_waiting(view: F) -> F:
    """Let nobody use the view during the week after a slip, except in a browser that knew the account."""

    @wraps(view)
    def guarded(*arguments: Any, **values: Any) -> Any:
        if waits_until() is not None:
            return lead_to_slips()
        return view(*arguments, **values)

    return cast("F", guarded)


def lead_to_slips() -> Any:
    """Redirect to where someone can show that it was they who used the slip."""
    flash(_("A PIN slip replaced your PIN. First show that it was you."))
    return go(way_to_extra("used_slips") or way_to("me"))


def confirm_replaced(user: User, now: dt.datetime) -> None:
    """Note that it was the account's owner who replaced the PIN: nothing is shut anymore."""
    if user.pin_replaced_at is not None:
        note("pin.confirmed", now, actor_id=user.id, subject_id=user.id)
    user.pin_before = user.pin_before_key_id = user.pin_before_until = user.pin_replaced_at = None


def confirm_by_address(user: User, now: dt.datetime) -> None:
    """Note the same of someone who opened a mailed link, if the address is from before the slip."""
    if has_address_from_before(user):
        confirm_replaced(user, now)


def has_address_from_before(user: User) -> bool:
    """Return True if the account's address was confirmed before a slip replaced the PIN."""
    confirmed, until = user.email_confirmed_at, user.pin_before_until
    return confirmed is not None and until is not None and confirmed < until
