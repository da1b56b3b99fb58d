"""The mails of reports: one that asks an address outside, and the report itself with its files.

Each is written when it is sent, and only if it may still go to this address then.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from uuid import UUID

from flask import current_app
from flask_babel import gettext as _

from trainer.content.serving import for_readers_in
from trainer.core.clock import now
from trainer.core.db import db
from trainer.core.outbox import OutboxMessage
from trainer.core.replica import read_from_replica
from trainer.extras.reports.files import make_pdf, make_xlsx, read_contents
from trainer.extras.reports.models import Report
from trainer.extras.reports.queries import (
    CONFIRMING,
    STOPPING,
    ReportReader,
    find_asked,
    find_linked,
    find_mail,
    reader_of,
    token_of,
)
from trainer.extras.reports.rules import UNCONFIRMED_KEPT, Rhythm, fits_mail
from trainer.organizations.mail_words import plain_name, sender_name
from trainer.organizations.models import LONGEST_NAME, Membership, Organization
from trainer.organizations.team_queries import list_names_of_teams
from trainer.web.emails import Attachment, RenderedEmail, render_email
from trainer.web.language import show_times_of
from trainer.web.tables import XLSX

TEMPLATES = ("report", "report-confirmation")


def write(message: OutboxMessage) -> RenderedEmail | None:
    """Return what the mail says, or None if it may no longer go to this address, or the firm is shut."""
    if message.template == "report-confirmation":
        return _write_confirmation(UUID(hex=message.ids["recipient"]), UUID(hex=message.ids["by"]))
    return _write_report(UUID(hex=message.ids["report_mail"]))


def team_names(report: Report) -> list[str]:
    """Return the names of the teams that a report is about; none for all."""
    return list_names_of_teams(report.organization_id, [UUID(hex=team_id) for team_id in report.team_ids])


def _write_confirmation(recipient_id: UUID, by: UUID) -> RenderedEmail | None:
    linked = find_linked(recipient_id)
    if (
        linked is None
        or linked.recipient.confirmed_at is not None
        or reader_of(linked.report, linked.recipient) is None
    ):
        return None
    token = token_of(linked.recipient, CONFIRMING)
    if find_asked(token, now()) is None:
        return None
    asker = db.session.get(Membership, by)
    name = plain_name(asker.name if asker else None, LONGEST_NAME)
    firm = plain_name(linked.organization.name, LONGEST_NAME)
    letter = render_email(
        "reports/mail/report-confirmation",
        who=_("%(name)s of %(firm)s", name=name, firm=firm) if name and firm else name or firm or _("Someone"),
        teams=[plain for team in team_names(linked.report) if (plain := plain_name(team, LONGEST_NAME))],
        has_teams=bool(linked.report.team_ids),
        is_weekly=linked.report.rhythm == Rhythm.WEEK,
        days=UNCONFIRMED_KEPT.days,
        url=f"{_base()}/reports/{token}/confirmation",
        stop=f"{_base()}/reports/{token_of(linked.recipient, STOPPING)}/stop",
    )
    return replace(letter, sender=sender_name(linked.organization.name))


def _write_report(number: UUID) -> RenderedEmail | None:
    mail = find_mail(number)
    reader = reader_of(mail[1].report, mail[1].recipient) if mail else None
    if mail is None or reader is None:
        return None
    recipient, report, firm = mail[1]
    show_times_of(firm.time_zone)
    today, pdf, xlsx = read_from_replica(lambda: _files(firm, reader))
    name, fits = f"report-{today.isoformat()}", fits_mail(len(pdf), len(xlsx))
    letter = render_email(
        "reports/mail/report",
        firm=firm.name,
        day=today,
        is_weekly=report.rhythm == Rhythm.WEEK,
        fits=fits,
        sign_in=f"{_base()}/organizations/{firm.id}/reports/{report.id}" if reader.is_staff else "",
        stop=f"{_base()}/reports/{token_of(recipient, STOPPING)}/stop",
    )
    letter = replace(letter, sender=sender_name(firm.name))
    if not fits:
        return letter
    return letter.with_files(Attachment(f"{name}.pdf", "application/pdf", pdf), Attachment(f"{name}.xlsx", XLSX, xlsx))


def _files(firm: Organization, reader: ReportReader) -> tuple[dt.date, bytes, bytes]:
    with for_readers_in(firm.region):
        contents = read_contents(firm, reader.team_ids, now())
        return contents.today, make_pdf(contents), make_xlsx(contents)


def _base() -> str:
    return str(current_app.config["SETTINGS"].base_url)
