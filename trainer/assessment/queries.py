"""Reading attempts and responses, always through the person they belong to."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from trainer.assessment.models import Attempt, Response, RoundRequest
from trainer.assessment.rules import REPLACED, FailedTry, Kind
from trainer.core.db import db
from trainer.core.errors import NotFound
from trainer.learning.models import Enrollment, LessonCompletion

MOST_FINALS: Final = 50
"""Of colleagues, that a draw looks at: a firm may have thousands, and among so many the draws are even."""

# Run for every answer that is saved and every page that asks, so they are built once.
_OWN_RESPONSE = (
    Attempt.id == bindparam("attempt_id"),
    Attempt.user_id == bindparam("user_id"),
    Response.position == bindparam("position"),
)
_WITH_RESPONSE = (
    select(Attempt, Response)
    .join(Response, Response.attempt_id == Attempt.id)
    .where(*_OWN_RESPONSE)
    .with_for_update(of=Attempt, read=True)
)
_PAGE = (
    select(Attempt, Response, Enrollment)
    .join(Response, Response.attempt_id == Attempt.id)
    .join(Enrollment, Enrollment.id == Attempt.enrollment_id)
    .where(*_OWN_RESPONSE)
    .options(joinedload(Response.snapshot, innerjoin=True))
    .execution_options(populate_existing=True)  # an answer may have been saved in this request
)
_GIVEN = (
    select(Response.position, Response.item, Response.given, Response.version, Response.recorded_at)
    .where(Response.attempt_id == bindparam("attempt_id"))
    .order_by(Response.position)
)


class GivenSoFar(NamedTuple):
    """What was given for an item, as `Response` has it."""

    position: int
    item: str
    given: dict[str, Any] | None
    version: int
    recorded_at: dt.datetime | None


def get_attempt(user_id: uuid.UUID, attempt_id: uuid.UUID, *, for_change: bool = False) -> Attempt:
    """Return a person's attempt. Raises NotFound for anybody else's."""
    query = select(Attempt).where(Attempt.id == attempt_id, Attempt.user_id == user_id)
    attempt = db.session.scalar(query.with_for_update() if for_change else query)
    if attempt is None:
        raise NotFound
    return attempt


def get_page(user_id: uuid.UUID, attempt_id: uuid.UUID, position: int) -> tuple[Attempt, Response, Enrollment]:
    """Return a person's attempt, one response with the item as it was drawn, and the enrollment, in one statement."""
    row = db.session.execute(_PAGE, {"user_id": user_id, "attempt_id": attempt_id, "position": position}).first()
    if row is None:
        raise NotFound
    return row[0], row[1], row[2]


def get_attempt_with_response(user_id: uuid.UUID, attempt_id: uuid.UUID, position: int) -> tuple[Attempt, Response]:
    """Return a person's attempt, locked so that it can't be handed in meanwhile, with one response."""
    values = {"user_id": user_id, "attempt_id": attempt_id, "position": position}
    row = db.session.execute(_WITH_RESPONSE, values).first()
    if row is None:
        raise NotFound
    return row[0], row[1]


def find_saved_before(attempt: Attempt, position: int) -> dt.datetime:
    """Return when an answer to another item of an attempt was last saved, or else when the attempt began."""
    saved_at = db.session.scalar(
        select(func.max(Response.saved_at)).where(Response.attempt_id == attempt.id, Response.position != position)
    )
    return max(saved_at or attempt.started_at, attempt.started_at)


def list_given(attempt: Attempt) -> Sequence[GivenSoFar]:
    """Return the responses to all items of an attempt in the order shown, without the items."""
    return [GivenSoFar(*row) for row in db.session.execute(_GIVEN, {"attempt_id": attempt.id})]


def list_responses(attempt: Attempt) -> Sequence[Response]:
    """Return all responses of an attempt in the order shown, with their items."""
    return db.session.scalars(
        select(Response)
        .where(Response.attempt_id == attempt.id)
        .options(joinedload(Response.snapshot))
        .order_by(Response.position)
    ).all()


