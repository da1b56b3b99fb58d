"""Who runs the installation, as far as pages ask: appointed and dismissed on the command line. Never commits."""

from __future__ import annotations

import datetime as dt
import uuid

from flask_babel import lazy_gettext as _l

from trainer.accounts.models import Administrator, User
from trainer.accounts.operations import end_sessions
from trainer.accounts.queries import find_user_by_email_key
from trainer.accounts.rules import email_key
from trainer.core.audit import note
from trainer.core.db import db
from trainer.core.errors import Conflict, NotFound


def is_administrator(user_id: uuid.UUID) -> bool:
    """Return True if someone was appointed and not dismissed."""
    return db.session.get(Administrator, user_id) is not None


def appoint(address: str, now: dt.datetime) -> User:
    """Make an account an administrator's. Raises NotFound for an unknown address, Conflict if that was done."""
    user = _get_user(address)
    if user.password_hash is None:
        raise Conflict(_l("This person signs in with a PIN. They have to choose a password first."))
    if is_administrator(user.id):
        raise Conflict(_l("This account is already an administrator’s."))
    db.session.add(Administrator(user_id=user.id, appointed_at=now))
    db.session.flush()
    end_sessions(user.id, now)  # what was opened with less at stake doesn't open more
    note("administrator.appointed", now, subject_id=user.id)
    return user


def dismiss(address: str, now: dt.datetime) -> User:
    """End it, at once. Raises NotFound for an account that isn't an administrator's."""
    user = _get_user(address)
    administrator = db.session.get(Administrator, user.id)
    if administrator is None:
        raise NotFound(_l("This account isn’t an administrator’s."))
    db.session.delete(administrator)
    note("administrator.dismissed", now, subject_id=user.id)
    return user


def _get_user(address: str) -> User:
    user = find_user_by_email_key(email_key(address) or "-")
    if user is None:
        raise NotFound(_l("No account has this address."))
    return user
