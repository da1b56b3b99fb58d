"""Reports by mail: set up, addressed, confirmed, stopped; ordered on their days. Part of the operations; never commits.

Who gets one is asked for twice: when its mail is ordered, and when that is written (`letters`).
"""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from collections.abc import Collection, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, or_, select

from trainer.accounts.models import User
from trainer.accounts.rules import email_key
from trainer.compliance.queries import choose_teams
from trainer.content.library import Course
from trainer.core import outbox
from trainer.core.audit import note
from trainer.core.db import db, delete_some, insert_new
from trainer.core.errors import Conflict, Invalid, NotFound
from trainer.extras.reports import queries
from trainer.extras.reports.models import Report, ReportMail, ReportRecipient
from trainer.extras.reports.rules import (
    ASKED_AGAIN_AFTER,
    LOG_KEPT,
    MOST_GIVEN_UP,
    MOST_RECIPIENTS,
    MOST_REPORTS,
    UNCONFIRMED_KEPT,
    Rhythm,
    Stop,
    due_day,
)
from trainer.organizations.actor import Actor
from trainer.organizations.invitations import count_left_today, most_a_day
from trainer.organizations.models import Organization
from trainer.organizations.queries import lock_organization, names_of
from trainer.organizations.rules import day_begins, is_daytime, local_day
from trainer.web.language import language_tag, mail_language, show_day


def make_report(actor: Actor, rhythm: Rhythm, team_ids: Collection[uuid.UUID], now: dt.datetime) -> Report:
    """Set up a report about these teams; about none, about all that the actor sees.

    Raises Conflict where the firm has too many.
    """
    lock_organization(actor)
    count = select(func.count()).where(Report.organization_id == actor.organization_id, Report.ended_at.is_(None))
    if (db.session.scalar(count) or 0) >= MOST_REPORTS:
        raise Conflict(
            _l(
                "This firm already has %(most)s reports, the most it can have. First end one that nobody needs.",
                most=MOST_REPORTS,
            )
        )
    chosen = choose_teams(actor, team_ids)
    if chosen is not None and not chosen:
        raise Invalid(_l("Choose a team from the list."))
    report = Report(
        organization_id=actor.organization_id,
        created_by_id=actor.user_id,
        rhythm=rhythm.value,
        team_ids=sorted(team_id.hex for team_id in chosen or ()),
        language=language_tag(),
        created_at=now,
    )
    db.session.add(report)
    db.session.flush()
    _note(actor, "report.made", report, now, rhythm=rhythm.value)
    return report


def add_recipients(
    actor: Actor, report: Report, user_ids: Collection[uuid.UUID], addresses: Collection[str], now: dt.datetime
) -> None:
    """Add staff, who get the next report, and addresses outside, which are asked first.

    Raises Invalid for too many, for someone who may not see training status, and for an address that said no lately or
    was removed; Conflict where the firm has sent its mails for today.
    """
    lock_organization(actor)
    there = queries.list_recipients(report)
    staff = {line.user_id for line in queries.list_staff(actor)}
    if not staff.issuperset(user_ids):
        raise Invalid(_l("Someone you chose isn’t allowed to see training status. Choose again."))
    keys = {email_key(address): address for address in addresses}
    if None in keys:
        raise Invalid(_l("We can’t use one of these addresses. Use plain letters, one @, and no spaces."))
    active = {(row.user_id, row.email_key) for row in there if row.stopped_at is None}
    chosen = {(user_id, None) for user_id in user_ids} | {(None, key) for key in keys}
    if len(active | chosen) > MOST_RECIPIENTS:
        raise Invalid(_l("A report can go to %(most)s addresses at most.", most=MOST_RECIPIENTS))
    _check_asking(actor, {key: keys[key] for _user_id, key in chosen - active if key}, now)
    by_key = {(row.user_id, row.email_key): row for row in there}
    for user_id, key in sorted(chosen - active, key=str):
        recipient = by_key.get((user_id, key)) or ReportRecipient(
            id=uuid.uuid4(),
            organization_id=report.organization_id,
            report_id=report.id,
            user_id=user_id,
            email_key=key,
            nonce=secrets.token_urlsafe(16),
        )
        recipient.email = keys[key] if key else None
        _ask(actor, report, recipient, now)