def find_open_attempt(enrollment_id: uuid.UUID, kind: Kind) -> Attempt | None:
    """Return the attempt that is under way, or None."""
    return db.session.scalar(
        select(Attempt).where(
            Attempt.enrollment_id == enrollment_id, Attempt.kind == kind, Attempt.submitted_at.is_(None)
        )
    )


def find_any_open_attempt(enrollment_id: uuid.UUID) -> Attempt | None:
    """Return the attempt under way, a final first, then the latest; or None. Pretests and retests don't count."""
    others = Attempt.kind.not_in([Kind.PRETEST, Kind.RETEST])
    return db.session.scalar(
        select(Attempt)
        .where(Attempt.enrollment_id == enrollment_id, Attempt.submitted_at.is_(None), others)
        .order_by(Attempt.kind != Kind.FINAL, Attempt.started_at.desc())
        .limit(1)
    )


def find_pretest(user_id: uuid.UUID) -> Attempt | None:
    """Return a person's pretest, which may be one without scenes that was skipped; or None."""
    return db.session.scalar(select(Attempt).where(Attempt.user_id == user_id, Attempt.kind == Kind.PRETEST))


def list_measured(user_id: uuid.UUID) -> Sequence[Attempt]:
    """Return a person's pretest and the finals they handed in, none that was canceled, the newest first."""
    final = and_(Attempt.kind == Kind.FINAL, Attempt.submitted_at.is_not(None), Attempt.canceled_at.is_(None))
    measured = select(Attempt).where(Attempt.user_id == user_id, or_(Attempt.kind == Kind.PRETEST, final))
    return db.session.scalars(measured.order_by(Attempt.submitted_at.desc())).all()


def find_retest(user_id: uuid.UUID) -> Attempt | None:
    """Return the attempt in which a trial asks a person the other form of the pretest, or None."""
    return db.session.scalar(select(Attempt).where(Attempt.user_id == user_id, Attempt.kind == Kind.RETEST))


def has_passed(user_id: uuid.UUID) -> bool:
    """Return whether a person has passed the final of any course."""
    passed = exists().where(Attempt.user_id == user_id, Attempt.kind == Kind.FINAL, Attempt.is_passed.is_(True))
    return bool(db.session.scalar(select(passed)))


def has_begun(user_id: uuid.UUID) -> bool:
    """Return whether a person has learned or practiced anything yet; a first try or a pretest doesn't count."""
    read = exists().where(LessonCompletion.enrollment_id == Enrollment.id, Enrollment.user_id == user_id)
    begun = exists().where(Attempt.user_id == user_id, Attempt.kind.not_in([Kind.FIRST_TRY, Kind.PRETEST]))
    return bool(db.session.scalar(select(or_(read, begun))))


def list_judged(user_id: uuid.UUID) -> Sequence[tuple[Attempt, Response]]:
    """Return what a person answered in first tries, practice, check-ins, and finals that were passed, oldest first.

    Other finals and the pretest are left out: figures that hold them would tell, try by try, what their answers are.
    """
    rows = db.session.execute(
        select(Attempt, Response)
        .join(Response, Response.attempt_id == Attempt.id)
        .where(
            Attempt.user_id == user_id,
            Response.given.is_not(None),
            or_(
                and_(
                    Attempt.kind.in_([Kind.FIRST_TRY, Kind.PRACTICE, Kind.CHECK_IN]), Response.recorded_at.is_not(None)
                ),
                and_(Attempt.kind == Kind.FINAL, Attempt.is_passed.is_(True)),
            ),
        )
        .options(joinedload(Response.snapshot))
        .order_by(Attempt.started_at, Attempt.id, Response.position)
    )
    return [(attempt, response) for attempt, response in rows]


def list_attempts(enrollment_id: uuid.UUID, kind: Kind) -> Sequence[Attempt]:
    """Return attempts of a kind, oldest first."""
    return db.session.scalars(
        select(Attempt)
        .where(Attempt.enrollment_id == enrollment_id, Attempt.kind == kind)
        .order_by(Attempt.round, Attempt.number)
    ).all()


