"""Reading users."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from sqlalchemy import select

from trainer.accounts.models import User
from trainer.core.db import db
from trainer.core.errors import NotFound


def find_user_by_session(token: str) -> User | None:
    """Return the user of a session token ("id.session_key"), or None if that session is over."""
    number, _, key = token.partition(".")
    try:
        user = db.session.get(User, uuid.UUID(hex=number))
    except ValueError:
        return None
    return user if user is not None and user.session_key == key else None


def find_user_by_email_key(key: str) -> User | None:
    """Return the account of a canonical address, or None."""
    return db.session.scalar(select(User).where(User.email_key == key))


def list_guests_before(day: dt.datetime) -> Sequence[uuid.UUID]:
    """Return ids of guests who began before an instant."""
    return db.session.scalars(select(User.id).where(User.email.is_(None), User.created_at < day)).all()


def get_user(user_id: uuid.UUID) -> User:
    """Return a user, locked for change."""
    user = db.session.scalar(select(User).where(User.id == user_id).with_for_update())
    if user is None:
        raise NotFound
    return user
