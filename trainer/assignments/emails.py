"""The mails about training that is due. Each is written when it is sent, and only if it is still true then."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from uuid import UUID

from flask import current_app
from flask_babel import gettext, ngettext

from trainer.assignments import rules
from trainer.assignments.models import Assignment, Digest, Reminder, Requirement
from trainer.assignments.queries import get_duty, list_late
from trainer.assignments.rules import LATE, Status
from trainer.content.serving import for_readers_in, served, served_in
from trainer.content.times import Times
from trainer.core.clock import now
from trainer.core.db import db
from trainer.core.outbox import OutboxMessage
from trainer.learning.queries import find_enrollment, standing
from trainer.organizations.mail_words import how_to_check, plain_name, sender_name
from trainer.organizations.models import LONGEST_NAME, Membership
from trainer.organizations.queries import find_open_firm
from trainer.organizations.replies import find_reply, find_sender
from trainer.organizations.rules import local_day
from trainer.web.addresses import asking
from trainer.web.emails import RenderedEmail, render_email
from trainer.web.language import language_tag, show_day, show_day_without_year

TEMPLATES = ("training-reminder", "training-digest")
MOST_NAMES = 20


def write(message: OutboxMessage) -> RenderedEmail | None:
    """Return what the mail says, or None if nothing is due anymore or the firm is shut."""
    if message.template == "training-digest":
        return _write_digest(UUID(hex=message.ids["digest"]))
    return _write_reminder(UUID(hex=message.ids["reminder"]))


def _write_reminder(reminder_id: UUID) -> RenderedEmail | None:
    reminder = db.session.get(Reminder, reminder_id)
    assignment = db.session.get(Assignment, reminder.assignment_id) if reminder else None
    if reminder is None or assignment is None or assignment.ended_at is not None:
        return None
    firm = find_open_firm(assignment.organization_id)
    if firm is None:
        return None
    requirement = db.session.get_one(Requirement, assignment.requirement_id)
    person = db.session.get_one(Membership, assignment.membership_id)
    today = local_day(firm.time_zone, now())
    duty = get_duty(assignment)
    status, is_by_hand = rules.status(duty, today), reminder.created_by_id is not None
    is_true = status.is_open if is_by_hand else status in (Status.DUE_SOON, *LATE)
    if person.user_id is None or person.ended_at is not None or duty.due_on != reminder.due_on or not is_true:
        return None
    with for_readers_in(requirement.region or firm.region):
        minutes, short = _minutes_left(person.user_id, requirement), _count_short(person.user_id, requirement)
        course = served_in(language_tag()).courses.get(requirement.course)
    asked_by = plain_name(find_sender(firm.id, reminder.created_by_id), LONGEST_NAME) if is_by_hand else ""
    firm_name = plain_name(firm.name, LONGEST_NAME)
    reply = find_reply(firm.id, reminder.created_by_id) if is_by_hand else None
    letter = render_email(
        "assignments/mail/training-reminder",
        name=plain_name(person.name, LONGEST_NAME),
        asked_by=asked_by,
        firm=firm_name,
        course=course.file.title if course else "",
        checks=how_to_check(asked_by, firm_name, can_reply=reply is not None),
        subject=subject_of(minutes, reminder.due_on, today),
        due_on=show_day(reminder.due_on, "long"),
        minutes=minutes,
        is_late=status in LATE,
        # Someone whose earlier training was elsewhere takes this course for the first time.
        is_renewal=duty.covers_until is not None and not duty.is_recorded,
        short=short,
        url=asking(
            f"{current_app.config['SETTINGS'].base_url}/courses/{requirement.course}", region=requirement.region
        ),
    )
    return replace(letter, sender=sender_name(firm.name), reply_to=reply)


def _write_digest(digest_id: UUID) -> RenderedEmail | None:
    digest = db.session.get(Digest, digest_id)
    firm = find_open_firm(digest.organization_id) if digest else None
    if digest is None or firm is None:
        return None
    reader = db.session.get_one(Membership, digest.membership_id)
    late = list_late(firm, reader, local_day(firm.time_zone, now()), MOST_NAMES + 1)
    if not late or reader.ended_at is not None:
        return None
    return render_email(
        "assignments/mail/training-digest",
        firm=firm.name,
        names=[f"{name}: {title}, {show_day(due_on, 'long')}" for name, title, due_on in late[:MOST_NAMES]],
        has_more=len(late) > MOST_NAMES,
        url=f"{current_app.config['SETTINGS'].base_url}/organizations/{firm.id}/training",
    )


def _minutes_left(user_id: UUID, requirement: Requirement) -> int:
    """Return the minutes that lessons and active time still take; 0 if only the final is left."""
    whole, enrollment = served().courses.get(requirement.course), find_enrollment(user_id, requirement.course)
    if whole is None:
        return 0
    if enrollment is None or enrollment.completed_at is not None:
        return max(Times(served()).core(whole), requirement.least_minutes)
    where = standing(enrollment, whole)
    return max(where.minutes_to_read, where.missing_minutes)


def _count_short(user_id: UUID, requirement: Requirement) -> int:
    """Return how many lessons a short renewal has; 0 for anyone who can't renew that way."""
    course, enrollment = served().courses.get(requirement.course), find_enrollment(user_id, requirement.course)
    if course is None or enrollment is None or not enrollment.is_short or enrollment.completed_at is not None:
        return 0
    return standing(enrollment, course).all_lessons


def subject_of(minutes: int, due_on: dt.date, today: dt.date) -> str:
    """Return a subject such as "8 minutes left, due Friday", which reveals nothing of what this is about."""
    left = ngettext("%(num)s minute left", "%(num)s minutes left", minutes) if minutes else gettext("One step left")
    days = (due_on - today).days
    if days < 0:
        when = gettext("was due on %(day)s", day=show_day_without_year(due_on))
    elif days == 0:
        when = gettext("due today")
    elif days < 7:
        when = gettext("due %(day)s", day=show_day(due_on, "EEEE"))
    else:
        when = gettext("due on %(day)s", day=show_day_without_year(due_on))
    return f"{left}, {when}"