def last_number(enrollment_id: uuid.UUID, kind: Kind) -> int:
    """Return the number of the newest attempt of a kind, 0 if there is none."""
    return (
        db.session.scalar(
            select(func.max(Attempt.number)).where(Attempt.enrollment_id == enrollment_id, Attempt.kind == kind)
        )
        or 0
    )


def list_users_busy_since(user_ids: Sequence[uuid.UUID], instant: dt.datetime) -> set[uuid.UUID]:
    """Return those of the users who started an attempt or saved a response since an instant."""
    return set(
        db.session.scalars(
            select(Attempt.user_id)
            .join(Response, Response.attempt_id == Attempt.id)
            .where(Attempt.user_id.in_(user_ids), or_(Attempt.started_at >= instant, Response.saved_at >= instant))
            .distinct()
        )
    )


def list_met(user_id: uuid.UUID) -> Sequence[tuple[str, str, dt.datetime]]:
    """Return every item ever drawn for this person, those replaced later too: item, digest, and when it was drawn."""
    rows = db.session.execute(
        select(Response.item, Response.item_digest, func.max(Attempt.started_at))
        .join(Attempt, Attempt.id == Response.attempt_id)
        .where(Attempt.user_id == user_id)
        .group_by(Response.item, Response.item_digest)
    )
    finals = db.session.execute(
        select(Attempt.rule, Attempt.started_at).where(Attempt.user_id == user_id, Attempt.kind == Kind.FINAL)
    )
    replaced = [
        (scene["item"], scene["digest"], started_at) for rule, started_at in finals for scene in rule.get(REPLACED, ())
    ]
    return [*replaced, *((item, digest, met_at) for item, digest, met_at in rows)]


def count_met(users: Select[Any], since: dt.datetime) -> dict[str, int]:
    """Return item -> how often it was drawn in the latest finals that many users began since an instant."""
    latest = (
        select(Attempt.id)
        .where(Attempt.user_id.in_(users), Attempt.kind == Kind.FINAL, Attempt.started_at >= since)
        .order_by(Attempt.started_at.desc())
        .limit(MOST_FINALS)
    )
    rows = db.session.execute(
        select(Response.item, func.count()).where(Response.attempt_id.in_(latest)).group_by(Response.item)
    )
    return {row[0]: row[1] for row in rows}


def seen_items(user_id: uuid.UUID, kind: Kind) -> set[str]:
    """Return ids of the scenes this person has been shown in attempts of a kind."""
    return set(
        db.session.scalars(
            select(Response.item)
            .join(Attempt, Attempt.id == Response.attempt_id)
            .where(Attempt.user_id == user_id, Attempt.kind == kind)
            .distinct()
        )
    )


def failed_finals(enrollment: Enrollment, courses: Collection[str] = ()) -> list[FailedTry]:
    """Return the failed finals that the next try is counted after, in the order of their numbers.

    They are those of the enrollment, and those of the person's other `courses` since the final of any was passed; none
    that was canceled.
    """
    rows = db.session.execute(
        select(Attempt.round, Attempt.number, Attempt.submitted_at, Attempt.lessons_to_read)
        .where(
            counts_for(enrollment, courses, Attempt, Attempt.submitted_at),
            Attempt.kind == Kind.FINAL,
            Attempt.is_passed.is_(False),
            Attempt.canceled_at.is_(None),
        )
        .order_by(Attempt.round, Attempt.number, Attempt.submitted_at)
    )
    return [FailedTry(round_, number, at, lessons or []) for round_, number, at, lessons in rows if at]


