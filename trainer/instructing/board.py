"""The completion board of a class: the page, CSV and XLSX all come from `list_marks` and `list_rows`.

A page shows a few of many people: what counts, narrows and sorts all of them is read first, in columns, and the rest
for those who are shown.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Final, NamedTuple

from sqlalchemy import select

from trainer.assessment.queries import (
    FinalTry,
    count_practices,
    list_failed_last,
    list_final_tries,
    list_last_saves,
)
from trainer.assessment.rules import Tally
from trainer.content.library import Course
from trainer.core.db import db
from trainer.credentials.models import Credential
from trainer.instructing.models import Cohort, CohortMember
from trainer.instructing.queries import list_cohorts, list_last_nudges, present, users_of
from trainer.instructing.rules import BoardRow, Mark, is_stuck
from trainer.learning.queries import NewestEnrollment, list_activity, list_progress
from trainer.organizations.actor import Actor
from trainer.organizations.rules import fold

MOST_CLASSES: Final = 5
"""Classes of which an instructor sees who is stuck on a firm's page: each takes a few statements."""
_NAMED: Final = 100
"""Up to so many people are named in statements; for more of them, the whole class is read."""


class ClassLine(NamedTuple):
    """A class as its instructor's first page shows it."""

    cohort: Cohort
    people: int
    done: int
    stuck: Sequence[Mark]


def list_class_lines(actor: Actor, now: dt.datetime) -> tuple[Sequence[ClassLine], int]:
    """Return an instructor's own classes that aren't over, with who is stuck, and how many more classes there are."""
    pairs = [pair for pair in list_cohorts(actor) if pair[0].archived_at is None]
    today = actor.today(now)
    current = [
        (cohort, number)
        for cohort, number in pairs
        if cohort.instructor_id == actor.user_id and cohort.ends_on >= today
    ][:MOST_CLASSES]
    lines = []
    for cohort, number in current:
        marks = list_marks(cohort, now) if number else []
        done = sum(mark.is_complete for mark in marks)
        lines.append(ClassLine(cohort, number, done, [mark for mark in marks if mark.is_stuck]))
    return lines, len(pairs) - len(lines)


def list_marks(cohort: Cohort, now: dt.datetime) -> list[Mark]:
    """Return what everyone in a class is counted, narrowed and sorted by; by name."""
    users = users_of(cohort)
    activity = list_activity(users, cohort.course)
    failed, practices = list_failed_last(users, cohort.course), count_practices(users, cohort.course)
    saves, nudges = list_last_saves(users, cohort.course), list_last_nudges(cohort)
    people = db.session.execute(
        select(CohortMember.id, CohortMember.user_id, CohortMember.name, CohortMember.joined_at).where(present(cohort))
    )
    marks = []
    for member_id, user_id, name, joined_at in sorted(people, key=lambda row: (fold(row[2]), row[0])):
        theirs = activity.get(user_id)
        number = theirs.enrollment_id if theirs else None
        practiced = practices.get(number) if number else None
        moments = [theirs.last_active] if theirs else []
        moments += [practiced[1]] if practiced else []
        moments += [saves[number]] if number in saves else []
        last_active = max(moments, default=joined_at)
        completed_at, has_failed_last = theirs.completed_at if theirs else None, number in failed
        marks.append(
            Mark(
                member_id=member_id,
                user_id=user_id,
                name=name,
                joined_at=joined_at,
                last_active=last_active,
                practices=practiced[0] if practiced else 0,
                completed_at=completed_at,
                is_last_failed=has_failed_last,
                nudged_at=nudges.get(user_id),
                is_stuck=is_stuck(
                    # Whoever joined a moment ago isn't idle yet, however long ago the course was begun.
                    last_active=max(last_active, joined_at),
                    is_complete=completed_at is not None,
                    has_failed_last=has_failed_last,
                    now=now,
                ),
            )
        )
    return marks


def list_rows(cohort: Cohort, course: Course | None, marks: Sequence[Mark]) -> list[BoardRow]:
    """Return where these people of a class stand, in their order."""
    users = users_of(cohort)
    if len(marks) <= _NAMED:
        users = users.where(CohortMember.user_id.in_([mark.user_id for mark in marks]))
    progress = list_progress(users, cohort.course, course)
    finals: dict[uuid.UUID, list[FinalTry]] = {}
    for final in list_final_tries(users, cohort.course):
        finals.setdefault(final.enrollment_id, []).append(final)
    credentials = select(Credential.id, Credential.serial).where(
        Credential.user_id.in_(users), Credential.course == cohort.course, Credential.revoked_at.is_(None)
    )
    serials = {row[0]: row[1] for row in db.session.execute(credentials)}
    rows = []
    for mark in marks:
        theirs = progress.get(mark.user_id)
        rows.append(_row(mark, theirs, finals.get(theirs.enrollment.id, []) if theirs else [], serials))
    return rows


def _row(
    mark: Mark, theirs: NewestEnrollment | None, finals: list[FinalTry], serials: dict[uuid.UUID, str]
) -> BoardRow:
    last = finals[-1] if finals else None
    # Of one that wasn't passed no counts: over several tries they would give the answers away.
    tally = Tally.read(last.tally) if last and last.tally and last.is_passed else None
    return BoardRow(
        member_id=mark.member_id,
        user_id=mark.user_id,
        name=mark.name,
        joined_at=mark.joined_at,
        standing=theirs.standing if theirs else None,
        last_active=mark.last_active,
        practices=mark.practices,
        tries=len(finals),
        hits=tally.hits if tally else None,
        concerns=tally.concerns if tally else None,
        false_alarms=tally.false_alarms if tally else None,
        innocents=tally.innocents if tally else None,
        is_last_failed=mark.is_last_failed,
        serial=serials.get(theirs.enrollment.credential_id) if theirs and theirs.enrollment.credential_id else None,
        completed_at=mark.completed_at,
        nudged_at=mark.nudged_at,
        is_stuck=mark.is_stuck,
    )
