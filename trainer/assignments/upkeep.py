"""What happens automatically, a portion at a time: people are assigned, cycles open, reminders and digests are ordered.

Each step takes where the portion before ended and returns where the next one begins, or None when it is done. Each
portion is one transaction of whoever calls. Two that run at once, or one that runs twice, do everything once: unique
rows decide.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, func, or_, select, update

from trainer.accounts.models import User
from trainer.assessment.renewals import list_short
from trainer.assignments import rules, sql
from trainer.assignments.history import keep_periods
from trainer.assignments.models import Assignment, Digest, Reminder, Requirement
from trainer.assignments.queries import find_earliest_due, list_late, list_requirements, meant, wanted_by
from trainer.assignments.rules import LATE, SOON, Audience, RequiredTerms, Status, is_renewal_open
from trainer.assignments.snapshots import TODAY, on
from trainer.assignments.statements import duties_where
from trainer.content.library import Course
from trainer.core import outbox
from trainer.core.db import db, insert_missing, insert_new
from trainer.credentials.queries import list_by_ids
from trainer.learning.models import Enrollment
from trainer.learning.operations import Opening, conditions_of, open_cycles, tighten
from trainer.learning.queries import get_enrollment
from trainer.learning.rules import Conditions, tightened
from trainer.organizations.models import Membership, Organization
from trainer.organizations.rules import Role, day_begins, is_daytime, local_day
from trainer.web.language import mail_language

PORTION = 500
Courses = Mapping[str, Course]
Step = Callable[[Organization, Courses, dt.datetime, uuid.UUID | None], uuid.UUID | None]


def assign_missing(
    organization: Organization, _courses: Courses, now: dt.datetime, after: uuid.UUID | None
) -> uuid.UUID | None:
    """Give everyone whom a requirement is for their duty; reopen a duty that had ended."""
    query = select(Membership.id).where(Membership.organization_id == organization.id, Membership.ended_at.is_(None))
    if after is not None:
        query = query.where(Membership.id > after)
    portion = db.session.scalars(query.order_by(Membership.id).limit(PORTION)).all()
    for requirement in list_requirements(organization.id) if portion else ():
        _assign(organization, requirement, now, Membership.id.in_(portion))
    if portion:
        keep_periods(Assignment.membership_id.in_(portion), now)
    return portion[-1] if len(portion) == PORTION else None


def assign_people(organization: Organization, membership_ids: Collection[uuid.UUID], now: dt.datetime) -> None:
    """Give people who were just put on the roster all that is required of them."""
    ids = sorted(membership_ids)
    for start in range(0, len(ids), PORTION):
        portion = ids[start : start + PORTION]
        for requirement in list_requirements(organization.id):
            _assign(organization, requirement, now, Membership.id.in_(portion))
        keep_periods(Assignment.membership_id.in_(portion), now)


def assign_person(organization: Organization, membership_id: uuid.UUID, courses: Courses, now: dt.datetime) -> None:
    """Give one person, who is just joining, all that is required, and begin the courses."""
    user_id = select(Membership.user_id).where(Membership.id == membership_id).scalar_subquery()
    db.session.execute(
        update(Assignment)
        .where(Assignment.membership_id == membership_id)
        .values(user_id=user_id)
        .execution_options(synchronize_session=False)
    )
    for requirement in list_requirements(organization.id):
        _assign(organization, requirement, now, Membership.id == membership_id)
    keep_periods(Assignment.membership_id == membership_id, now)
    _open(organization, courses, now, Assignment.membership_id == membership_id)


def keep_duties(
    organization: Organization, courses: Courses, now: dt.datetime, after: uuid.UUID | None
) -> uuid.UUID | None:
    """End duties that apply to nobody anymore, correct first due days, begin courses and cycles, tighten conditions."""
    portion = _portion(organization, after)
    if not portion:
        return None
    only = Assignment.id.in_(portion)
    _end_unmeant(organization, portion, now)
    correct_due_days(organization, only)
    keep_periods(only, now)
    _open(organization, courses, now, only)
    return portion[-1] if len(portion) == PORTION else None


def remind(
    organization: Organization, _courses: Courses, now: dt.datetime, after: uuid.UUID | None
) -> uuid.UUID | None:
    """Order the reminders that are due, or record why one isn't sent."""
    portion = _portion(organization, after)
    if not portion or not is_daytime(now, organization.time_zone):
        return None
    today = local_day(organization.time_zone, now)
    duty = duties_where(Assignment.id.in_(portion))
    due = db.session.execute(
        select(duty.c.assignment_id, duty.c.user_id, duty.c.due_on, duty.c.status, User.email, User.language)
        .outerjoin(User, User.id == duty.c.user_id)
        .where(
            duty.c.due_on <= today + dt.timedelta(days=SOON),
            duty.c.status.in_((Status.DUE_SOON, *LATE, Status.WAIVED)),
        ),
        on(organization.id, today),
    ).all()
    written = db.session.execute(
        select(Reminder.assignment_id, Reminder.kind, Reminder.due_on).where(
            Reminder.assignment_id.in_([row.assignment_id for row in due])
        )
    )
    there = {(row.assignment_id, row.kind, row.due_on) for row in written}
    rows: list[dict[str, Any]] = []
    recipients: dict[uuid.UUID, tuple[str, str]] = {}
    for row in due:
        kind = rules.reminder_kind(row.due_on, today)
        if kind is None or (row.assignment_id, kind, row.due_on) in there:
            continue
        reminder_id, skipped = uuid.uuid4(), _why_not(row.status, row.user_id, row.email)
        if skipped is None:
            recipients[reminder_id] = row.email, mail_language(row.language)
        rows.append(
            {
                "id": reminder_id,
                "organization_id": organization.id,
                "assignment_id": row.assignment_id,
                "kind": kind,
                "due_on": row.due_on,
                "created_at": now,
                "message_id": None if skipped else reminder_id,
                "skipped": skipped,
            }
        )
    for reminder_id in insert_new(Reminder, rows):
        if reminder_id in recipients:
            ids = {"reminder": reminder_id.hex}
            outbox.post("training-reminder", *recipients[reminder_id], ids, now, number=reminder_id)
    return portion[-1] if len(portion) == PORTION else None


