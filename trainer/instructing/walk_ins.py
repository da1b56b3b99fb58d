"""People at a meeting who aren't in the class: add them, and let what was signed off count once they join.

A firm's class takes them from the firm's roster; a public one writes down a name.
"""

from __future__ import annotations

import datetime as dt
import hmac
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, update

from trainer.accounts.persons import ERASED
from trainer.accounts.queries import get_user
from trainer.accounts.rules import clean_name, email_key, is_printable_name
from trainer.assignments.sql import later
from trainer.content.library import Course
from trainer.core.audit import note
from trainer.core.db import db
from trainer.core.errors import Conflict, Invalid, NotFound
from trainer.core.signing import digests
from trainer.instructing.models import (
    Attendance,
    ClassSession,
    Cohort,
    CohortMember,
    Signature,
    WalkIn,
    WalkInAttendance,
)
from trainer.instructing.presence import get_walk_in, list_walk_ins
from trainer.instructing.queries import (
    Desk,
    count_present,
    find_membership,
    get_class_session,
    get_member,
    list_members,
    lock_cohort,
    users_of,
)
from trainer.instructing.sessions import check_open, count_taught
from trainer.organizations.models import Membership
from trainer.organizations.rules import fold

MOST_FOUND: Final = 20
LEAST_LETTERS: Final = 3
MOST_PEOPLE: Final = 1000
KEPT: Final = dt.timedelta(days=365)
"""How long a name that nobody claims is on the list of a public class, after the last meeting."""
_PORTION: Final = 500  # names in one transaction
_SHORT: Final = 22
"""Characters of a code, each of 6 bits: 132 bits."""


@dataclass(frozen=True, slots=True)
class Stranger:
    """What an instructor writes down about someone who isn't in the class."""

    name: str
    employee_number: str = ""
    email: str = ""


def is_short(text: str) -> bool:
    """Return whether a text finds whole names and numbers alone, instead of parts of them."""
    return len(fold(text)) < LEAST_LETTERS


def list_roster(desk: Desk, text: str) -> Sequence[Membership]:
    """Return people on the firm's roster who aren't in the class or on its list yet: those whose name has the text in
    it, or whose number begins with it, by name, 20 at most. Of fewer than three letters, the text has to be a whole
    word of the name, or the whole number."""
    assert desk.actor is not None
    key, number = fold(text), text.strip()
    if not key:
        return []
    if is_short(text):
        words = func.replace(func.replace(Membership.name_key, ",", " "), "-", " ")
        named = (" " + words + " ").contains(f" {key} ", autoescape=True)
        numbered = Membership.employee_number == number
    else:
        named = Membership.name_key.contains(key, autoescape=True)
        numbered = Membership.employee_number.startswith(number, autoescape=True)
    met = select(WalkIn.membership_id).where(WalkIn.cohort_id == desk.cohort.id, WalkIn.membership_id.is_not(None))
    query = select(Membership).where(
        Membership.organization_id == desk.actor.organization_id,
        Membership.ended_at.is_(None),
        or_(named, numbered),
        Membership.id.not_in(met),
        or_(Membership.user_id.is_(None), Membership.user_id.not_in(users_of(desk.cohort))),
    )
    return db.session.scalars(query.order_by(Membership.name_key, Membership.id).limit(MOST_FOUND)).all()


def add_from_roster(desk: Desk, session_id: uuid.UUID, membership_id: uuid.UUID, now: dt.datetime) -> str:
    """Put someone on the firm's roster on the list of a class, and note them as present from the meeting's day on;
    return their name. A second time changes nothing. Raises NotFound for an entry of another firm, or that has left."""
    check_open(lock_cohort(desk.cohort.id))
    session = get_class_session(desk, session_id)
    person = db.session.scalar(
        select(Membership).where(
            Membership.id == membership_id,
            Membership.organization_id == desk.organization_id,
            Membership.ended_at.is_(None),
        )
    )
    if person is None:
        raise NotFound
    member = find_membership(person.user_id, desk.cohort) if person.user_id else None
    if member is not None:
        _note_there(desk, session, Attendance(session_id=session.id, member_id=member.id, noted_at=now), now)
        return member.name
    walk_in = db.session.scalar(
        select(WalkIn).where(WalkIn.cohort_id == desk.cohort.id, WalkIn.membership_id == person.id)
    )
    if walk_in is None:
        stranger = Stranger(person.name, person.employee_number or "")
        walk_in = _add(desk, stranger, person.id, now)
    elif walk_in.joined_at is not None:  # joined the class and left it since
        walk_in.joined_at = walk_in.member_id = None
    _note_there(desk, session, WalkInAttendance(session_id=session.id, walk_in_id=walk_in.id, noted_at=now), now)
    return walk_in.name


