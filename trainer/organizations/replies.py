"""Who gets the replies to invitations and reminders: whoever asks, if that person lets the readers see the address."""

from __future__ import annotations

import datetime as dt
import uuid

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from trainer.accounts.models import User
from trainer.core.audit import note
from trainer.core.db import db
from trainer.core.errors import NotYet
from trainer.organizations.actor import Actor
from trainer.organizations.mail_words import plain_name
from trainer.organizations.models import Membership
from trainer.web.emails import Reply


def own_address(actor: Actor) -> str | None:
    """Return the actor's own address, if it is confirmed and can stand in any email."""
    return _usable(db.session.get_one(User, actor.user_id))


def gets_replies(actor: Actor) -> bool:
    """Return True if readers see the actor's address, as it is now."""
    return find_reply(actor.organization_id, actor.user_id) is not None


def set_replies(actor: Actor, *, shows_address: bool, now: dt.datetime) -> None:
    """Let readers of what the actor sends see the actor's address, or no longer. Raises NotYet without one."""
    if shows_address and own_address(actor) is None:
        raise NotYet(_l("Confirm your email address first: your account page has the link."))
    db.session.execute(
        update(Membership)
        .where(Membership.organization_id == actor.organization_id, Membership.id == actor.membership.id)
        .values(shows_address_at=now if shows_address else None)
    )
    note(
        "membership.replies_set",
        now,
        actor_id=actor.user_id,
        organization_id=actor.organization_id,
        subject_id=actor.membership.id,
        shows_address=shows_address,
    )


def find_reply(organization_id: uuid.UUID, user_id: uuid.UUID | None) -> Reply | None:
    """Return where a reply goes to what this user sent for the firm; None for someone who has left, or who hasn't
    shown the address that the account has now: each address is confirmed anew."""
    row = db.session.execute(
        select(Membership.name, User)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.organization_id == organization_id,
            Membership.user_id == user_id,
            Membership.ended_at.is_(None),
            Membership.shows_address_at >= User.email_confirmed_at,
        )
    ).first()
    address = _usable(row[1]) if row is not None else None
    return Reply(plain_name(row[0]), address) if row is not None and address is not None else None


def find_sender(organization_id: uuid.UUID, user_id: uuid.UUID | None) -> str | None:
    """Return the name, as the firm has written it, of who asked for an email, or None if that isn't known anymore."""
    query = select(Membership.name).where(Membership.organization_id == organization_id, Membership.user_id == user_id)
    return db.session.scalar(query.order_by(Membership.created_at.desc()).limit(1))


def _usable(user: User) -> str | None:
    # Not every mail server takes a header with an address beyond ASCII.
    is_usable = user.email is not None and user.email_confirmed_at is not None and user.email.isascii()
    return user.email if is_usable else None
