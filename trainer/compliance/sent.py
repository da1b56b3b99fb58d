"""What a firm had sent to its people: invitations, follow-ups and reminders, and what became of each."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from trainer.assignments import words
from trainer.assignments.models import Assignment, Reminder, Requirement
from trainer.core.db import db
from trainer.core.errors import NotFound
from trainer.core.outbox import OutboxMessage
from trainer.core.paging import Page, read_page, write_place
from trainer.organizations.actor import Actor
from trainer.organizations.mail_words import MailState, mail_name, mail_state, outcome
from trainer.organizations.models import Invitation, InvitationMail, Membership
from trainer.organizations.queries import names_of, seen_by

SHOWN = ("all", "sent", "not-sent")


class SentMail(NamedTuple):
    """An email to someone of the firm, or why there was none."""

    at: dt.datetime
    """When it was ordered, or skipped."""
    id: uuid.UUID
    person: Membership
    name: str
    """Which it is, such as "Follow-up 2"."""
    about: str | None
    """The title of the requirement, of a reminder."""
    due_on: dt.date | None
    asked_by: str | None
    """Who sent it by hand."""
    state: MailState
    outcome: str


def list_sent(
    actor: Actor,
    shown: str = "all",
    after: str | None = None,
    most: int = 50,
    membership_id: uuid.UUID | None = None,
) -> Page[SentMail]:
    """Return a page of what was sent to people whom the actor sees, the newest first; to one person, if one is named.

    `shown`: one of `SHOWN`.
    """
    only = [seen_by(actor)]
    if membership_id is not None:
        only.append(Membership.id == membership_id)
    invitations = read_page(
        _invitations(actor).where(*only, *_shown(shown, InvitationMail.skipped)),
        *(InvitationMail.created_at, InvitationMail.id),
        after=after,
        most=most,
        is_newest_first=True,
    )
    reminders = read_page(
        _reminders(actor).where(*only, *_shown(shown, Reminder.skipped)),
        *(Reminder.created_at, Reminder.id),
        after=after,
        most=most,
        is_newest_first=True,
    )
    askers = {row[2].created_by_id for row in invitations.rows} | {row[0].created_by_id for row in reminders.rows}
    names = names_of(actor, {user_id for user_id in askers if user_id is not None})
    rows = [_of_invitation(row, names) for row in invitations.rows] + [
        _of_reminder(row, names) for row in reminders.rows
    ]
    rows.sort(key=lambda row: (row.at, row.id), reverse=True)
    has_more = len(rows) > most or invitations.next_after is not None or reminders.next_after is not None
    rows = rows[:most]
    return Page(rows, write_place(rows[-1].at, rows[-1].id) if has_more else None)


def iterate_sent(actor: Actor, shown: str) -> Iterator[SentMail]:
    """Yield all of it, the newest first, a portion at a time."""
    after: str | None = None
    while True:
        page = list_sent(actor, shown, after, 500)
        yield from page.rows
        if page.next_after is None:
            return
        after = page.next_after


def place_of(actor: Actor, sent_id: uuid.UUID) -> str:
    """Return where the list goes on after an email. Raises NotFound for one that isn't in it."""
    for query, id_column in ((_invitations(actor), InvitationMail.id), (_reminders(actor), Reminder.id)):
        row = db.session.execute(query.where(seen_by(actor), id_column == sent_id)).first()
        if row is not None:
            return write_place(row[0].created_at, sent_id)
    raise NotFound


def _invitations(actor: Actor) -> Select[InvitationMail, Membership, Invitation, OutboxMessage]:
    return (
        select(InvitationMail, Membership, Invitation, OutboxMessage)
        .join(Invitation, Invitation.id == InvitationMail.invitation_id)
        .join(Membership, Membership.id == Invitation.membership_id)
        .outerjoin(OutboxMessage, OutboxMessage.id == InvitationMail.message_id)
        .where(InvitationMail.organization_id == actor.organization_id)
    )


def _reminders(actor: Actor) -> Select[Reminder, Membership, str, OutboxMessage]:
    return (
        select(Reminder, Membership, Requirement.title, OutboxMessage)
        .join(Assignment, Assignment.id == Reminder.assignment_id)
        .join(Requirement, Requirement.id == Assignment.requirement_id)
        .join(Membership, Membership.id == Assignment.membership_id)
        .outerjoin(OutboxMessage, OutboxMessage.id == Reminder.message_id)
        .where(Reminder.organization_id == actor.organization_id)
    )


def _shown(shown: str, skipped: InstrumentedAttribute[str | None]) -> list[ColumnElement[bool]]:
    if shown == "sent":
        return [OutboxMessage.sent_at.is_not(None)]
    return [or_(OutboxMessage.dead_at.is_not(None), skipped.is_not(None))] if shown == "not-sent" else []


def _of_invitation(row: Any, names: dict[uuid.UUID, str]) -> SentMail:
    mail, person, invitation, message = row
    state, told = mail_state(mail.skipped, message), outcome(mail.skipped, message)
    asked_by = None if mail.number else names.get(invitation.created_by_id)  # follow-ups go out on their own
    return SentMail(mail.created_at, mail.id, person, mail_name(mail.number), None, None, asked_by, state, told)


def _of_reminder(row: Any, names: dict[uuid.UUID, str]) -> SentMail:
    reminder, person, title, message = row
    state, told = mail_state(reminder.skipped, message), words.outcome(reminder, message)
    asked_by, name = names.get(reminder.created_by_id), words.reminder_name(reminder.kind)
    return SentMail(reminder.created_at, reminder.id, person, name, title, reminder.due_on, asked_by, state, told)
