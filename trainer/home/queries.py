"""What needs someone's attention in a firm, how far it is set up, and what its classes and one's own duties need."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import urlsplit

from sqlalchemy import String, cast, exists, func, select

from trainer.assessment.onward import Onward, find_onward
from trainer.assignments.earlier_queries import count_to_approve
from trainer.assignments.queries import count_failed_reminders, list_duties
from trainer.assignments.rules import OwnDuty
from trainer.compliance.queries import list_round_requests
from trainer.compliance.report_queries import count_undeliverable
from trainer.compliance.rules import End, Group, Outlook
from trainer.content.library import Course
from trainer.content.serving import served
from trainer.core.db import db
from trainer.core.outbox import FAILED_FOR
from trainer.core.work import Job
from trainer.credentials.models import Credential
from trainer.credentials.words import reason_words
from trainer.home.rules import NEAR, Beginning
from trainer.instructing.board import list_marks
from trainer.instructing.models import Cohort
from trainer.instructing.queries import list_cohorts
from trainer.instructing.rules import Mark
from trainer.interop.queries import list_webhooks, required_of
from trainer.joining.drafts import KEPT
from trainer.joining.importing import KIND
from trainer.learning.models import Enrollment
from trainer.learning.queries import find_enrollment, standing, taken
from trainer.learning.rules import Standing
from trainer.organizations import slips
from trainer.organizations.actor import Actor
from trainer.organizations.codes import has_code
from trainer.organizations.models import Membership, RosterDraft
from trainer.organizations.queries import seen_by
from trainer.organizations.rules import May
from trainer.organizations.slips import Slipless
from trainer.organizations.waiting import Need as Joining
from trainer.organizations.waiting import Readiness, count_by_need, count_readiness

MOST_CLASSES = 5
"""Classes of which an instructor sees who is stuck: each takes a few statements."""
MOST_DRAFTS = 3
WITHDRAWN_FOR = dt.timedelta(days=30)
"""How long a firm is told that a certificate was withdrawn."""


class Kind(StrEnum):
    """What needs attention, the most urgent first."""

    LATE = "late"
    WITHDRAWN = "withdrawn"
    ROUNDS = "rounds"
    FAILED_INVITATIONS = "failed invitations"
    FAILED_REMINDERS = "failed reminders"
    TRAININGS = "trainings"
    REPORTS = "reports"
    WEBHOOK = "webhook"
    ROSTER = "roster"
    SLIPS_ENDING = "slips ending"
    SLIPLESS = "slipless"
    UNANSWERED = "unanswered"
    UNINVITED = "uninvited"
    CERTIFICATES = "certificates"
    WAIVERS = "waivers"


class Need(NamedTuple):
    """One line of what needs attention: how many rows there are, and of what."""

    kind: Kind
    number: int
    subject_id: uuid.UUID | None = None
    name: str = ""
    """Of the requirement, the webhook's host, or the holder of a withdrawn certificate."""
    at: dt.datetime | None = None
    """When the roster was sent, or the certificate withdrawn."""
    reason: str = ""
    """Why it was withdrawn."""
    people: int = 0
    """How many people are overdue."""


class ClassLine(NamedTuple):
    """A class as its instructor's first page shows it."""

    cohort: Cohort
    people: int
    done: int
    stuck: Sequence[Mark]


class Task(NamedTuple):
    """What a firm requires of the one who looks, and their next step in it, if they have begun."""

    duty: OwnDuty
    course: Course
    enrollment: Enrollment | None
    standing: Standing | None
    onward: Onward | None


def list_needs(actor: Actor, outlook: Outlook | None, now: dt.datetime, *, waiting: int) -> list[Need]:
    """Return what needs attention of the people and records that the actor handles, in a bounded number of statements.

    `outlook`: where people stand, if anything is required; `waiting`: how many haven't joined.
    """
    needs = _of_training(actor, outlook, now) if outlook is not None else []
    if waiting:
        needs += _of_joining(actor, now)
    if actor.may(May.SET_TEAMS):
        needs += _drafts(actor, now)
    if actor.may(May.SET_FIRM):
        needs += [
            Need(Kind.WEBHOOK, 1, line.webhook.id, str(urlsplit(line.webhook.url).hostname))
            for line in list_webhooks(actor)
            if not line.has_owner or (line.webhook.failures and line.webhook.paused_at is None)
        ]
    if actor.may(May.CHANGE_PEOPLE):
        needs.append(Need(Kind.TRAININGS, count_to_approve(actor)))
    if actor.may(May.SEE_TRAINING):
        needs.append(Need(Kind.REPORTS, count_undeliverable(actor)))
    order = list(Kind)
    return sorted((need for need in needs if need.number), key=lambda need: order.index(need.kind))


def find_beginning(actor: Actor, now: dt.datetime, *, people: int, waiting: int, has_requirement: bool) -> Beginning:
    """Return how far the actor's firm is set up."""
    readiness = count_readiness(actor, now) if waiting else Readiness(0, 0, 0, 0)
    without_address = readiness.without_address
    with_address = sum(readiness) - without_address
    return Beginning(
        people=people - 1,
        joined=people - waiting - 1,
        has_requirement=has_requirement,
        with_address=with_address,
        uninvited=count_by_need(actor, now)[Joining.NEW] if with_address else 0,
        without_address=without_address,
        slipless=slips.count_by_state(actor, now)[Slipless.NONE] if without_address else 0,
        has_code=has_code(actor),
        skipped=frozenset(actor.organization.skipped_steps or ()),
    )


