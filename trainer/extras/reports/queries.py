"""Reading reports by mail: who set them up, who gets them, what went out."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, exists, func, select

from trainer.core.db import db
from trainer.core.errors import NotFound
from trainer.core.outbox import OutboxMessage
from trainer.core.signing import is_sealed, seal
from trainer.extras.reports.models import Report, ReportMail, ReportRecipient
from trainer.extras.reports.rules import UNCONFIRMED_KEPT, Stop, is_within, shared_teams
from trainer.organizations.actor import Actor
from trainer.organizations.models import Membership, Organization
from trainer.organizations.queries import find_actor, firm_is_open
from trainer.organizations.rules import May, Role

CONFIRMING, STOPPING = "report-confirmation", "report-stop"
"""Purposes of links."""


class StaffLine(NamedTuple):
    """Someone who may get a report, being staff."""

    user_id: uuid.UUID
    name: str


class Linked(NamedTuple):
    """What a link in a mail is about."""

    recipient: ReportRecipient
    report: Report
    organization: Organization


class ReportReader(NamedTuple):
    """What someone may read of a report: of these teams, or of all (None); `is_staff`: with an account of the firm."""

    team_ids: frozenset[uuid.UUID] | None
    is_staff: bool


def list_reports(actor: Actor) -> Sequence[Report]:
    """Return the reports about nobody whom the actor doesn't see, the newest first; those that ended come last."""
    query = select(Report).where(Report.organization_id == actor.organization_id)
    rows = db.session.scalars(query.order_by(Report.ended_at.is_not(None), Report.created_at.desc())).all()
    return [report for report in rows if is_within(report.team_ids, actor.team_ids)]


def get_report(actor: Actor, report_id: uuid.UUID) -> Report:
    """Return a report. Raises NotFound for one about people whom the actor doesn't see."""
    report = db.session.scalar(
        select(Report).where(Report.id == report_id, Report.organization_id == actor.organization_id)
    )
    if report is None or not is_within(report.team_ids, actor.team_ids):
        raise NotFound
    return report


def list_staff(actor: Actor) -> Sequence[StaffLine]:
    """Return who may be chosen: owners and managers who have joined; for a manager of some teams, only himself."""
    query = select(Membership.user_id, Membership.name).where(
        Membership.organization_id == actor.organization_id,
        Membership.user_id.is_not(None),
        Membership.ended_at.is_(None),
        Membership.role.in_((Role.OWNER, Role.MANAGER)),
    )
    if actor.team_ids is not None:
        query = query.where(Membership.user_id == actor.user_id)
    rows = db.session.execute(query.order_by(Membership.name_key, Membership.id))
    return [StaffLine(user_id, name) for user_id, name in rows if user_id is not None]


def list_recipients(report: Report) -> Sequence[ReportRecipient]:
    """Return all who get a report, were asked, or got it once, in the order in which they were asked."""
    query = select(ReportRecipient).where(ReportRecipient.report_id == report.id)
    return db.session.scalars(query.order_by(ReportRecipient.asked_at, ReportRecipient.id)).all()


def get_recipient(report: Report, recipient_id: uuid.UUID) -> ReportRecipient:
    """Return someone who gets a report. Raises NotFound."""
    recipient = db.session.scalar(
        select(ReportRecipient).where(ReportRecipient.id == recipient_id, ReportRecipient.report_id == report.id)
    )
    if recipient is None:
        raise NotFound
    return recipient


