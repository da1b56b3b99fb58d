"""Making guests and accounts, naming people, their sessions, mailed links and passwords."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid

from sqlalchemy import func, select, update

from trainer.accounts.models import LONGEST_NAME, Link, Session, User
from trainer.accounts.queries import find_user_by_email_key, get_user
from trainer.accounts.rules import CONFIRM_LASTS, LINK_LASTS, Purpose, clean_name, email_key, is_printable_name
from trainer.core.db import db
from trainer.core.errors import Conflict, Invalid, NotFound
from trainer.core.outbox import post

MOST_RESETS = 3
"""Mails to choose a new password that one address may get in an hour."""


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
    db.session.add(user)
    db.session.flush()
    if guest_id:
        end_sessions(user.id, now)  # what knew the guest does not know the account
    send_confirmation(user, now)
    return user


def open_session(user_id: uuid.UUID, device: str, now: dt.datetime) -> uuid.UUID:
    """Begin a session and return its number, which the cookie holds."""
    session = Session(user_id=user_id, device=device, created_at=now)
    db.session.add(session)
    db.session.flush()
    return session.id


def end_session(user_id: uuid.UUID, session_id: uuid.UUID, now: dt.datetime) -> None:
    """End one of a user's sessions. Raises NotFound for anybody else's."""
    ended = db.session.execute(
        update(Session)
        .where(Session.id == session_id, Session.user_id == user_id)
        .values(ended_at=func.coalesce(Session.ended_at, now))
    )
    if ended.rowcount != 1:  # type: ignore[attr-defined]
        raise NotFound


def end_sessions(user_id: uuid.UUID, now: dt.datetime, *, but: uuid.UUID | None = None) -> None:
    """End a user's sessions on every device, but for one if it is given."""
    query = update(Session).where(Session.user_id == user_id, Session.ended_at.is_(None))
    if but is not None:
        query = query.where(Session.id != but)
    db.session.execute(query.values(ended_at=now).execution_options(synchronize_session=False))


def send_confirmation(user: User, now: dt.datetime) -> None:
    """Mail a link by which a person shows that the address is theirs."""
    assert user.email is not None
    assert user.email_key is not None
    link = _make_link(Purpose.CONFIRM, user.id, user.email_key, now, CONFIRM_LASTS)
    post("confirm-address", user.email, {"link": link.id.hex}, now)


def request_reset(given: str, now: dt.datetime) -> None:
    """Mail a link to choose a new password, or a word that the address has no account.

    The same is done for both, so that neither page nor time tells which it was.
    """
    key = email_key(given)
    if key is None:
        raise Invalid("We can’t take this e-mail address. Use plain letters, one @, and no blanks.")
    user = find_user_by_email_key(key)
    if _count_resets(key, now - LINK_LASTS) >= MOST_RESETS:
        return  # nobody's mailbox is to be filled by others
    link = _make_link(Purpose.RESET, user.id if user else None, key, now, LINK_LASTS)
    # To the address on record, never to another spelling of it.
    post("new-password" if user else "no-account", (user and user.email) or key, {"link": link.id.hex}, now)


def use_link(link: Link, now: dt.datetime) -> None:
    """Use a link up. Raises Conflict for whoever comes second."""
    used = db.session.execute(
        update(Link)
        .where(Link.id == link.id, Link.used_at.is_(None))
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("This link was used already.")


def change_password(user: User, password_hash: str, now: dt.datetime, *, but: uuid.UUID | None = None) -> None:
    """Set a new password, end the other sessions, void links to reset it, and tell the person by mail."""
    assert user.email is not None
    user.password_hash = password_hash
    end_sessions(user.id, now, but=but)
    db.session.execute(
        update(Link)
        .where(Link.user_id == user.id, Link.purpose == Purpose.RESET, Link.used_at.is_(None))
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    post("password-changed", user.email, {"user": user.id.hex}, now)


def confirm_address(user: User, now: dt.datetime) -> None:
    """Note that the address is the person's own."""
    user.email_confirmed_at = user.email_confirmed_at or now


def name_for_certificate(user_id: uuid.UUID, name: str) -> None:
    """Set the name that certificates will show from now on."""
    cleaned = clean_name(name)
    if not is_printable_name(cleaned):
        raise Invalid("Type at least one letter.")
    if len(cleaned) > LONGEST_NAME:  # some letters become two or three when they are composed
        raise Invalid(f"Use at most {LONGEST_NAME} characters.")
    get_user(user_id).certificate_name = cleaned


def _count_resets(key: str, since: dt.datetime) -> int:
    query = select(func.count()).where(Link.email_key == key, Link.purpose == Purpose.RESET, Link.created_at > since)
    return db.session.scalar(query) or 0


def _make_link(purpose: Purpose, user_id: uuid.UUID | None, key: str, now: dt.datetime, lasts: dt.timedelta) -> Link:
    link = Link(
        purpose=purpose,
        user_id=user_id,
        email_key=key,
        nonce=secrets.token_urlsafe(16),
        created_at=now,
        expires_at=now + lasts,
    )
    db.session.add(link)
    db.session.flush()
    return link
