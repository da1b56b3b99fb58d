"""Coming in without an address: by a firm's code, an employee number, and a PIN or the code of a slip."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from typing import NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, literal, or_, select

from trainer.accounts.after_slip import confirm_replaced
from trainer.accounts.guessing import is_known, pin_name
from trainer.accounts.models import User
from trainer.accounts.queries import find_user_by_email_key, get_user
from trainer.accounts.rules import clean_name
from trainer.core.audit import note
from trainer.core.db import db
from trainer.core.errors import Conflict, NotFound
from trainer.core.feature import ask_extra
from trainer.extras.pins.models import PinSlip
from trainer.extras.pins.pins import HashedPin, begin_try, create_pin_account, replace_pin, set_pin
from trainer.extras.pins.rules import Way, is_pin
from trainer.extras.pins.slips import FIRM_CODE_LENGTH, count_miss, find_slip, has_slip_shape, is_code_of, use_slip
from trainer.extras.pins.used_slips import tell_used
from trainer.joining.entering import came_in
from trainer.organizations.codes import read_code
from trainer.organizations.invitations import fill, is_in
from trainer.organizations.models import Membership, Organization
from trainer.organizations.rules import Role, padded


class PinTried(NamedTuple):
    """What a PIN is held against: nobody, or a user, with the try that was written down; or a slip that fits."""

    user: User | None = None
    try_id: uuid.UUID | None = None
    slip: PinSlip | None = None
    notice_id: uuid.UUID | None = None
    """What whoever gives the PIN is told instead of being signed in: an extra says that the account can't be."""


def find_entry(firm_code: str, number: str, *, has_left: bool = False) -> Membership | None:
    """Return the entry on a roster that is meant: here or, where nobody here has the number, the one who left last.

    Zeros before a number may be left out where that leads to one number alone.
    `has_left`: the one who left last in any case; the number may be someone else's by now.
    What people learned is theirs, so they still come in after they have left, and when the firm is shut.
    """
    code, typed = read_code(firm_code, FIRM_CODE_LENGTH), clean_name(number)
    entries = db.session.scalars(
        select(Membership)
        .join(Organization, Organization.id == Membership.organization_id)
        .where(
            Organization.code == (code or ""),
            Membership.employee_number.in_(_padded(typed)),
            Membership.role == Role.MEMBER,
            or_(literal(not has_left), Membership.ended_at.is_not(None)),
        )
        .order_by(Membership.ended_at.is_not(None), Membership.ended_at.desc(), Membership.employee_number != typed)
    ).all()
    as_typed = [entry for entry in entries if entry.employee_number in _spellings(typed)]
    if as_typed:
        return as_typed[0]
    likely = [entry for entry in entries if entry.ended_at is None] or entries
    return likely[0] if len({entry.employee_number for entry in likely}) == 1 else None


def _spellings(typed: str) -> set[str]:
    return {typed, typed.upper(), typed.lower()}


def _padded(typed: str) -> list[str]:
    return [number for spelling in _spellings(typed) for number in padded(spelling)]


def list_numbers(user_id: uuid.UUID) -> Sequence[str]:
    """Return the employee numbers that a user has or had: none of them makes a PIN."""
    query = select(Membership.employee_number).where(Membership.user_id == user_id)
    return [str(number) for number in db.session.scalars(query.where(Membership.employee_number.is_not(None)))]


def begin(
    firm_code: str,
    number: str,
    secret: str,
    way_of: Callable[[User | None], Way],
    now: dt.datetime,
    *,
    has_left: bool = False,
) -> PinTried:
    """Return what a PIN has to be held against, or the good slip whose code was typed.

    The same statements run whatever was typed, so that nobody learns from the time it takes who is on a roster.
    """
    entry = find_entry(firm_code, number, has_left=has_left)
    slip = _try_slip(entry, secret, now)
    if slip is not None:
        return PinTried(slip=slip)
    user_id = entry.user_id if entry is not None and entry.user_id else uuid.uuid4()
    user = db.session.scalar(select(User).where(User.id == user_id))
    code = read_code(firm_code, FIRM_CODE_LENGTH) or ""
    return _begin(user, secret, way_of(user), now, Organization.code == code, tells=True)


def begin_going(
    firm_code: str, number: str, secret: str, way_of: Callable[[User | None], Way], now: dt.datetime
) -> PinTried:
    """Return what a PIN has to be held against that wasn't the one of who has the number: an account that had it before
    and can't be signed in to. The same statements run whether there is one or not."""
    code, typed = read_code(firm_code, FIRM_CODE_LENGTH) or "", clean_name(number)
    user_id = ask_extra("find_former_holder", code, _padded(typed), _spellings(typed)) or uuid.uuid4()
    user = db.session.scalar(select(User).where(User.id == user_id))
    return _begin(user, secret, way_of(user), now, Organization.code == code, tells=True)