def list_mails(report: Report, most: int = 50) -> Sequence[tuple[ReportMail, ReportRecipient, OutboxMessage | None]]:
    """Return the reports ordered and their recipients, newest first, each with its email if that is kept."""
    rows = db.session.execute(
        select(ReportMail, ReportRecipient, OutboxMessage)
        .join(ReportRecipient, ReportRecipient.id == ReportMail.recipient_id)
        .outerjoin(OutboxMessage, OutboxMessage.id == ReportMail.id)
        .where(ReportMail.report_id == report.id)
        .order_by(ReportMail.created_at.desc(), ReportMail.id)
        .limit(most)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def list_asking(report: Report) -> dict[uuid.UUID, OutboxMessage]:
    """Return recipient id -> the mail that asked."""
    rows = db.session.execute(
        select(ReportRecipient.id, OutboxMessage)
        .join(OutboxMessage, OutboxMessage.id == ReportRecipient.message_id)
        .where(ReportRecipient.report_id == report.id)
    )
    return {user_id: email for user_id, email in rows if user_id is not None and email is not None}


def count_undeliverable(actor: Actor) -> int:
    """Return at how many addresses reports stopped because mail there is given up, of reports that go on."""
    stopped = select(Report).join(ReportRecipient, ReportRecipient.report_id == Report.id)
    rows = db.session.scalars(
        stopped.where(
            Report.organization_id == actor.organization_id,
            Report.ended_at.is_(None),
            ReportRecipient.stop == Stop.UNDELIVERABLE,
        )
    )
    return sum(is_within(report.team_ids, actor.team_ids) for report in rows)


def list_running(organization_id: uuid.UUID) -> Sequence[Report]:
    """Return a firm's reports that aren't paused."""
    query = select(Report).where(Report.organization_id == organization_id, is_running())
    return db.session.scalars(query.order_by(Report.created_at, Report.id)).all()


def is_running() -> ColumnElement[bool]:
    """Return the condition of reports that aren't paused and haven't ended."""
    return and_(Report.paused_at.is_(None), Report.ended_at.is_(None))


def list_waiting(report: Report, due_on: dt.date, until: dt.datetime) -> Sequence[ReportRecipient]:
    """Return who said yes before `until`, and for whom the report of a day isn't ordered yet."""
    is_ordered = exists().where(ReportMail.recipient_id == ReportRecipient.id, ReportMail.due_on == due_on)
    query = select(ReportRecipient).where(
        ReportRecipient.report_id == report.id,
        ReportRecipient.stopped_at.is_(None),
        ReportRecipient.confirmed_at < until,
        ~is_ordered,
    )
    return db.session.scalars(query.order_by(ReportRecipient.asked_at, ReportRecipient.id)).all()


def reader_of(report: Report, recipient: ReportRecipient) -> ReportReader | None:
    """Return what someone may read of a report now, or None for nothing.

    Staff read what they may see themselves; an address outside reads all of it, while who asked it may see all.
    """
    if recipient.user_id is None:
        may_ask = _may_see_all(report, recipient.asked_by_id)
        return ReportReader(shared_teams(report.team_ids, None), is_staff=False) if may_ask else None
    actor = find_actor(recipient.user_id, report.organization_id)
    if actor is None or not actor.may(May.SEE_TRAINING):
        return None
    teams = shared_teams(report.team_ids, actor.team_ids)
    return None if teams is not None and not teams else ReportReader(teams, is_staff=True)


def list_left_behind(report: Report, recipients: Sequence[ReportRecipient]) -> Sequence[ReportRecipient]:
    """Return the addresses outside that get nothing since who asked them may no longer see all of the report."""
    outside = [line for line in recipients if line.user_id is None and line.stopped_at is None]
    allowed = {user_id: _may_see_all(report, user_id) for user_id in {line.asked_by_id for line in outside}}
    return [line for line in outside if not allowed[line.asked_by_id]]


def latest_stops(organization_id: uuid.UUID, keys: Collection[str]) -> dict[str, dt.datetime]:
    """Return key of an address outside -> when it last stopped one of the firm's reports, or was removed from one."""
    rows = db.session.execute(
        select(ReportRecipient.email_key, func.max(ReportRecipient.stopped_at))
        .where(
            ReportRecipient.organization_id == organization_id,
            ReportRecipient.email_key.in_(keys),
            ReportRecipient.stop.in_((Stop.ASKED, Stop.REMOVED)),
        )
        .group_by(ReportRecipient.email_key)
    )
    return {str(key): stopped_at for key, stopped_at in rows if stopped_at is not None}


def count_asked(organization_id: uuid.UUID, since: dt.datetime) -> int:
    """Return how many addresses outside a firm has asked since then."""
    query = select(func.count()).where(
        ReportRecipient.organization_id == organization_id,
        ReportRecipient.user_id.is_(None),
        ReportRecipient.asked_at >= since,
    )
    return db.session.scalar(query) or 0


def _may_see_all(report: Report, user_id: uuid.UUID) -> bool:
    actor = find_actor(user_id, report.organization_id)
    return actor is not None and actor.may(May.SEE_TRAINING) and is_within(report.team_ids, actor.team_ids)


def list_recently_given_up(organization_id: uuid.UUID) -> Sequence[tuple[ReportRecipient, Report]]:
    """Return whom a firm's reports still go to though a mail to them was given up."""
    rows = db.session.execute(
        select(ReportRecipient, Report)
        .join(Report, Report.id == ReportRecipient.report_id)
        .where(
            ReportRecipient.organization_id == organization_id,
            ReportRecipient.stopped_at.is_(None),
            exists().where(
                ReportMail.recipient_id == ReportRecipient.id, OutboxMessage.id == ReportMail.id, _is_given_up()
            ),
        )
    )
    return [(row[0], row[1]) for row in rows]


def list_outcomes(recipient: ReportRecipient, most: int) -> Sequence[bool]:
    """Return of the newest mails to someone whether each was given up."""
    rows = db.session.execute(
        select(OutboxMessage.dead_at, OutboxMessage.last_error)
        .join(ReportMail, ReportMail.id == OutboxMessage.id)
        .where(ReportMail.recipient_id == recipient.id, ReportMail.created_at >= recipient.asked_at)
        .order_by(ReportMail.created_at.desc())
        .limit(most)
    )
    return [row.dead_at is not None and row.last_error != "no longer needed" for row in rows]


def token_of(recipient: ReportRecipient, purpose: str) -> str:
    """Return the token in the address of a link."""
    return f"{recipient.id.hex}.{seal(purpose, recipient.id.hex, recipient.nonce)}"


def find_asked(token: str, now: dt.datetime) -> Linked | None:
    """Return the subject of a confirmation link, or None if it is forged, expired, stopped or canceled."""
    linked = _find(token, CONFIRMING)
    if linked is None or linked.recipient.stopped_at is not None or linked.report.ended_at is not None:
        return None
    is_late = linked.recipient.confirmed_at is None and now >= linked.recipient.asked_at + UNCONFIRMED_KEPT
    return None if is_late else linked


def find_stopping(token: str) -> Linked | None:
    """Return the subject of a stop link, or None if it is forged; it never expires, whatever the state of the firm."""
    return _find(token, STOPPING, is_open=False)


def find_mail(number: uuid.UUID) -> tuple[ReportMail, Linked] | None:
    """Return an ordered report with whom it is for, or None if it isn't to go out anymore."""
    row = db.session.execute(
        _linked()
        .add_columns(ReportMail)
        .join(ReportMail, ReportMail.recipient_id == ReportRecipient.id)
        .where(
            ReportMail.id == number,
            ReportRecipient.stopped_at.is_(None),
            ReportRecipient.confirmed_at.is_not(None),
            is_running(),
            firm_is_open(),
        )
    ).first()
    return (row[3], Linked(row[0], row[1], row[2])) if row else None


def find_linked(recipient_id: uuid.UUID) -> Linked | None:
    """Return whom a report is for, with the report and its firm if that is open."""
    row = db.session.execute(_linked().where(ReportRecipient.id == recipient_id, firm_is_open())).first()
    return Linked(row[0], row[1], row[2]) if row else None


def emails_of(organization_id: uuid.UUID, recipients: Sequence[ReportRecipient]) -> dict[uuid.UUID, str]:
    """Return user id -> address as the firm entered it, of staff who get a report; that of the account is private."""
    query = select(Membership.user_id, Membership.email).where(
        Membership.organization_id == organization_id,
        Membership.user_id.in_([recipient.user_id for recipient in recipients if recipient.user_id]),
    )
    rows = db.session.execute(query.order_by(Membership.created_at))
    return {user_id: email for user_id, email in rows if user_id is not None and email is not None}


def _find(token: str, purpose: str, *, is_open: bool = True) -> Linked | None:
    number, _dot, code = token.partition(".")
    try:
        recipient_id = uuid.UUID(hex=number)
    except ValueError:
        return None
    query = _linked().where(ReportRecipient.id == recipient_id)
    row = db.session.execute(query.where(firm_is_open()) if is_open else query).first()
    if row is None or not is_sealed(code, purpose, row[0].id.hex, row[0].nonce):
        return None
    return Linked(row[0], row[1], row[2])


def _linked() -> Select[*tuple[Any, ...]]:
    return (
        select(ReportRecipient, Report, Organization)
        .join(Report, Report.id == ReportRecipient.report_id)
        .join(Organization, Organization.id == Report.organization_id)
    )


def _is_given_up() -> ColumnElement[bool]:
    return and_(OutboxMessage.dead_at.is_not(None), OutboxMessage.last_error != "no longer needed")
