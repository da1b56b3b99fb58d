"""What accounts tell of a person, and how they forget one. Part of the operations; never commits."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Final

from sqlalchemy import ColumnElement, delete, or_, select

from trainer.accounts import second_factor
from trainer.accounts.models import Administrator, Link, RecoveryCode, Session, User
from trainer.accounts.queries import find_user, get_user
from trainer.core import audit, outbox
from trainer.core.db import db
from trainer.core.errors import NotFound
from trainer.core.privacy import Held, Told, tell, tell_all

HELD: Final = {
    "account": Held(
        {"administrators", "links", "recovery_codes", "sessions", "users"},
        ("account", "administrator", "sessions", "links", "recovery_codes"),
    ),
    "emails": Held(set(), ("emails",)),
    "log": Held(set(), ("log",)),
}
"""What it holds of people, by the sort of data that `trainer/privacy/register.py` tells of."""


ERASED = "Erased"
"""What stands where a record that others need had the person's name."""


def export_person(user_id: uuid.UUID) -> Told:
    """Return the account, its sessions, links, emails and log.

    No password, no PIN, no secret of the second step, no code; nor where a link leads: that may be an
    invitation that works.
    """
    user = find_user(user_id)
    if user is None:
        raise NotFound
    links = db.session.scalars(select(Link).where(_is_of(user)).order_by(Link.created_at)).all()
    codes = select(RecoveryCode).where(RecoveryCode.user_id == user_id).order_by(RecoveryCode.created_at)
    sessions = select(Session).where(Session.user_id == user_id).order_by(Session.created_at)
    return {
        "account": tell(
            [user],
            *("email", "email_confirmed_at", "certificate_name", "created_at", "language", "erases_at"),
            *("second_factor_at", "second_factor_misses", "second_factor_wait_until", "disabled_at"),
        ),
        "administrator": tell_all(select(Administrator).where(Administrator.user_id == user_id), "appointed_at"),
        "sessions": tell_all(sessions, "device", "created_at", "ended_at", "is_by_passkey"),
        "links": tell(links, "purpose", "email", "created_at", "expires_at", "used_at"),
        "recovery_codes": tell_all(codes, "created_at", "used_at"),
        "emails": outbox.list_to(_addresses(user), user_id),
        "log": audit.list_of_person(user_id),
    }


def forget_person(user_id: uuid.UUID, now: dt.datetime) -> None:
    """Empty the account for good. Runs after all other features, which read from it whose rows to delete.

    A guest's row goes. An account's row stays with nothing but its id: certificates and what the person did for others
    refer to it. Never commits.
    """
    user = get_user(user_id)
    outbox.forget_mails(_addresses(user), user_id)
    db.session.execute(delete(Link).where(_is_of(user)))
    for record in (Administrator, RecoveryCode, Session):
        db.session.execute(delete(record).where(record.user_id == user_id))
    if user.is_guest:
        db.session.delete(user)
        db.session.flush()
        return
    user.email = user.email_key = user.password_hash = user.certificate_name = user.email_confirmed_at = None
    user.language = user.pin_hash = user.pin_key_id = None
    user.pin_before = user.pin_before_key_id = user.pin_before_until = user.pin_replaced_at = None
    second_factor.clear(user)
    user.erases_at, user.erased_at = None, now
    db.session.flush()
    audit.forget_names((audit.AuditEvent.actor_id == user_id) & (audit.AuditEvent.act == "session.opened"))
    audit.note("account.erased", now, subject_id=user_id)


def _is_of(user: User) -> ColumnElement[bool]:
    own = Link.user_id == user.id
    # Before there was an account, a link belonged to an address.
    return own if user.email_key is None else or_(own, Link.email_key == user.email_key)


def _addresses(user: User) -> set[str]:
    """Return the addresses, folded, to which we may have written to the person: today's and those asked for."""
    keys = set(db.session.scalars(select(Link.email_key).where(Link.user_id == user.id)))
    return keys | {user.email_key} if user.email_key else keys