def add_stranger(
    desk: Desk, session_id: uuid.UUID, stranger: Stranger, now: dt.datetime, *, is_another: bool = False
) -> WalkIn:
    """Write down someone who isn't in the class, present from the meeting's day on.

    Raises Conflict for a number or an address that is on the list, and for a name that is, unless it is said that
    this is another person; NotFound in a firm's class, which has a roster.
    """
    cohort = lock_cohort(desk.cohort.id)
    check_open(cohort)
    if cohort.organization_id is not None:
        raise NotFound
    session = get_class_session(desk, session_id)
    name, number, address = clean_name(stranger.name), stranger.employee_number.strip(), email_key(stranger.email)
    if not is_printable_name(name):
        raise Invalid(_l("Enter at least one letter."))
    if stranger.email and address is None:
        raise Invalid(_l("Enter an email address such as name@example.org, or leave this empty."))
    listed, members = list_walk_ins(cohort), list_members(cohort)
    ever = db.session.scalar(select(func.count()).select_from(WalkIn).where(WalkIn.cohort_id == cohort.id)) or 0
    names = [person.name for person in listed] + [member.name for member in members]
    if ever >= MOST_PEOPLE:  # also of those who have joined since
        raise Conflict(_l("A class can list at most %(most)s people who aren’t in it.", most=MOST_PEOPLE))
    for person in listed:
        if (number and person.employee_number == number) or (address and email_key(person.email or "") == address):
            raise Conflict(_l("%(name)s is already on the list with this number or address.", name=person.name))
    if not is_another and fold(name) in {fold(known) for known in names}:
        raise Conflict(
            _l("%(name)s is already on the list. If this is another person, check the box below.", name=name)
        )
    walk_in = _add(desk, Stranger(name, number, stranger.email.strip()), None, now)
    _note_there(desk, session, WalkInAttendance(session_id=session.id, walk_in_id=walk_in.id, noted_at=now), now)
    return walk_in


def remove_walk_in(desk: Desk, walk_in_id: uuid.UUID, now: dt.datetime, *, is_sure: bool = False) -> str:
    """Take someone without an account off the list of a class; return the name. Where something was signed off for
    them, that stays, without their name, number, address and entry on the roster, and nobody can take it over anymore.

    Raises Conflict where something was signed off unless `is_sure`, and once they have joined.
    """
    lock_cohort(desk.cohort.id)
    walk_in = get_walk_in(desk.cohort, walk_in_id)
    name, is_signed = walk_in.name, _is_signed(walk_in)
    if walk_in.joined_at is not None:
        raise Conflict(_l("This person has already joined the class."))
    if is_signed and not is_sure:
        raise Conflict(_l("Lessons were signed off for this person. To delete the name all the same, check the box."))
    _forget(walk_in, now, is_signed=is_signed)
    _note("walk_in.removed", desk.user_id, desk.cohort, walk_in.id, now)
    return name


def last_seen() -> ColumnElement[dt.date]:
    """Return the day of the last meeting that someone was at, or of being added, if that is later."""
    last_met = (
        select(func.max(ClassSession.held_on))
        .join(WalkInAttendance, WalkInAttendance.session_id == ClassSession.id)
        .where(WalkInAttendance.walk_in_id == WalkIn.id)
        .correlate(WalkIn)
        .scalar_subquery()
    )
    return later(last_met, func.date(WalkIn.added_at))


def is_unclaimed() -> ColumnElement[bool]:
    """Return the condition of names in public classes that nobody has claimed.

    In a firm's class, they are entries on its roster, and go with these.
    """
    in_public = exists().where(Cohort.id == WalkIn.cohort_id, Cohort.organization_id.is_(None)).correlate(WalkIn)
    return and_(in_public, WalkIn.joined_at.is_(None))


def forget_names(now: dt.datetime) -> None:
    """Delete names that nobody claimed in public classes, as by hand, a year after they were last seen."""
    query = (
        select(WalkIn, Cohort)
        .join(Cohort, Cohort.id == WalkIn.cohort_id)
        .where(is_unclaimed(), last_seen() < (now - KEPT).date())
        .order_by(WalkIn.added_at, WalkIn.id)
        .limit(_PORTION)
    )
    for walk_in, cohort in db.session.execute(query).all():
        _forget(walk_in, now, is_signed=_is_signed(walk_in))
        _note("walk_in.expired", None, cohort, walk_in.id, now)