def digest(
    organization: Organization, _courses: Courses, now: dt.datetime, after: uuid.UUID | None
) -> uuid.UUID | None:
    """On Mondays, order for each owner and manager the list of who is late among the people that they see.

    Where nothing ran on Monday it is ordered later in the week, for those who were here on Monday.
    """
    if not is_daytime(now, organization.time_zone):
        return None
    today = local_day(organization.time_zone, now)
    monday = rules.monday_of(today)
    done = exists().where(Digest.membership_id == Membership.id, Digest.monday == monday)
    readers = db.session.execute(
        select(Membership, User.email, User.language)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.organization_id == organization.id,
            Membership.ended_at.is_(None),
            Membership.role.in_((Role.OWNER, Role.MANAGER)),
            Membership.joined_at < day_begins(monday + dt.timedelta(days=1), organization.time_zone),
            ~done,
        )
        .limit(20)
    ).all()
    for reader, email, language in readers:
        late = bool(list_late(organization, reader, today, 1))
        digest_id = uuid.uuid4()
        row = {
            "id": digest_id,
            "organization_id": organization.id,
            "membership_id": reader.id,
            "monday": monday,
            "created_at": now,
            "message_id": digest_id if late and email else None,
        }
        if insert_new(Digest, [row]) and late and email:
            ids = {"digest": digest_id.hex}
            outbox.post("training-digest", email, mail_language(language), ids, now, number=digest_id)
    return readers[-1][0].id if len(readers) == 20 else None


STEPS: Sequence[Step] = (assign_missing, keep_duties, remind, digest)


