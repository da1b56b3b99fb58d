"""Making guests and accounts, and naming people."""

from __future__ import annotations

import datetime as dt
import uuid

from trainer.accounts.models import LONGEST_NAME, User, new_session_key
from trainer.accounts.queries import find_user_by_email_key, get_user
from trainer.accounts.rules import clean_name, email_key, is_printable_name
from trainer.core.db import db
from trainer.core.errors import Conflict, Invalid


def create_guest(now: dt.datetime) -> User:
    """Create a learner without an account."""
    user = User(created_at=now)
    db.session.add(user)
    db.session.flush()
    return user


def create_account(email: str, password_hash: str, now: dt.datetime, guest_id: uuid.UUID | None = None) -> User:
    """Create an account, by filling in the guest's row if there is one.

    Raises Invalid for an address we can't take and Conflict for one that has an account.
    """
    key = email_key(email)
    if key is None:
        raise Invalid("We can’t take this e-mail address. Use plain letters, one @, and no blanks.")
    if find_user_by_email_key(key) is not None:
        raise Conflict("This address has an account. Sign in instead.")
    user = get_user(guest_id) if guest_id else User(created_at=now)
    if not user.is_guest:
        raise Conflict("You’re signed in with an account already.")
    user.email, user.email_key, user.password_hash = email.strip(), key, password_hash
    user.session_key = new_session_key()  # what knew the guest does not know the account
    db.session.add(user)
    db.session.flush()
    return user


def name_for_certificate(user_id: uuid.UUID, name: str) -> None:
    """Set the name that certificates will show from now on."""
    cleaned = clean_name(name)
    if not is_printable_name(cleaned):
        raise Invalid("Type at least one letter.")
    if len(cleaned) > LONGEST_NAME:  # some letters become two or three when they are composed
        raise Invalid(f"Use at most {LONGEST_NAME} characters.")
    get_user(user_id).certificate_name = cleaned


def end_sessions(user_id: uuid.UUID) -> None:
    """End every session of a user, on every device."""
    get_user(user_id).session_key = new_session_key()
