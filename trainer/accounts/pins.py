"""PINs: hashed like passwords after a keyed digest, looked at only so often, set, and gone once there is a password.

Whoever has the database alone can't try PINs: each was mixed with the installation's key before it was hashed. A try
is written down before the PIN is looked at, and crossed out if it was right: of many at once no more are looked at
than one after the other. `accounts.pin_rules` has the arithmetic. Nothing here commits.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import NamedTuple

from flask_babel import gettext as _
from sqlalchemy import delete, select

from trainer.accounts.models import PinTry, User
from trainer.accounts.operations import end_sessions
from trainer.accounts.passwords import check_password, hash_password
from trainer.accounts.pin_rules import MONTH, Way, may_look
from trainer.accounts.queries import get_user
from trainer.core.audit import note
from trainer.core.db import db
from trainer.core.errors import Conflict
from trainer.core.signing import digest_with, keys
from trainer.web.language import used_language


class HashedPin(NamedTuple):
    """What is stored of a PIN, and the id of the key that it was mixed with."""

    text: str
    key_id: str


def hash_pin(pin: str) -> HashedPin:
    """Return what is stored of a PIN. It takes its time, so it belongs before a transaction."""
    key = keys().current
    return HashedPin(hash_password(digest_with(key, "pin", pin)), key.id)


def check_pin(user: User | None, given: str) -> bool:
    """Return True if the PIN fits. Without one to hold it against, the same work is done in vain."""
    key = keys().find(user.pin_key_id) if user and user.pin_key_id else None
    stored = user.pin_hash if user and key else None
    return check_password(stored, digest_with(key or keys().current, "pin", given))


def begin_try(user_id: uuid.UUID, way: Way, now: dt.datetime) -> uuid.UUID | None:
    """Write a try down before its PIN is looked at; None if no more may be looked at by this way."""
    get_user(user_id)  # locked: of many at once each sees those before it
    made = select(PinTry.at).where(PinTry.user_id == user_id, PinTry.way == way, PinTry.at > now - MONTH)
    if not may_look(db.session.scalars(made).all(), now):
        return None
    tried = PinTry(user_id=user_id, way=way, at=now)
    db.session.add(tried)
    db.session.flush()
    return tried.id


def cross_out(try_id: uuid.UUID) -> None:
    """Forget a try: its PIN was right."""
    db.session.execute(delete(PinTry).where(PinTry.id == try_id))


def create_pin_account(hashed: HashedPin, now: dt.datetime, guest_id: uuid.UUID | None) -> User:
    """Create an account that has a PIN and no address, by filling in the guest's row if there is one."""
    user = get_user(guest_id) if guest_id else User(created_at=now)
    if not user.is_guest:
        raise Conflict(_("You’re already signed in to an account."))
    user.pin_hash, user.pin_key_id, user.language = hashed.text, hashed.key_id, used_language()
    db.session.add(user)
    db.session.flush()
    if guest_id:
        end_sessions(user.id, now)  # what knew the guest does not know the account
    note("account.created", now, actor_id=user.id, subject_id=user.id)
    return user


def set_pin(user: User, hashed: HashedPin, now: dt.datetime, *, but: uuid.UUID | None = None) -> None:
    """Give an account another PIN and end its other sessions. Raises Conflict for one that has a password."""
    if user.password_hash is not None:
        raise Conflict(_("This account has a password. Sign in with it."))
    user.pin_hash, user.pin_key_id = hashed.text, hashed.key_id
    db.session.execute(delete(PinTry).where(PinTry.user_id == user.id))  # they were guesses at the one before
    end_sessions(user.id, now, but=but)
    note("pin.set", now, actor_id=user.id, subject_id=user.id)


def is_mixed_with_older_key(user: User) -> bool:
    """Return True if the PIN was hashed with a key that isn't the current one: `remix` it once it was typed."""
    return user.pin_key_id is not None and user.pin_key_id != keys().current.id


def remix(user: User, hashed: HashedPin) -> None:
    """Store the same PIN with the current key."""
    if user.pin_hash is not None:
        user.pin_hash, user.pin_key_id = hashed.text, hashed.key_id


def forget_tries(now: dt.datetime) -> None:
    """Delete tries that no longer count."""
    db.session.execute(delete(PinTry).where(PinTry.at <= now - MONTH).execution_options(synchronize_session=False))


def pin_name(user_id: uuid.UUID) -> str:
    """Return the name under which a browser knows that this account was opened in it with a PIN."""
    return f"pin:{user_id.hex}"