def end_unmeant(
    organization: Organization, requirement: Requirement, now: dt.datetime, *only: ColumnElement[bool]
) -> None:
    """End duties of people who have left, and of those to whom a requirement no longer applies."""
    is_meant = meant(Audience.read(requirement.audience), organization)
    theirs = exists().where(Membership.id == Assignment.membership_id, is_meant)
    db.session.execute(
        update(Assignment)
        .where(*(only or (Assignment.requirement_id == requirement.id,)), Assignment.ended_at.is_(None), ~theirs)
        .values(ended_at=now)
        .execution_options(synchronize_session=False)
    )


def correct_due_days(organization: Organization, only: ColumnElement[bool]) -> int:
    """Let first due days follow the day of hiring and the requirement; return how many were wrong."""
    rows = db.session.execute(
        select(
            Assignment.id,
            Assignment.due_on,
            Membership.hired_on,
            Membership.created_at,
            Requirement.starts_on,
            Requirement.days_allowed,
            Requirement.course,
        )
        .join(Membership, Membership.id == Assignment.membership_id)
        .join(Requirement, Requirement.id == Assignment.requirement_id)
        .where(Assignment.ended_at.is_(None), only)
    ).all()
    earliest = {course: find_earliest_due(organization.id, course) for course in {row.course for row in rows}}
    wrong = [
        {"id": row.id, "due_on": due_on}
        for row in rows
        if (due_on := _first_due(organization, row, row.starts_on, row.days_allowed, earliest[row.course]))
        != row.due_on
    ]
    if wrong:
        db.session.execute(update(Assignment), wrong)
    return len(wrong)


def _assign(organization: Organization, requirement: Requirement, now: dt.datetime, *only: ColumnElement[bool]) -> None:
    """Assign a requirement to those who don't have it yet."""
    theirs = and_(Assignment.membership_id == Membership.id, Assignment.requirement_id == requirement.id)
    people = db.session.execute(
        select(
            Membership.id,
            Membership.user_id,
            Membership.hired_on,
            Membership.created_at,
            Assignment.id.label("ended"),
        )
        .outerjoin(Assignment, theirs)
        .where(
            sql.unindexed(Membership.organization_id) == organization.id,
            meant(Audience.read(requirement.audience), organization),
            or_(Assignment.id.is_(None), Assignment.ended_at.is_not(None)),
            *only,
        )
    ).all()
    again = [row.ended for row in people if row.ended]
    if again:
        db.session.execute(update(Assignment).where(Assignment.id.in_(again)).values(ended_at=None))
    earliest = find_earliest_due(organization.id, requirement.course) if len(again) < len(people) else None
    insert_missing(
        Assignment,
        [
            {
                "id": uuid.uuid4(),
                "organization_id": organization.id,
                "requirement_id": requirement.id,
                "membership_id": row.id,
                "user_id": row.user_id,
                "due_on": _first_due(organization, row, requirement.starts_on, requirement.days_allowed, earliest),
                "created_at": now,
            }
            for row in people
            if not row.ended
        ],
    )


