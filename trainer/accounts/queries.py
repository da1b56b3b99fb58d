"""Reading users, their sessions and mailed links."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any, TypeVar

from flask import current_app
from sqlalchemy import ColumnElement, Select, and_, bindparam, or_, select

from trainer.accounts.models import Link, Session, User
from trainer.accounts.rules import SESSION_LASTS, SITE_LASTS, Purpose
from trainer.core.clock import now
from trainer.core.db import db
from trainer.core.errors import NotFound
from trainer.core.feature import ask_extra
from trainer.core.signing import is_sealed

Q = TypeVar("Q", bound=Select[*tuple[Any, ...]])


def through_session(query: Q) -> Q:
    """Narrow a query on users to who is signed in through a session that isn't over; run it with `of_session`."""
    return query.join(Session, Session.user_id == User.id).where(
        Session.id == bindparam("session_id"), User.disabled_at.is_(None), _is_open()
    )


def of_session(session_id: uuid.UUID) -> dict[str, Any]:
    """Return the parameters of a query through a session: which one, and from when on one at a site isn't over yet."""
    return {"session_id": session_id, **_bounds(now())}


def _is_open() -> ColumnElement[bool]:
    at_site = and_(Session.quiet_until > bindparam("at"), Session.created_at > bindparam("site_since"))
    return and_(
        Session.ended_at.is_(None),
        or_(Session.created_at > bindparam("since"), is_a_guest()),
        or_(Session.site_device_id.is_(None), at_site),
    )


def _bounds(instant: dt.datetime) -> dict[str, dt.datetime]:
    return {"at": instant, "since": instant - SESSION_LASTS, "site_since": instant - SITE_LASTS}


def is_a_guest() -> ColumnElement[bool]:
    """Return the condition of learners without an account: `User.is_guest` as SQL."""
    return and_(User.email.is_(None), User.pin_hash.is_(None))


def by_session(region: ColumnElement[str | None]) -> Select[*tuple[Any, ...]]:
    """Return the query of `find_user_by_session`. It runs for every page of someone signed in: build it once.

    `region`: whose numbers and laws a user is shown, as a column.
    """
    return through_session(select(User, Session.created_at, Session.is_by_passkey, region))


def find_user_by_session(query: Select[*tuple[Any, ...]], token: str) -> tuple[User | None, str | None]:
    """Return the user of a session and their region, or None for both if that session is over."""
    session_id = read_session_id(token)
    row = db.session.execute(query, of_session(session_id)).first() if session_id is not None else None
    if session_id is None or row is None:
        return None, None
    user, signed_in_at, in_two_steps, region = row
    user.come_in(session_id, signed_in_at, in_two_steps=in_two_steps)
    return user, region


def read_session_id(token: str | None) -> uuid.UUID | None:
    """Return the id of the session that a browser shows, or None if it shows none."""
    try:
        return uuid.UUID(hex=token) if token else None
    except ValueError:
        return None


def find_session_owner(session_id: uuid.UUID) -> uuid.UUID | None:
    """Return whose session it is or was, or None if it is no longer kept."""
    return db.session.scalar(select(Session.user_id).where(Session.id == session_id))


def find_user(user_id: uuid.UUID) -> User | None:
    """Return a user, or None."""
    return db.session.get(User, user_id)


def find_user_by_email_key(key: str) -> User | None:
    """Return the account of a canonical address, or None."""
    return db.session.scalar(select(User).where(User.email_key == key))


def list_sessions(user_id: uuid.UUID) -> Sequence[Session]:
    """Return a user's sessions that aren't over, the newest first."""
    return db.session.scalars(
        select(Session)
        .join(User, User.id == Session.user_id)
        .where(Session.user_id == user_id, _is_open())
        .order_by(Session.created_at.desc(), Session.id),
        _bounds(now()),
    ).all()


def needs_code(user: User) -> bool:
    """Return True if a password alone is no proof of who someone is: it takes a code of an app or a recovery code."""
    return user.has_second_factor or has_other_step(user.id)


def has_other_step(user_id: uuid.UUID) -> bool:
    """Return True if an extra lets someone in with more than a password: whoever found that out mustn't get further."""
    return bool(ask_extra("has_passkeys", user_id))


def list_own_words(user: User) -> list[str]:
    """Return what others know of a user: address, name, firms. A password is more than that."""
    firms: list[str] = current_app.extensions["firm_names"](user.id)
    return [word for word in (user.email, user.certificate_name, *firms) if word]


def find_link(token: str, purpose: Purpose, now: dt.datetime) -> tuple[Link, User] | None:
    """Return a link that was mailed to the address of an account, with its user, or None if it isn't valid."""
    link = _find_good(token, purpose, now)
    user = db.session.get(User, link.user_id) if link and link.user_id else None
    # A link is void once the account has another address.
    return (link, user) if link and user and link.email_key == user.email_key else None


def find_sign_up(token: str, now: dt.datetime) -> Link | None:
    """Return a link that was mailed to an address without an account, or None if it isn't valid."""
    link = _find_good(token, Purpose.SIGN_UP, now)
    return link if link and link.user_id is None else None


def find_new_address(user_id: uuid.UUID, token: str, now: dt.datetime) -> Link | None:
    """Return a link that gives this user's account another address, or None if it isn't valid."""
    link = _find_good(token, Purpose.ADDRESS, now)
    return link if link and link.user_id == user_id else None


def list_guests_before(day: dt.datetime) -> Sequence[uuid.UUID]:
    """Return ids of guests who began before an instant."""
    query = select(User.id).where(is_a_guest(), User.erased_at.is_(None), User.created_at < day)
    return db.session.scalars(query).all()


def get_user(user_id: uuid.UUID) -> User:
    """Return a user, locked for change."""
    user = db.session.scalar(select(User).where(User.id == user_id).with_for_update())
    if user is None:
        raise NotFound
    return user


def _find_good(token: str, purpose: Purpose, now: dt.datetime) -> Link | None:
    """Return a mailed link, or None if it is forged, used, expired or of another purpose."""
    number, _, code = token.partition(".")
    try:
        link = db.session.get(Link, uuid.UUID(hex=number))
    except ValueError:
        return None
    if link is None or link.purpose != purpose or not is_sealed(code, f"link-{purpose}", link.id.hex, link.nonce):
        return None
    return link if link.used_at is None and now < link.expires_at else None