def try_slip(firm_code: str, number: str, code: str, now: dt.datetime) -> PinSlip | None:
    """Return the good slip whose code was typed, or None. A wrong code counts against the slip; a PIN isn't tried."""
    return _try_slip(find_entry(firm_code, number), code, now)


def _try_slip(entry: Membership | None, code: str, now: dt.datetime) -> PinSlip | None:
    if not has_slip_shape(code):
        return None
    slip = find_slip(entry.id if entry is not None else uuid.uuid4(), now)
    if slip is not None and is_code_of(slip, code):
        return slip
    count_miss(slip.id if slip is not None else uuid.uuid4())
    return None


def begin_by_address(key: str, secret: str, way_of: Callable[[User | None], Way], now: dt.datetime) -> PinTried:
    """Return what a PIN typed with an address has to be held against; nobody for an account with a password.

    It counts in the firm that the person joined last. The same statements run for an address that nobody has.
    """
    if not is_pin(secret):
        return PinTried()  # a password, whoever is meant: it isn't counted here
    user = find_user_by_email_key(key)
    user_id = user.id if user is not None and user.has_pin else uuid.uuid4()  # others lock no firm
    newest = (
        select(Membership.organization_id)
        .where(Membership.user_id == user_id)
        .order_by(Membership.created_at.desc(), Membership.id)
        .limit(1)
    )
    return _begin(user, secret, way_of(user), now, Organization.id == newest.scalar_subquery())


def _begin(
    user: User | None, secret: str, way: Way, now: dt.datetime, is_firm: ColumnElement[bool], *, tells: bool = False
) -> PinTried:
    """`tells`: whoever gives the PIN of an account that can't be signed in to is told so."""
    firm = select(Organization.id).where(is_firm)
    # Strangers at one firm wait for each other, so that of many at once no more are looked at.
    organization_id = db.session.scalar(firm.with_for_update() if way is Way.STRANGE else firm)
    notice_id = ask_extra("find_pin_notice", user.id if user is not None else uuid.uuid4())
    has_one = user is not None and (user.has_pin or user.pin_before is not None)
    can_fit = (tells or notice_id is None) and has_one and is_pin(secret)
    try_id = begin_try(user.id if user is not None and can_fit else None, way, now, organization_id)
    return PinTried(user, try_id, notice_id=notice_id) if try_id is not None else PinTried()


def way_of(user: User | None) -> Way:
    """Return the way a PIN is entered in this browser: one that the account knows, or not. Not for site devices."""
    return Way.KNOWN if user is not None and is_known(pin_name(user.id)) else Way.STRANGE


def get_slip(slip_id: uuid.UUID, now: dt.datetime) -> tuple[PinSlip, Membership, Organization]:
    """Return a slip that is still good, with its person and firm. Raises NotFound."""
    slip = db.session.get(PinSlip, slip_id)
    good = find_slip(slip.membership_id, now) if slip is not None else None
    if good is None or good.id != slip_id:
        raise NotFound
    person = db.session.get_one(Membership, good.membership_id)
    return good, person, db.session.get_one(Organization, good.organization_id)


def choose_pin(
    slip_id: uuid.UUID, hashed: HashedPin, guest_id: uuid.UUID | None, now: dt.datetime, *, is_certain: bool = False
) -> User:
    """Use a slip up and give its person the PIN: a new account, or theirs. Raises NotFound, Conflict.

    `is_certain`: it is done in a browser that knew the account, so the person did it.
    """
    slip, person, _organization = get_slip(slip_id, now)
    use_slip(slip.id, now)
    if person.user_id is None:
        user = create_pin_account(hashed, now, guest_id)
        came_in(fill(person.id, user.id, now), now)
    else:
        user = get_user(person.user_id)
        if is_certain:
            confirm_replaced(user, now)
            set_pin(user, hashed, now)
        else:
            replace_pin(user, hashed, now)
        tell_used(slip, user, now)
    _note_used(person, user.id, now)
    return user


def join_with_slip(slip_id: uuid.UUID, user_id: uuid.UUID, now: dt.datetime) -> Membership:
    """Use a slip up to let an account join one more firm. Raises NotFound, and Conflict if it is in the firm already or
    the slip's person has an account."""
    slip, person, organization = get_slip(slip_id, now)
    if is_in(user_id, organization.id):
        raise Conflict(_l("You’re already in this firm. There’s nothing more to do."))
    use_slip(slip.id, now)
    person = fill(person.id, user_id, now)
    came_in(person, now)
    _note_used(person, user_id, now)
    return person


def _note_used(person: Membership, user_id: uuid.UUID, now: dt.datetime) -> None:
    note(
        "pin_slip.used",
        now,
        actor_id=user_id,
        organization_id=person.organization_id,
        subject_id=person.id,
        name=person.name,
    )
