"""PINs: hashed like passwords after a keyed digest, looked at only so often, set, and gone once there is a password.

Whoever has the database alone can't try PINs: each was mixed with the installation's key before it was hashed. A try
is written down before the PIN is looked at, and crossed out if it was right: of many at once no more are looked at
than one after the other. `pins.rules` has the arithmetic. Nothing here commits.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import NamedTuple

from flask_babel import gettext as _
from sqlalchemy import and_, delete, func, insert, literal, or_, select, update

from trainer.accounts import second_factor
from trainer.accounts.after_slip import has_address_from_before
from trainer.accounts.guessing import is_known, pin_name
from trainer.accounts.models import User
from trainer.accounts.operations import end_sessions, void_links
from trainer.accounts.passwords import check_password, hash_password
from trainer.accounts.queries import get_user
from trainer.accounts.rules import Purpose
from trainer.core.audit import note
from trainer.core.db import db
from trainer.core.errors import Conflict
from trainer.core.feature import ask_extra
from trainer.core.limits import DatabaseStorage
from trainer.core.signing import digest, digest_with, keys
from trainer.extras.pins.models import PinTry
from trainer.extras.pins.rules import DAY, FIRM_A_DAY, FIRM_A_MONTH, MONTH, Way, may_look, may_look_in_firm
from trainer.web.language import used_language

_ANY_TRY = 3600
"""Seconds for which a row is kept that is written for any try, right or in vain. Nothing is decided by it."""


class HashedPin(NamedTuple):
    """What is stored of a PIN, and the id of the key that it was mixed with."""

    text: str
    key_id: str


def hash_pin(pin: str) -> HashedPin:
    """Hash a PIN for storage. This is slow, so call it before a transaction."""
    key = keys().current
    return HashedPin(hash_password(digest_with(key, "pin", pin)), key.id)


def check_pin(user: User | None, given: str) -> bool:
    """Return True if the PIN fits. Without one to hold it against, the same work is done in vain."""
    key = keys().find(user.pin_key_id) if user and user.pin_key_id else None
    stored = user.pin_hash if user and key else None
    return check_password(stored, digest_with(key or keys().current, "pin", given))


def begin_try(
    user_id: uuid.UUID | None, way: Way, now: dt.datetime, organization_id: uuid.UUID | None = None
) -> uuid.UUID | None:
    """Write a try down before its PIN is looked at; None if no more may be looked at by this way, or there is nobody.

    `organization_id`: the firm in which it counts, which the caller has locked for a strange browser. The statements
    are the same whoever is meant, and one row is written in any case: no time tells who has a PIN.
    """
    meant = user_id or uuid.uuid4()
    # Locked: of many at once each sees those before it.
    is_there = db.session.scalar(select(User.id).where(User.id == meant).with_for_update()) is not None
    recent = PinTry.at > now - MONTH
    own = db.session.scalars(select(PinTry.at).where(PinTry.user_id == meant, PinTry.way == way, recent)).all()
    in_firm = and_(PinTry.organization_id == (organization_id or uuid.uuid4()), PinTry.way == Way.STRANGE, recent)
    a_day = func.count().filter(PinTry.at > now - DAY)
    of_firm = db.session.execute(select(a_day, func.count()).select_from(PinTry).where(in_firm)).one()
    may = is_there and may_look(own, now) and (way is not Way.STRANGE or may_look_in_firm(of_firm[0], of_firm[1]))
    try_id = uuid.uuid4()
    values = {"id": try_id, "way": way.value, "at": now, "organization_id": organization_id}
    columns = PinTry.__table__.c
    row = select(User.id, *(literal(value, columns[name].type) for name, value in values.items()))
    # Of someone who may not be looked at nothing is inserted, by the same statement.
    chosen = row.where(User.id == (meant if may else uuid.uuid4()))
    db.session.execute(insert(PinTry).from_select(["user_id", *values], chosen))
    DatabaseStorage().incr(digest("pin-try", meant.hex), _ANY_TRY, 1)
    return try_id if may else None


def list_paused_firms(now: dt.datetime, organization_id: uuid.UUID | None = None) -> Sequence[uuid.UUID]:
    """Return the firms, or the one if it is among them, of whose people no more PINs from strange browsers are looked
    at."""
    a_day, a_month = func.count().filter(PinTry.at > now - DAY), func.count()
    query = select(PinTry.organization_id).where(
        PinTry.organization_id.is_not(None) if organization_id is None else PinTry.organization_id == organization_id,
        PinTry.way == Way.STRANGE,
        PinTry.at > now - MONTH,
    )
    paused = or_(a_day >= FIRM_A_DAY, a_month >= FIRM_A_MONTH)
    return [firm for firm in db.session.scalars(query.group_by(PinTry.organization_id).having(paused)) if firm]


def open_firm(organization_id: uuid.UUID) -> None:
    """Let what was guessed no longer count in a firm. It still counts in each account."""
    tries = update(PinTry).where(PinTry.organization_id == organization_id, PinTry.way == Way.STRANGE)
    db.session.execute(tries.values(organization_id=None).execution_options(synchronize_session=False))


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
    # They were guesses at the one before. Those at the PIN that a slip replaced still count.
    db.session.execute(delete(PinTry).where(PinTry.user_id == user.id, PinTry.way != Way.EARLIER))
    end_sessions(user.id, now, but=but)
    note("pin.set", now, actor_id=user.id, subject_id=user.id)


def replace_pin(user: User, hashed: HashedPin, now: dt.datetime) -> None:
    """Give an account the PIN that someone chose with a slip; keep the one before until it is certain who that was."""
    if user.pin_before is None:
        user.pin_before, user.pin_before_key_id, user.pin_before_until = user.pin_hash, user.pin_key_id, now
    user.pin_replaced_at = now
    set_pin(user, hashed, now)


def restore_pin(user: User, now: dt.datetime) -> None:
    """Undo what someone else did with a slip: the PIN of before is back, and what came since to sign in with is gone.

    An address from before stays, without a password.
    """
    if user.pin_before is None or user.pin_before_until is None:
        return
    if not has_address_from_before(user):
        user.email = user.email_key = user.email_confirmed_at = None
    user.pin_hash, user.pin_key_id, user.password_hash = user.pin_before, user.pin_before_key_id, None
    second_factor.clear(user)
    second_factor.forget_recovery_codes(user.id)
    ask_extra("forget_passkeys", user.id)
    db.session.execute(delete(PinTry).where(PinTry.user_id == user.id))
    void_links(user.id, now, *Purpose)
    note("pin.restored", now, actor_id=user.id, subject_id=user.id)
    user.pin_before = user.pin_before_key_id = user.pin_before_until = user.pin_replaced_at = None


def check_pin_before(user: User | None, given: str) -> bool:
    """Return True if this is the PIN that a slip replaced."""
    key = keys().find(user.pin_before_key_id) if user and user.pin_before_key_id else None
    stored = user.pin_before if user and key else None
    return check_password(stored, digest_with(key or keys().current, "pin", given))


def is_pin_from_before(user: User | None, given: str) -> bool:
    """Return True if this is the PIN that a slip replaced, typed in a browser that knew the account."""
    return (
        user is not None
        and user.pin_before is not None
        and is_known(pin_name(user.id))
        and check_pin_before(user, given)
    )


def is_owners_pin(user: User | None, given: str) -> bool:
    """Return True if this is a PIN that the account's owner chose: not one that came with a slip, unless that is
    confirmed, but the one before it."""
    is_before = check_pin_before(user, given)  # also in vain, so that all take as long
    return (check_pin(user, given) and user is not None and user.pin_replaced_at is None) or is_before


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
