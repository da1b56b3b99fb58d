"""Renewing a certificate: starting when, and whether with a few lessons and the final or with the whole core path."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from trainer.assessment.check_in_days import make_schedule
from trainer.assessment.check_ins import KINDS
from trainer.assessment.models import Attempt
from trainer.content.library import Course
from trainer.core.db import db
from trainer.core.errors import Conflict
from trainer.credentials.models import Credential
from trainer.credentials.queries import find_credential
from trainer.learning import operations
from trainer.learning.models import Enrollment
from trainer.learning.queries import find_enrollment
from trainer.learning.rules import LAST_CHECK_INS, Renewal, can_renew, is_long_expired, opens_on, renews_short

Courses = Mapping[str, Course]


def find_renewal(credential: Credential, courses: Courses, today: dt.date) -> Renewal | None:
    """Return how a certificate is renewed; None if there is a newer one, or its course isn't offered anymore."""
    course = courses.get(credential.course)
    newest = find_enrollment(credential.user_id, credential.course)
    if course is None or course.is_for_renewal or newest is None or credential.superseded_by_id is not None:
        return None
    is_under_way = newest.completed_at is None and newest.cycle == credential.cycle + 1
    if newest.cycle != credential.cycle and not is_under_way:
        return None
    is_revoked = credential.revoked_at is not None
    return Renewal(
        course=course,
        valid_until=credential.valid_until,
        opens_on=opens_on(credential.valid_until),
        is_open=can_renew(valid_until=credential.valid_until, is_revoked=is_revoked, today=today),
        is_short=newest.is_short if is_under_way else bool(list_short([credential], courses, today)),
        is_expired=credential.valid_until < today,
        is_long_expired=is_long_expired(credential.valid_until, today),
        is_revoked=is_revoked,
        is_under_way=is_under_way,
    )


def renew(user_id: uuid.UUID, course: Course, now: dt.datetime) -> Enrollment:
    """Take a completed course again, the short way if allowed. Raises NotYet until its certificate is about to expire.

    Raises Conflict for the course whose lessons renew others.
    """
    if course.is_for_renewal:
        raise Conflict(_l("This course no longer has a certificate. Renew the certificate for a full course instead."))
    newest = find_enrollment(user_id, course.slug)
    earned = find_credential(user_id, course.slug, newest.cycle) if newest else None
    is_short = earned is not None and bool(list_short([earned], {course.slug: course}, now.date()))
    return operations.renew(user_id, course, now, is_short=is_short)


def list_short(credentials: Sequence[Credential], courses: Courses, today: dt.date) -> set[uuid.UUID]:
    """Return the ids of the credentials that are renewed with the lessons for renewing and the final.

    This takes one statement for any number of them, and none if all were earned on the version that is served.
    """
    renewable = [credential for credential in credentials if credential.course in courses]
    short = {credential.id for credential in renewable if _is_short(credential, courses, 0, today)}
    others = [credential for credential in renewable if credential.id not in short and credential.revoked_at is None]
    done = _list_done([credential.id for credential in others])
    return short | {
        credential.id
        for credential in others
        if _is_short(credential, courses, _count_kept(credential, done.get(credential.id, ()), today), today)
    }


def _is_short(credential: Credential, courses: Courses, done_check_ins: int, today: dt.date) -> bool:
    course = courses[credential.course]
    return bool(course.renewal) and renews_short(
        earned=credential.course_version,
        current=course.file.version,
        done_check_ins=done_check_ins,
        is_revoked=credential.revoked_at is not None,
        valid_until=credential.valid_until,
        today=today,
    )


def _count_kept(credential: Credential, done: Collection[int], today: dt.date) -> int:
    return make_schedule(credential.issued_on, credential.valid_until, done).count_kept(today, LAST_CHECK_INS)


def _list_done(credential_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[int]]:
    """Return the numbers of the check-ins that were handed in, by the credential that they follow."""
    if not credential_ids:
        return {}
    rows = db.session.execute(
        select(Credential.id, Attempt.number)
        .join(Enrollment, Enrollment.credential_id == Credential.id)
        .join(Attempt, Attempt.enrollment_id == Enrollment.id)
        .where(
            Credential.id.in_(credential_ids),
            Attempt.kind.in_(KINDS),
            Attempt.submitted_at.is_not(None),
        )
    )
    done: dict[uuid.UUID, list[int]] = {}
    for credential_id, number in rows:
        done.setdefault(credential_id, []).append(number)
    return done