def list_class_lines(actor: Actor, now: dt.datetime) -> tuple[Sequence[ClassLine], int]:
    """Return an instructor's own classes that aren't over, with who is stuck, and how many more classes there are."""
    pairs = [pair for pair in list_cohorts(actor) if pair[0].archived_at is None]
    today, courses = actor.today(now), served().courses
    current = [
        (cohort, number)
        for cohort, number in pairs
        if cohort.instructor_id == actor.user_id and cohort.ends_on >= today
    ][:MOST_CLASSES]
    lines = []
    for cohort, number in current:
        marks = list_marks(cohort, courses.get(cohort.course), now) if number else []
        done = sum(mark.is_complete for mark in marks)
        lines.append(ClassLine(cohort, number, done, [mark for mark in marks if mark.is_stuck]))
    return lines, len(pairs) - len(lines)


def list_tasks(actor: Actor, now: dt.datetime) -> list[Task]:
    """Return what the firm requires of the one who looks and isn't done, earliest due date first."""
    courses, tasks = served().courses, list[Task]()
    for duty in list_duties(actor.membership, actor.organization, now):
        course = courses.get(duty.course)
        if not duty.is_open or course is None or any(task.course is course for task in tasks):
            continue
        enrollment = find_enrollment(actor.user_id, course.slug)
        if enrollment is None or course.is_for_renewal:
            tasks.append(Task(duty, course, None, None, None))
            continue
        course, stands = taken(course, enrollment), standing(enrollment, course)
        way = find_onward(course, enrollment, stands, now) if enrollment.completed_at is None else None
        tasks.append(Task(duty, course, enrollment, stands, way))
    return tasks


def _of_training(actor: Actor, outlook: Outlook, now: dt.datetime) -> list[Need]:
    today = actor.today(now)
    needs = [
        Need(Kind.LATE, outlook.counts.of(Group.LATE), people=outlook.counts.people_of(Group.LATE)),
        Need(Kind.CERTIFICATES, outlook.ending(End.CERTIFICATE, today, today + NEAR)),
        Need(Kind.WAIVERS, outlook.ending(End.WAIVER, today, today + NEAR)),
        *_withdrawn(actor, now),
    ]
    if actor.may(May.CHANGE_PEOPLE):
        needs.append(Need(Kind.ROUNDS, len(list_round_requests(actor, now))))
    if actor.may(May.REQUIRE):
        failed = count_failed_reminders(actor.organization_id, now - FAILED_FOR)
        needs += [Need(Kind.FAILED_REMINDERS, count, requirement_id, title) for requirement_id, title, count in failed]
    return needs


def _withdrawn(actor: Actor, now: dt.datetime) -> list[Need]:
    """Return the certificates of people here that were withdrawn lately, the newest first, each in its newest name."""
    query = (
        select(Membership.id, Membership.name, Credential.revoked_at, Credential.revocation_reason)
        .join(Credential, Credential.user_id == Membership.user_id)
        .where(
            seen_by(actor),
            Membership.ended_at.is_(None),
            Credential.revoked_at > now - WITHDRAWN_FOR,
            Credential.reissued_at.is_(None),
            required_of(Membership),
        )
        .order_by(Credential.revoked_at.desc(), Membership.id)
    )
    return [
        Need(Kind.WITHDRAWN, 1, row.id, row.name, row.revoked_at, reason_words(row.revocation_reason))
        for row in db.session.execute(query)
    ]


def _of_joining(actor: Actor, now: dt.datetime) -> list[Need]:
    invited, printed = count_by_need(actor, now), slips.count_by_state(actor, now)
    return [
        Need(Kind.FAILED_INVITATIONS, invited[Joining.REFUSED]),
        Need(Kind.UNANSWERED, invited[Joining.UNANSWERED]),
        Need(Kind.UNINVITED, invited[Joining.NEW]),
        Need(Kind.SLIPS_ENDING, printed[Slipless.ENDING]),
        Need(Kind.SLIPLESS, printed[Slipless.NONE]),
    ]


def _drafts(actor: Actor, now: dt.datetime) -> list[Need]:
    """Return the rosters that this person sent and hasn't confirmed; nobody else can open them."""
    ordered = exists().where(
        Job.organization_id == actor.organization_id,
        Job.kind == KIND,
        Job.details["draft_id"].as_string() == func.replace(cast(RosterDraft.id, String), "-", ""),
    )
    query = (
        select(RosterDraft.id, RosterDraft.created_at)
        .where(
            RosterDraft.organization_id == actor.organization_id,
            RosterDraft.created_by_id == actor.user_id,
            RosterDraft.applied_at.is_(None),
            RosterDraft.created_at > now - KEPT,
            ~ordered,
        )
        .order_by(RosterDraft.created_at.desc(), RosterDraft.id)
        .limit(MOST_DRAFTS)
    )
    return [Need(Kind.ROSTER, 1, row.id, at=row.created_at) for row in db.session.execute(query)]