def join_walk_in(
    desk: Desk, walk_in_id: uuid.UUID, member_id: uuid.UUID, course: Course, is_local_trial: bool, now: dt.datetime
) -> CohortMember:
    """Say who someone on the list is in the class. Raises Conflict if they have already joined, or if the firm's roster
    says that it is someone else."""
    cohort = lock_cohort(desk.cohort.id)
    check_open(cohort)
    walk_in, member = get_walk_in(cohort, walk_in_id), get_member(cohort, member_id)
    if walk_in.joined_at is not None:
        raise Conflict(_l("This person has already joined the class."))
    entry = db.session.get(Membership, walk_in.membership_id) if walk_in.membership_id else None
    if entry is not None and entry.user_id is not None and entry.user_id != member.user_id:
        raise Conflict(_l("On the firm’s roster, that’s someone else’s account. Choose someone else."))
    _settle(cohort, [walk_in], member, course, is_local_trial, now)
    _note("walk_in.joined", desk.user_id, cohort, walk_in.id, now)
    return member


def settle_waiting(member: CohortMember, courses: Mapping[str, Course], is_local_trial: bool, now: dt.datetime) -> int:
    """Give someone who is in a class what was signed off for them before: found by the firm's roster, or by their own
    confirmed address. Return for how many names."""
    cohort = lock_cohort(member.cohort_id)
    course = courses.get(cohort.course)
    if course is None:
        return 0
    entries = select(Membership.id).where(
        Membership.user_id == member.user_id, Membership.organization_id == cohort.organization_id
    )
    user = get_user(member.user_id)
    address = user.email_key if user.email_confirmed_at is not None else None  # it may be anybody's until then
    waiting = select(WalkIn).where(WalkIn.cohort_id == cohort.id, WalkIn.joined_at.is_(None))
    listed = [
        walk_in
        for walk_in in db.session.scalars(
            waiting.where(or_(WalkIn.membership_id.in_(entries), WalkIn.email.is_not(None))).order_by(WalkIn.added_at)
        )
        if walk_in.membership_id is not None or (address and email_key(walk_in.email or "") == address)
    ]
    _settle(cohort, listed, member, course, is_local_trial, now)
    for walk_in in listed:
        _note("walk_in.joined", member.user_id, cohort, walk_in.id, now)
    return len(listed)


def claim_code(walk_in_id: uuid.UUID) -> str:
    """Return the code in the link with which a person takes over what was signed off for the name. It is stored
    nowhere."""
    return digests("walk-in", walk_in_id.hex)[0][:_SHORT]


def find_claim(walk_in_id: uuid.UUID, code: str) -> tuple[WalkIn, Cohort] | None:
    """Return whom a link is about, with the public class, or None if the link is no such one."""
    codes = (made[:_SHORT] for made in digests("walk-in", walk_in_id.hex))
    if not any(hmac.compare_digest(code.encode(), made.encode()) for made in codes):
        return None
    row = db.session.execute(
        select(WalkIn, Cohort)
        .join(Cohort, Cohort.id == WalkIn.cohort_id)
        .where(WalkIn.id == walk_in_id, Cohort.organization_id.is_(None))
    ).first()
    return (row[0], row[1]) if row else None


def claim(
    user_id: uuid.UUID,
    walk_in_id: uuid.UUID,
    code: str,
    courses: Mapping[str, Course],
    is_local_trial: bool,
    now: dt.datetime,
) -> CohortMember:
    """Let a person join the class as someone on its list, even after the last day to join; what was signed off then
    counts. Using one's own link again changes nothing.

    Raises NotFound for any other link, Conflict for one that someone else used, for an archived class, and for a full
    one where nothing was signed off for them.
    """
    named = find_claim(walk_in_id, code)
    if named is None:
        raise NotFound
    cohort = lock_cohort(named[1].id)
    walk_in = db.session.get_one(WalkIn, walk_in_id, populate_existing=True)
    member = find_membership(user_id, cohort)
    if walk_in.joined_at is not None:
        if member is None or walk_in.member_id != member.id:
            raise Conflict(_l("This link was already used. If it wasn’t you, tell the person who taught the class."))
        return member
    if cohort.archived_at is not None or cohort.course not in courses:
        raise Conflict(_l("This class is no longer open. Ask the person who taught it."))
    if member is None:
        if not _is_signed(walk_in) and cohort.capacity is not None and count_present(cohort) >= cohort.capacity:
            raise Conflict(_l("This class is full. Ask the person who taught it."))
        member = CohortMember(cohort_id=cohort.id, user_id=user_id, name=walk_in.name, joined_at=now)
        db.session.add(member)
        db.session.flush()
        _note("cohort.joined", user_id, cohort, cohort.id, now)
    _settle(cohort, [walk_in], member, courses[cohort.course], is_local_trial, now)
    _note("walk_in.joined", user_id, cohort, walk_in.id, now)
    return member


