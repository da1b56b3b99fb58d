"""Erasing an account: asked for, undone within a day, then done. Never commits."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from trainer.accounts.models import User
from trainer.accounts.queries import find_user, get_user
from trainer.core.audit import note
from trainer.core.db import db
from trainer.core.errors import Conflict
from trainer.core.feature import list_features
from trainer.core.outbox import post
from trainer.core.signing import is_sealed, seal
from trainer.organizations.models import Organization
from trainer.organizations.queries import count_owners, list_firms, list_shut_firms
from trainer.organizations.rules import Role
from trainer.privacy.copies import drop_copies
from trainer.privacy.rules import COOLING
from trainer.web.language import mail_language

_PURPOSE = "erasure"


def list_owned_alone(user_id: uuid.UUID) -> list[Organization]:
    """Return the firms that would be left without an owner; one that is closed needs none."""
    return [
        firm
        for entry, firm in (*list_firms(user_id), *list_shut_firms(user_id))
        if entry.role == Role.OWNER and firm.closed_at is None and count_owners(firm.id) <= 1
    ]


def ask_erasure(user_id: uuid.UUID, now: dt.datetime) -> dt.datetime:
    """Let an account be erased in a day, and mail its owner a link that undoes it; return when it will be.

    Asked for again, nothing changes. Raises Conflict for a firm's only owner.
    """
    user = get_user(user_id)
    if user.erases_at is not None:
        return user.erases_at
    if list_owned_alone(user_id):
        raise Conflict(_l("A firm of yours needs another owner first, or has to be closed."))
    user.erases_at = now + COOLING
    if user.email is not None:
        ids = {"user": user.id.hex, "erases_at": user.erases_at.isoformat()}
        post("erasure-asked", user.email, mail_language(user.language), ids, now)
    note("erasure.asked", now, actor_id=user.id, subject_id=user.id)
    return user.erases_at


def undo_erasure(user_id: uuid.UUID, now: dt.datetime) -> None:
    """Keep an account that was to be erased; where that was undone already, there is nothing to do."""
    user = get_user(user_id)
    if user.erases_at is not None:
        user.erases_at = None
        note("erasure.undone", now, actor_id=user.id, subject_id=user.id)


def token_of(user: User) -> str:
    """Return what stands in the mailed address that undoes an erasure: good for this one alone."""
    assert user.erases_at is not None
    return f"{user.id.hex}.{seal(_PURPOSE, user.id.hex, user.erases_at.isoformat())}"


def find_by_token(token: str) -> User | None:
    """Return whose erasure a mailed link undoes, or None if it is forged, was undone, or is done."""
    number, _dot, code = token.partition(".")
    try:
        user = find_user(uuid.UUID(hex=number))
    except ValueError:
        return None
    if user is None or user.erases_at is None:
        return None
    return user if is_sealed(code, _PURPOSE, user.id.hex, user.erases_at.isoformat()) else None


def list_due(now: dt.datetime) -> Sequence[uuid.UUID]:
    """Return the accounts whose day to undo it is over."""
    return db.session.scalars(select(User.id).where(User.erases_at <= now).order_by(User.erases_at)).all()


def erase(user_id: uuid.UUID, now: dt.datetime) -> None:
    """Erase an account that is due. Raises Conflict where a firm needs its owner after all: then nothing is erased."""
    user = get_user(user_id)
    if user.erases_at is None or user.erases_at > now:
        return  # undone meanwhile
    drop_copies(user_id)
    for feature in reversed(list_features()):
        if feature.forget_person is not None:
            feature.forget_person(user_id, now)