def counts_for(
    enrollment: Enrollment,
    courses: Collection[str],
    record: type[Attempt | RoundRequest],
    at: InstrumentedAttribute[dt.datetime | None],
) -> ColumnElement[bool]:
    """Return the condition of records that count for an enrollment's tries; `at`: when each came to count."""
    passed_at = (
        select(func.max(Enrollment.final_passed_at))
        .where(Enrollment.user_id == enrollment.user_id, Enrollment.course.in_(courses))
        .scalar_subquery()
    )
    elsewhere = and_(record.user_id == enrollment.user_id, record.course.in_(courses))
    own = record.enrollment_id == enrollment.id
    return or_(own, and_(elsewhere, or_(passed_at.is_(None), at > passed_at))) if courses else own


def find_final_elsewhere(enrollment: Enrollment, courses: Collection[str]) -> Attempt | None:
    """Return a person's final that is under way in another of these courses, or None."""
    return db.session.scalar(
        select(Attempt)
        .where(
            Attempt.user_id == enrollment.user_id,
            Attempt.course.in_(courses),
            Attempt.enrollment_id != enrollment.id,
            Attempt.kind == Kind.FINAL,
            Attempt.submitted_at.is_(None),
        )
        .limit(1)
    )


@dataclass(frozen=True, slots=True)
class FinalTry:
    """One of many learners' finals that was handed in, by its counts; nothing of it tells a single answer."""

    enrollment_id: uuid.UUID
    is_passed: bool | None
    tally: dict[str, Any] | None


def list_final_tries(users: Select[Any], course: str) -> list[FinalTry]:
    """Return the finals that many users handed in, in a course, oldest first; none that was canceled."""
    rows = db.session.execute(
        select(Attempt.enrollment_id, Attempt.is_passed, Attempt.tally)
        .where(
            Attempt.user_id.in_(users),
            Attempt.course == course,
            Attempt.kind == Kind.FINAL,
            Attempt.submitted_at.is_not(None),
            Attempt.canceled_at.is_(None),
        )
        .order_by(Attempt.started_at, Attempt.round, Attempt.number)
    )
    return [FinalTry(*row) for row in rows]


def list_failed_last(users: Select[Any], course: str) -> set[uuid.UUID]:
    """Return ids of the enrollments, of many users in a course, whose last final that was handed in was failed."""
    rows = db.session.execute(
        select(Attempt.enrollment_id, Attempt.is_passed)
        .where(
            Attempt.user_id.in_(users),
            Attempt.course == course,
            Attempt.kind == Kind.FINAL,
            Attempt.submitted_at.is_not(None),
            Attempt.canceled_at.is_(None),
        )
        .order_by(Attempt.started_at, Attempt.round, Attempt.number)
    )
    is_passed = {row[0]: row[1] for row in rows}
    return {enrollment_id for enrollment_id, passed in is_passed.items() if passed is False}


def count_practices(users: Select[Any], course: str) -> dict[uuid.UUID, tuple[int, dt.datetime]]:
    """Return enrollment id -> (practices handed in, when an attempt last began or was handed in), for many users."""
    is_practice = and_(Attempt.kind == Kind.PRACTICE, Attempt.submitted_at.is_not(None))
    rows = db.session.execute(
        select(
            Attempt.enrollment_id,
            func.count(case((is_practice, 1))),
            func.max(func.coalesce(Attempt.submitted_at, Attempt.started_at)),
        )
        .where(Attempt.user_id.in_(users), Attempt.course == course, Attempt.kind != Kind.RETEST)
        .group_by(Attempt.enrollment_id)
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def list_last_saves(users: Select[Any], course: str) -> dict[uuid.UUID, dt.datetime]:
    """Return enrollment id -> when a response was last saved that isn't handed in yet, for many users in a course.

    Not in what a trial asks: that would tell an instructor who takes part. Nor does `count_practices`.
    """
    rows = db.session.execute(
        select(Attempt.enrollment_id, func.max(Response.saved_at))
        .join(Response, Response.attempt_id == Attempt.id)
        .where(
            Attempt.user_id.in_(users),
            Attempt.course == course,
            Attempt.kind != Kind.RETEST,
            Attempt.submitted_at.is_(None),
            Response.saved_at.is_not(None),
        )
        .group_by(Attempt.enrollment_id)
    )
    return {row[0]: row[1] for row in rows if row[1] is not None}
