"""What packages below ask: where people sign in with a PIN, and whether what is typed is someone's PIN.

Each try is written down before it is looked at.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import session, url_for
from flask_login import current_user

from trainer.accounts.after_slip import is_uncertain
from trainer.accounts.queries import find_user
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.extras.pins.devices import this_site, was_site
from trainer.extras.pins.pins import begin_try, check_pin, cross_out
from trainer.extras.pins.rules import Way
from trainer.extras.pins.signing_in import begin_by_address, way_of
from trainer.extras.pins.used_slips import UsedSlip, list_untold
from trainer.web.sessions import QUIET_SECONDS


def site_sign_in(following: str | None = None) -> str | None:
    """Return where people sign in with a PIN if this browser is a site device, which many share; otherwise None."""
    return url_for("pins.sign_in", next=following) if this_site() is not None else None


def former_site_sign_in() -> str | None:
    """Return the same if this browser was registered once, whether or not it still is a site device."""
    return url_for("pins.sign_in") if was_site() else None


def list_own_untold() -> Sequence[UsedSlip]:
    """Return the slips that whoever is signed in has to be told of."""
    is_unsure = is_uncertain()
    if not (current_user.has_pin or is_unsure):
        return []
    return list_untold(current_user.id, current_user.session_id, now(), is_uncertain=is_unsure)


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
