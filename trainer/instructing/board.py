"""The completion board of a class: the page, CSV and XLSX all come from `list_board`."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import select

from trainer.assessment.queries import FinalTry, count_practices, list_final_tries, list_last_saves
from trainer.assessment.rules import Tally
from trainer.content.library import Course
from trainer.core.db import db
from trainer.credentials.models import Credential
from trainer.instructing.models import Cohort, CohortMember
from trainer.instructing.queries import list_last_nudges, list_members, users_of
from trainer.instructing.rules import BoardRow, is_stuck
from trainer.learning.queries import Progress, list_progress


def list_board(cohort: Cohort, course: Course | None, now: dt.datetime) -> list[BoardRow]:
    """Return where everyone in a class stands, by name, in as many statements for five hundred as for one."""
    users = users_of(cohort)
    progress = list_progress(users, cohort.course, course)
    finals: dict[uuid.UUID, list[FinalTry]] = {}
    for final in list_final_tries(users, cohort.course):
        finals.setdefault(final.enrollment_id, []).append(final)
    practices = count_practices(users, cohort.course)
    saves = list_last_saves(users, cohort.course)
    credentials = select(Credential.id, Credential.serial).where(
        Credential.user_id.in_(users), Credential.course == cohort.course, Credential.revoked_at.is_(None)
    )
    serials = {row[0]: row[1] for row in db.session.execute(credentials)}
    nudges = list_last_nudges(cohort)
    rows = []
    for member in list_members(cohort):
        theirs = progress.get(member.user_id)
        number = theirs.enrollment.id if theirs else None
        rows.append(
            _row(
                member,
                theirs,
                finals.get(number, []) if number else [],
                practices.get(number) if number else None,
                saves.get(number) if number else None,
                serials,
                nudges.get(member.user_id),
                now,
            )
        )
    return rows


def _row(
    member: CohortMember,
    theirs: Progress | None,
    finals: list[FinalTry],
    practices: tuple[int, dt.datetime] | None,
    saved_at: dt.datetime | None,
    serials: dict[uuid.UUID, str],
    nudged_at: dt.datetime | None,
    now: dt.datetime,
) -> BoardRow:
    last = finals[-1] if finals else None
    tally = Tally.read(last.tally) if last and last.tally else None
    completed_at = theirs.enrollment.completed_at if theirs else None
    moments = [theirs.last_active] if theirs else []
    moments += [practices[1]] if practices else []
    moments += [saved_at] if saved_at else []
    last_active = max(moments, default=member.joined_at)
    has_failed_last = last is not None and last.is_passed is False
    return BoardRow(
        member_id=member.id,
        user_id=member.user_id,
        name=member.name,
        joined_at=member.joined_at,
        standing=theirs.standing if theirs else None,
        last_active=last_active,
        practices=practices[0] if practices else 0,
        tries=len(finals),
        hits=tally.hits if tally else None,
        concerns=tally.concerns if tally else None,
        false_alarms=tally.false_alarms if tally else None,
        innocents=tally.innocents if tally else None,
        is_last_failed=has_failed_last,
        serial=serials.get(theirs.enrollment.credential_id) if theirs and theirs.enrollment.credential_id else None,
        completed_at=completed_at,
        nudged_at=nudged_at,
        is_stuck=is_stuck(
            # Whoever joined a moment ago isn't idle yet, however long ago the course was begun.
            last_active=max(last_active, member.joined_at),
            is_complete=completed_at is not None,
            has_failed_last=has_failed_last,
            now=now,
        ),
    )
