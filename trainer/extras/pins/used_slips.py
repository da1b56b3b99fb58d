"""Telling people with a PIN which slips were used for their account, and hearing that it wasn't them. Never commits.

Whoever uses a slip can say at once that it was they. So the next slip shows those before it again: someone whose PIN
was replaced comes back with a slip, and reads then what they weren't there for.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import aliased

from trainer.accounts.after_slip import confirm_replaced
from trainer.accounts.models import Session, User
from trainer.accounts.operations import end_sessions
from trainer.accounts.queries import get_user
from trainer.core import outbox
from trainer.core.audit import note
from trainer.core.db import db
from trainer.core.errors import NotFound
from trainer.extras.pins.models import PinSlip
from trainer.extras.pins.pins import restore_pin
from trainer.extras.pins.slips import is_good
from trainer.organizations.models import Membership, Organization
from trainer.organizations.queries import list_owner_addresses
from trainer.web.language import mail_language

TOLD = dt.timedelta(days=90)
"""For how long a slip that was used is told of."""
_OWN = dt.timedelta(minutes=1)
"""A session that began so soon after a slip was used began with it."""


class UsedSlip(NamedTuple):
    """A slip that was used for someone's account."""

    slip: PinSlip
    firm: str
    zone: str
    """The firm's time zone."""
    printed_by: str | None
    """As the firm has written the name; None if that isn't known anymore."""


def list_used(user_id: uuid.UUID, now: dt.datetime) -> Sequence[UsedSlip]:
    """Return the slips used lately for an account, the newest first."""
    printer = aliased(Membership)
    name = (
        select(printer.name)
        .where(printer.organization_id == PinSlip.organization_id, printer.user_id == PinSlip.created_by_id)
        .order_by(printer.created_at.desc())
        .limit(1)
        .correlate(PinSlip)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(PinSlip, Organization.name, Organization.time_zone, name)
        .join(Membership, Membership.id == PinSlip.membership_id)
        .join(Organization, Organization.id == PinSlip.organization_id)
        .where(Membership.user_id == user_id, PinSlip.used_at > now - TOLD)
        .order_by(PinSlip.used_at.desc(), PinSlip.id)
    )
    return [UsedSlip(*row) for row in rows]


def list_untold(
    user_id: uuid.UUID, session_id: uuid.UUID | None, now: dt.datetime, *, is_uncertain: bool = False
) -> Sequence[UsedSlip]:
    """Return the slips that someone has to be told of in this session: all of them while one wasn't answered for, but
    for one alone with which the session itself began.

    `is_uncertain`: all of them, since nobody knows yet who used the last one.
    """
    used = list_used(user_id, now)
    if is_uncertain:
        return used
    unseen = [row for row in used if row.slip.seen_at is None]
    if not unseen:
        return []
    session = db.session.get(Session, session_id) if session_id is not None else None
    began = session.created_at if session is not None else now
    is_own = len(used) == 1 and used[0].slip.used_at is not None and began - used[0].slip.used_at <= _OWN
    return [] if is_own else used


def confirm(user_id: uuid.UUID, now: dt.datetime, *, is_certain: bool) -> None:
    """Note that someone used all of the slips themselves; `is_certain`: and that it is they who say so."""
    for row in list_used(user_id, now):
        row.slip.seen_at = row.slip.seen_at or now
    if is_certain:
        confirm_replaced(get_user(user_id), now)


def dispute(
    user_id: uuid.UUID, slip_id: uuid.UUID, session_id: uuid.UUID | None, now: dt.datetime, *, is_certain: bool
) -> None:
    """Note that someone else used a slip: other devices are signed out, unused slips void, and the firm's owners told.

    `is_certain`: it is the account's owner who says so, and gets it back as it was. Raises NotFound for a slip of
    somebody else.
    """
    used = next((row for row in list_used(user_id, now) if row.slip.id == slip_id), None)
    if used is None:
        raise NotFound
    slip = used.slip
    if slip.disputed_at is None:
        slip.seen_at, slip.disputed_at = now, now
        person = db.session.get_one(Membership, slip.membership_id)
        note(
            "pin_slip.disputed",
            now,
            actor_id=user_id,
            organization_id=slip.organization_id,
            subject_id=person.id,
            name=person.name,
        )
        _tell_owners("slip-disputed", slip, now)
    if is_certain:
        restore_pin(get_user(user_id), now)
    db.session.execute(
        update(PinSlip)
        .where(PinSlip.membership_id == slip.membership_id, is_good(now))
        .values(revoked_at=now)
        .execution_options(synchronize_session=False)
    )
    end_sessions(user_id, now, but=session_id)


def tell_used(slip: PinSlip, user: User, now: dt.datetime) -> None:
    """Tell the firm's owners that a slip replaced someone's PIN, and the person, at an address of their own."""
    _tell_owners("slip-used", slip, now)
    if user.email is not None:
        outbox.post("pin-replaced", user.email, mail_language(user.language), {"user": user.id.hex}, now)


def _tell_owners(template: str, slip: PinSlip, now: dt.datetime) -> None:
    owners = list_owner_addresses(slip.organization_id)
    mails = [(address, mail_language(language), {"slip": slip.id.hex}) for address, language in owners]
    outbox.post_all(template, mails, now)