def _open(organization: Organization, courses: Courses, now: dt.datetime, only: ColumnElement[bool]) -> None:
    """Begin the courses and cycles that people need, under the conditions required."""
    today = local_day(organization.time_zone, now)
    rows = _list_to_open(organization, today, only)
    asked: dict[uuid.UUID, RequiredTerms] = {
        requirement.id: wanted_by(requirement) for requirement in list_requirements(organization.id)
    }
    earned = [row.credential_id for row in rows if row.completed_at is not None and row.credential_id]
    short = list_short(list_by_ids(earned), courses, today)
    fresh: dict[str, dict[uuid.UUID, Opening]] = {}
    for row in rows:
        course, rule = courses.get(row.course), asked.get(row.requirement_id)
        if course is None or rule is None or course.is_for_renewal:  # people begin to renew on their own
            continue
        if row.cycle is not None and row.completed_at is None:
            if tightened(mine := Conditions.read(row.conditions), rule.asked) != mine:
                tighten(get_enrollment(row.user_id, row.course), course, rule.asked)
        elif is_renewal_open(row.covers_until, row.renewal_days, today):
            begun = fresh.setdefault(row.course, {})
            is_known = row.user_id in begun
            before = begun[row.user_id].conditions if is_known else conditions_of(course, is_short=True)
            # Without a completion of the kind that is asked for, which a recorded training isn't, all of it is taken.
            is_short = before.is_short and row.covering_id is not None and row.credential_id in short
            conditions = replace(tightened(before, rule.asked), is_short=is_short)
            begun[row.user_id] = Opening(row.user_id, (row.cycle or 0) + 1, conditions, row.place)
    for slug, people in fresh.items():
        open_cycles(courses[slug], people.values(), now)


def _list_to_open(organization: Organization, today: dt.date, only: ColumnElement[bool]) -> Sequence[Row[Any]]:
    """Return duties that aren't covered, soon won't be, or whose course is under way, with the newest enrollment."""
    duty = duties_where(only)
    newest = select(func.max(Enrollment.cycle)).where(
        Enrollment.user_id == duty.c.user_id, Enrollment.course == duty.c.course
    )
    return db.session.execute(
        select(
            duty.c.requirement_id,
            duty.c.user_id,
            duty.c.course,
            duty.c.covers_until,
            duty.c.credential_id.label("covering_id"),
            duty.c.renewal_days,
            Enrollment.cycle,
            Enrollment.completed_at,
            Enrollment.conditions,
            Enrollment.place,
            Enrollment.credential_id,
        )
        .outerjoin(
            Enrollment,
            and_(
                Enrollment.user_id == duty.c.user_id,
                Enrollment.course == duty.c.course,
                Enrollment.cycle == newest.correlate(duty).scalar_subquery(),
            ),
        )
        .where(
            duty.c.user_id.is_not(None),
            duty.c.status != Status.WAIVED,
            or_(
                duty.c.covers_until.is_(None),
                duty.c.covers_until <= sql.add_days(TODAY, duty.c.renewal_days),
                and_(Enrollment.id.is_not(None), Enrollment.completed_at.is_(None)),
            ),
        )
        .order_by(duty.c.user_id),
        on(organization.id, today),
    ).all()


def _end_unmeant(organization: Organization, portion: Sequence[uuid.UUID], now: dt.datetime) -> None:
    rows = db.session.execute(select(Assignment.id, Assignment.requirement_id).where(Assignment.id.in_(portion)))
    by_requirement: dict[uuid.UUID, list[uuid.UUID]] = {}
    for assignment_id, requirement_id in rows:
        by_requirement.setdefault(requirement_id, []).append(assignment_id)
    for requirement in list_requirements(organization.id):
        ids = by_requirement.get(requirement.id)
        if ids:
            end_unmeant(organization, requirement, now, Assignment.id.in_(ids))


def _portion(organization: Organization, after: uuid.UUID | None) -> Sequence[uuid.UUID]:
    query = select(Assignment.id).where(Assignment.organization_id == organization.id, Assignment.ended_at.is_(None))
    if after is not None:
        query = query.where(Assignment.id > after)
    return db.session.scalars(query.order_by(Assignment.id).limit(PORTION)).all()


def _first_due(
    organization: Organization, person: Any, starts_on: dt.date, days_allowed: int, earliest: dt.date | None
) -> dt.date:
    began_on = rules.began_on(person.hired_on, person.created_at, organization.time_zone)
    return rules.first_due(began_on, starts_on, days_allowed, earliest)


def _why_not(status: str, user_id: uuid.UUID | None, email: str | None) -> str | None:
    if status == Status.WAIVED:
        return "waived"
    if user_id is None:
        return "not joined"
    return None if email else "no address"
