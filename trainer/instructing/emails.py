"""The mails that an instructor has sent, written when it is sent, from the records as they are then."""

from __future__ import annotations

from uuid import UUID

from flask import current_app

from trainer.content.serving import served
from trainer.content.times import Times
from trainer.core.clock import now
from trainer.core.db import db
from trainer.core.outbox import OutboxMessage
from trainer.instructing.invitations import find_waiting
from trainer.instructing.models import Cohort, Nudge
from trainer.instructing.queries import find_membership
from trainer.learning.queries import find_enrollment, path_of, standing
from trainer.organizations.codes import show_code
from trainer.web.emails import RenderedEmail, render_email

TEMPLATES = ("class-nudge", "class-invitation")


def write(message: OutboxMessage) -> RenderedEmail | None:
    """Return what the mail says, or None if it is no longer true: archived, left, answered or done in the meantime."""
    return (_write_invitation if message.template == "class-invitation" else _write_nudge)(message)


def _write_invitation(message: OutboxMessage) -> RenderedEmail | None:
    cohort_and_firm = find_waiting(UUID(hex=message.ids["mail"]), now())
    if cohort_and_firm is None:
        return None
    cohort, organization = cohort_and_firm
    course = served().courses.get(cohort.course)
    base = current_app.config["SETTINGS"].base_url
    return render_email(
        "instructing/mail/class-invitation",
        firm=organization.name,
        title=cohort.title,
        taught_by=cohort.taught_by,
        course=course.file.title if course else cohort.course,
        ends_on=cohort.ends_on,
        url=f"{base}/classes/{show_code(cohort.code)}",
    )


def _write_nudge(message: OutboxMessage) -> RenderedEmail | None:
    nudge = db.session.get(Nudge, UUID(hex=message.ids["nudge"]))
    cohort = db.session.get(Cohort, nudge.cohort_id) if nudge else None
    if nudge is None or cohort is None or cohort.archived_at is not None:
        return None
    course = served().courses.get(cohort.course)
    if course is None or find_membership(nudge.user_id, cohort) is None:
        return None
    enrollment = find_enrollment(nudge.user_id, cohort.course)
    if enrollment is not None and enrollment.completed_at is not None:
        return None
    where = standing(enrollment, course) if enrollment else None
    base = current_app.config["SETTINGS"].base_url
    return render_email(
        "instructing/mail/class-nudge",
        taught_by=cohort.taught_by,
        lessons=len((where or path_of(course, None, ())).missing_lessons),
        minutes=where.minutes_to_read if where else Times(served()).core(course),
        url=f"{base}/courses/{course.slug}",
        classes=f"{base}/classes",
    )