def remove_recipient(actor: Actor, report: Report, recipient_id: uuid.UUID, now: dt.datetime) -> None:
    """Send no more to someone. Raises NotFound, Conflict if that had stopped."""
    recipient = queries.get_recipient(report, recipient_id)
    if recipient.stopped_at is not None:
        raise Conflict(_l("Nothing goes to this address anymore."))
    _stop(recipient, Stop.REMOVED, now)
    _note_recipient(actor, "report.recipient_removed", report, recipient, now)


def confirm(token: str, now: dt.datetime) -> ReportRecipient:
    """Let an address outside say yes. Raises NotFound for a link that no longer works."""
    asked = queries.find_asked(token, now)
    if asked is None:
        raise NotFound
    if asked.recipient.confirmed_at is None:
        asked.recipient.confirmed_at = now
        _note_recipient(None, "report.confirmed", asked.report, asked.recipient, now)
    return asked.recipient


def stop_by_link(token: str, now: dt.datetime) -> ReportRecipient:
    """Let someone get no more. Raises NotFound for a link that is none of ours."""
    linked = queries.find_stopping(token)
    if linked is None:
        raise NotFound
    if linked.recipient.stopped_at is None:
        _stop(linked.recipient, Stop.ASKED, now)
        _note_recipient(None, "report.stopped", linked.report, linked.recipient, now)
    return linked.recipient


def pause(actor: Actor, report: Report, now: dt.datetime) -> None:
    """Send none until it is resumed. Raises Conflict if none are sent."""
    if report.paused_at is not None or report.ended_at is not None:
        raise Conflict(_l("This report was already paused or ended."))
    report.paused_at = now
    _note(actor, "report.paused", report, now)


def resume(actor: Actor, report: Report, now: dt.datetime) -> None:
    """Send it again from its next day on. Raises Conflict if it isn't paused."""
    if report.paused_at is None or report.ended_at is not None:
        raise Conflict(_l("This report isn’t paused."))
    report.paused_at = None
    _note(actor, "report.resumed", report, now)


def take_over(actor: Actor, report: Report, recipient_ids: Collection[uuid.UUID], now: dt.datetime) -> None:
    """Let these addresses outside, which get nothing, get it in the actor's name. Raises Conflict if none of them do.

    Others stay as they are: one that was added since wasn't seen.
    """
    left_behind = queries.list_left_behind(report, queries.list_recipients(report))
    taken = [recipient for recipient in left_behind if recipient.id in recipient_ids]
    if not taken:
        raise Conflict(_l("These addresses were already taken over or removed."))
    for recipient in taken:
        recipient.asked_by_id = actor.user_id
        _note_recipient(actor, "report.taken_over", report, recipient, now)


def end(actor: Actor, report: Report, now: dt.datetime) -> None:
    """End a report for good; what went out stays listed. Raises Conflict if it has ended."""
    if report.ended_at is not None:
        raise Conflict(_l("This report was already ended."))
    report.ended_at = now
    _note(actor, "report.ended", report, now)


def note_files(actor: Actor, report: Report, form: str, now: dt.datetime) -> None:
    """Record that a report was downloaded."""
    _note(actor, "export.report", report, now, form=form)


def order_reports(
    organization: Organization, _courses: Mapping[str, Course], now: dt.datetime, _after: uuid.UUID | None
) -> uuid.UUID | None:
    """Order what is due today or was due since the last one, from the morning on: a step of the firm's upkeep.

    A row for each recipient and day decides that none goes out twice.
    """
    _stop_undeliverable(organization, now)
    if is_daytime(now, organization.time_zone):
        for report in queries.list_running(organization.id):
            _order(organization, report, now)
    return None


def forget_firm(organization_id: uuid.UUID, most: int) -> int:
    """Delete at most so many records of a firm's reports; return how many."""
    records = (ReportMail, ReportRecipient, Report)
    return delete_some(most, *((record, record.organization_id == organization_id) for record in records))


def forget_reports(now: dt.datetime) -> None:
    """Delete links that nobody said yes to, old mails of the log, and what has ended long ago."""
    old = now - LOG_KEPT
    never = ReportRecipient.confirmed_at.is_(None) & (ReportRecipient.asked_at < now - UNCONFIRMED_KEPT)
    for statement in (
        delete(ReportRecipient).where(or_(never, ReportRecipient.stopped_at < old)),
        delete(ReportMail).where(ReportMail.created_at < old),
        delete(Report).where(Report.ended_at < old),
    ):
        db.session.execute(statement.execution_options(synchronize_session=False))


