"""Whether what is typed is someone's PIN, as packages below ask: each try is written down before it is looked at."""

from __future__ import annotations

from flask import session
from flask_login import current_user

from trainer.accounts.queries import find_user
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.pins.pins import begin_try, check_pin, cross_out
from trainer.pins.rules import Way
from trainer.pins.signing_in import begin_by_address, way_of
from trainer.web.sessions import QUIET_SECONDS


def is_own_pin(given: str) -> bool:
    """Return True if this is the signed-in person's PIN, and one may still be looked at."""
    user_id, way = current_user.id, Way.SITE if QUIET_SECONDS in session else way_of(current_user)
    with transaction():
        try_id = begin_try(user_id, way, now())
    is_right = check_pin(find_user(user_id) if try_id is not None else None, given)
    if is_right and try_id is not None:
        with transaction():
            cross_out(try_id)
    return is_right


def is_pin_at_address(key: str, given: str) -> bool | None:
    """Return whether this is the PIN of the account with a canonical address; None if no PIN may be looked at there."""
    with transaction():
        tried = begin_by_address(key, given, way_of, now())
    if tried.try_id is None:
        return None
    is_right = check_pin(tried.user, given)
    if is_right:
        with transaction():
            cross_out(tried.try_id)
    return is_right