def move_entries(from_id: uuid.UUID, to_id: uuid.UUID, only: Collection[uuid.UUID] | None = None) -> list[uuid.UUID]:
    """Let people on classes' lists be another entry on the roster, unless that one is on the same list; return their
    ids. `only`: of these alone."""
    met = select(WalkIn.cohort_id).where(WalkIn.membership_id == to_id)
    query = select(WalkIn.id).where(WalkIn.membership_id == from_id, WalkIn.cohort_id.not_in(met))
    moving = [walk_in_id for walk_in_id in db.session.scalars(query) if only is None or walk_in_id in only]
    moved = update(WalkIn).where(WalkIn.id.in_(moving)).values(membership_id=to_id)
    db.session.execute(moved.execution_options(synchronize_session=False))
    return moving


def _add(desk: Desk, stranger: Stranger, membership_id: uuid.UUID | None, now: dt.datetime) -> WalkIn:
    walk_in = WalkIn(
        cohort_id=desk.cohort.id,
        membership_id=membership_id,
        name=stranger.name,
        employee_number=stranger.employee_number or None,
        email=stranger.email or None,
        added_at=now,
        added_by_id=desk.user_id,
    )
    db.session.add(walk_in)
    db.session.flush()
    _note("walk_in.added", desk.user_id, desk.cohort, walk_in.id, now)
    return walk_in


def _forget(walk_in: WalkIn, now: dt.datetime, *, is_signed: bool) -> None:
    if is_signed:
        # As one who joined: off the list, and the link works for nobody.
        walk_in.name, walk_in.employee_number, walk_in.email, walk_in.joined_at = ERASED, None, None, now
        walk_in.membership_id = None
    else:
        db.session.execute(delete(WalkInAttendance).where(WalkInAttendance.walk_in_id == walk_in.id))
        db.session.delete(walk_in)
    db.session.flush()


def _is_signed(walk_in: WalkIn) -> bool:
    signed = select(WalkInAttendance.session_id).where(
        WalkInAttendance.walk_in_id == walk_in.id, WalkInAttendance.signature_id.is_not(None)
    )
    return db.session.scalar(signed.limit(1)) is not None


def _note_there(desk: Desk, session: ClassSession, row: Attendance | WalkInAttendance, now: dt.datetime) -> None:
    """Note someone as present, unless they already are or the day is still to come: then only the sheet lists them."""
    person = row.member_id if isinstance(row, Attendance) else row.walk_in_id
    if session.held_on <= desk.today(now) and db.session.get(type(row), (session.id, person)) is None:
        db.session.add(row)
        db.session.flush()


def _settle(
    cohort: Cohort,
    listed: Collection[WalkIn],
    member: CohortMember,
    course: Course,
    is_local_trial: bool,
    now: dt.datetime,
) -> None:
    """Give a member the meetings at which they weren't in the class yet, under one name or several, the earliest
    first."""
    rows = db.session.execute(
        select(WalkInAttendance, ClassSession)
        .join(ClassSession, ClassSession.id == WalkInAttendance.session_id)
        .where(WalkInAttendance.walk_in_id.in_([walk_in.id for walk_in in listed]), ClassSession.cohort_id == cohort.id)
        .order_by(ClassSession.held_on, ClassSession.created_at, ClassSession.id)
    ).all()
    for row, session in rows:
        if db.session.get(Attendance, (session.id, member.id)) is None:
            db.session.add(Attendance(session_id=session.id, member_id=member.id, noted_at=row.noted_at))
        signature = db.session.get(Signature, row.signature_id) if row.signature_id else None
        db.session.delete(row)
        db.session.flush()
        if signature is not None:
            count_taught(session, signature, member, course, is_local_trial, now, keeps_waiting=True)
    for walk_in in listed:
        walk_in.member_id, walk_in.joined_at = member.id, now
    db.session.flush()


def _note(act: str, user_id: uuid.UUID | None, cohort: Cohort, subject_id: uuid.UUID, now: dt.datetime) -> None:
    # Without the name: the log can't be changed, and a public class isn't anyone's employer.
    title = {"class_title": cohort.title} if act.startswith("walk_in.") else {}
    note(act, now, actor_id=user_id, organization_id=cohort.organization_id, subject_id=subject_id, **title)