def _ask(actor: Actor, report: Report, recipient: ReportRecipient, now: dt.datetime) -> None:
    """Begin to send to someone, or begin again; at an address outside, by asking."""
    recipient.asked_at, recipient.confirmed_at = now, now if recipient.user_id else None
    recipient.asked_by_id = actor.user_id
    recipient.stopped_at = recipient.stop = None
    db.session.add(recipient)
    if recipient.email:
        ids, number = {"recipient": recipient.id.hex, "by": actor.membership.id.hex}, uuid.uuid4()
        outbox.post("report-confirmation", recipient.email, report.language, ids, now, number=number)
        recipient.message_id = number
    db.session.flush()
    _note_recipient(actor, "report.recipient_added", report, recipient, now)


def _check_asking(actor: Actor, addresses: Mapping[str, str], now: dt.datetime) -> None:
    """Raise Invalid or Conflict if one of these addresses (by key) can't be asked now."""
    firm = actor.organization
    for key, stopped_at in queries.latest_stops(firm.id, addresses).items():
        if now < (again := stopped_at + ASKED_AGAIN_AFTER):
            raise Invalid(
                _l(
                    "%(address)s asked to get no more, or was removed. Respect that: it can be asked again on %(day)s.",
                    address=addresses[key],
                    day=show_day(again, "long"),
                )
            )
    asked = queries.count_asked(firm.id, day_begins(actor.today(now), firm.time_zone)) if addresses else 0
    if addresses and asked + len(addresses) > count_left_today(firm, now):
        raise Conflict(
            _l(
                "The firm has sent its %(most)s emails for today. Ask these addresses tomorrow.",
                most=f"{most_a_day(firm):,}",
            )
        )


def _stop(recipient: ReportRecipient, why: Stop, now: dt.datetime) -> None:
    recipient.stopped_at, recipient.stop = now, why.value


def _order(organization: Organization, report: Report, now: dt.datetime) -> None:
    zone = organization.time_zone
    due_on = due_day(Rhythm(report.rhythm), local_day(zone, now))
    if due_on <= local_day(zone, report.created_at):
        return
    until = day_begins(due_on + dt.timedelta(days=1), zone)
    for recipient in queries.list_waiting(report, due_on, until):
        if queries.reader_of(report, recipient) is None:
            if recipient.user_id is not None:
                _stop(recipient, Stop.NO_RIGHT, now)
                _note_recipient(None, "report.recipient_removed", report, recipient, now)
            continue
        user = db.session.get(User, recipient.user_id) if recipient.user_id else None
        address = user.email if user else recipient.email
        if not address:
            continue
        row: dict[str, Any] = {
            "id": uuid.uuid4(),
            "organization_id": organization.id,
            "report_id": report.id,
            "recipient_id": recipient.id,
            "due_on": due_on,
            "created_at": now,
        }
        for number in insert_new(ReportMail, [row]):
            language = mail_language(user.language if user else report.language)
            outbox.post("report", address, language, {"report_mail": number.hex}, now, number=number)


def _stop_undeliverable(organization: Organization, now: dt.datetime) -> None:
    """Stop at addresses whose newest mails were all given up."""
    for recipient, report in queries.list_recently_given_up(organization.id):
        newest = queries.list_outcomes(recipient, MOST_GIVEN_UP)
        if len(newest) == MOST_GIVEN_UP and all(newest):
            _stop(recipient, Stop.UNDELIVERABLE, now)
            _note_recipient(None, "report.undeliverable", report, recipient, now)


def _note_recipient(
    actor: Actor | None, act: str, report: Report, recipient: ReportRecipient, now: dt.datetime
) -> None:
    """Record an act about someone who gets a report, by name or, outside the firm, by address."""
    user_id = recipient.user_id
    name = names_of(actor, {user_id}).get(user_id) if actor is not None and user_id is not None else None
    _note(actor, act, report, now, recipient=recipient.id.hex, address=recipient.email, name=name)


def _note(actor: Actor | None, act: str, report: Report, now: dt.datetime, **details: str | int | None) -> None:
    """Record an act; without an actor, of somebody outside or of the worker."""
    note(
        act,
        now,
        actor_id=actor.user_id if actor else None,
        organization_id=report.organization_id,
        subject_id=report.id,
        **details,
    )
