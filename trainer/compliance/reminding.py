"""Reminding people by hand: who of those that a filter shows would get an email now, who not and why, and sending."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, delete, func, select

from trainer.accounts.models import User
from trainer.assignments.models import Assignment, Reminder
from trainer.assignments.rules import Status, kind_by_hand
from trainer.compliance.queries import iterate_rows, viewer_of
from trainer.compliance.rules import Row, StatusFilter
from trainer.core import outbox
from trainer.core.audit import note
from trainer.core.db import db, insert_missing
from trainer.organizations.actor import Actor
from trainer.organizations.invitations import most_a_day
from trainer.organizations.models import Membership
from trainer.organizations.queries import lock_organization
from trainer.organizations.rules import day_begins
from trainer.web.language import mail_language

_PORTION = 500


class Why(StrEnum):
    """Why someone gets no reminder. All but the first are stored with a reminder that is skipped."""

    CURRENT = "current"
    WAIVED = "waived"
    NOT_JOINED = "not joined"
    NO_ADDRESS = "no address"
    REMINDED = "reminded"
    LIMIT = "limit"


class Recipient(NamedTuple):
    """Where to write to someone."""

    email: str
    language: str | None


@dataclass(frozen=True, slots=True)
class ReminderPlan:
    """Of the people that a filter shows: who would be reminded of what, most urgent first, and who not."""

    ready: Sequence[tuple[Row, Recipient]]
    left_out: Mapping[Why, Sequence[Row]]


def plan(actor: Actor, status_filter: StatusFilter, now: dt.datetime) -> ReminderPlan:
    """Return who would be reminded now: each person once, of the duty that is due first."""
    by_person: dict[uuid.UUID, list[Row]] = {}
    for row in iterate_rows(viewer_of(actor, now), status_filter):
        by_person.setdefault(row.membership_id, []).append(row)
    recipients, reminded = _recipients(actor), _reminded(actor, now)
    ready: list[tuple[Row, Recipient]] = []
    left_out: dict[Why, list[Row]] = {}
    for person_id, rows in by_person.items():
        row, why = _first(rows)
        recipient = recipients.get(person_id)
        if why is None:
            why = _why_not(recipient, is_reminded=person_id in reminded)
        if why is None and recipient is not None:
            ready.append((row, recipient))
        elif why is not None:
            left_out.setdefault(why, []).append(row)
    ready.sort(key=lambda pair: (pair[0].due_on, pair[0].assignment_id))
    left = _left_today(actor, now)
    if len(ready) > left:
        left_out[Why.LIMIT] = [row for row, _recipient in ready[left:]]
    return ReminderPlan(ready[:left], {why: left_out[why] for why in Why if why in left_out})


def remind(actor: Actor, status_filter: StatusFilter, now: dt.datetime) -> ReminderPlan:
    """Remind whoever can be reminded now, record why others aren't, and return who is which.

    Of two who press the button at once, the second finds everyone reminded.
    """
    lock_organization(actor)
    planned = plan(actor, status_filter, now)
    skipped = [(row, why) for why, rows in planned.left_out.items() if why is not Why.CURRENT for row in rows]
    _forget_skipped(actor, {row.assignment_id for row, _other in (*skipped, *planned.ready)}, now)
    rows = [_reminder(actor, row, now, None) for row, _recipient in planned.ready]
    insert_missing(Reminder, [*rows, *(_reminder(actor, row, now, why) for row, why in skipped)])
    for reminder, (_row, recipient) in zip(rows, planned.ready, strict=True):
        ids = {"reminder": reminder["id"].hex}
        language = mail_language(recipient.language)
        outbox.post("training-reminder", recipient.email, language, ids, now, number=reminder["id"])
    if planned.ready:
        note(
            "reminder.sent",
            now,
            actor_id=actor.user_id,
            organization_id=actor.organization_id,
            people=len(planned.ready),
            skipped=sum(map(len, planned.left_out.values())),
        )
    return planned


def _first(rows: Iterable[Row]) -> tuple[Row, Why | None]:
    """Return of a person's duties the open one that is due first, or another and why there is none."""
    urgent = min(rows, key=lambda row: (not row.status.is_open, row.status is not Status.WAIVED, row.due_on))
    if urgent.status.is_open:
        return urgent, None
    return urgent, Why.WAIVED if urgent.status is Status.WAIVED else Why.CURRENT


def _why_not(recipient: Recipient | None, *, is_reminded: bool) -> Why | None:
    if recipient is None:
        return Why.NOT_JOINED
    if not recipient.email:
        return Why.NO_ADDRESS
    return Why.REMINDED if is_reminded else None


def _recipients(actor: Actor) -> dict[uuid.UUID, Recipient]:
    """Return where to write to each person on the roster who has joined; an empty address for someone without one."""
    rows = db.session.execute(
        select(Membership.id, User.email, User.language)
        .join(User, User.id == Membership.user_id)
        .where(Membership.organization_id == actor.organization_id, Membership.ended_at.is_(None))
    )
    return {row[0]: Recipient(row[1] or "", row[2]) for row in rows}


def _reminded(actor: Actor, now: dt.datetime) -> set[uuid.UUID]:
    """Return who got a reminder on the firm's day, automatic or by hand."""
    query = (
        select(Assignment.membership_id)
        .join(Reminder, Reminder.assignment_id == Assignment.id)
        .where(
            Reminder.organization_id == actor.organization_id,
            Reminder.created_at >= day_begins(actor.today(now), actor.organization.time_zone),
            Reminder.skipped.is_(None),
        )
    )
    return set(db.session.scalars(query))


def _left_today(actor: Actor, now: dt.datetime) -> int:
    query = select(func.count()).where(*_by_hand_today(actor, now), Reminder.skipped.is_(None))
    return max(most_a_day(actor.organization) - (db.session.scalar(query) or 0), 0)


def _forget_skipped(actor: Actor, assignment_ids: set[uuid.UUID], now: dt.datetime) -> None:
    """Forget why these weren't reminded earlier today: it may be otherwise now, and is written down again."""
    rows = db.session.execute(
        select(Reminder.id, Reminder.assignment_id).where(*_by_hand_today(actor, now), Reminder.skipped.is_not(None))
    )
    ids = [row[0] for row in rows if row[1] in assignment_ids]
    for start in range(0, len(ids), _PORTION):
        portion = Reminder.id.in_(ids[start : start + _PORTION])
        db.session.execute(delete(Reminder).where(portion).execution_options(synchronize_session=False))


def _by_hand_today(actor: Actor, now: dt.datetime) -> list[ColumnElement[bool]]:
    today = actor.today(now)
    return [
        Reminder.organization_id == actor.organization_id,
        Reminder.created_at >= day_begins(today, actor.organization.time_zone),
        Reminder.kind == kind_by_hand(today),
    ]


def _reminder(actor: Actor, row: Row, now: dt.datetime, why: Why | None) -> dict[str, Any]:
    reminder_id = uuid.uuid4()
    return {
        "id": reminder_id,
        "organization_id": actor.organization_id,
        "assignment_id": row.assignment_id,
        "kind": kind_by_hand(actor.today(now)),
        "due_on": row.due_on,
        "created_at": now,
        "created_by_id": actor.user_id,
        "message_id": None if why else reminder_id,
        "skipped": why.value if why else None,
    }
