"""Statuses in words, and training status as a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l

from trainer.assignments.rules import Status
from trainer.assignments.words import STATUS_CHIPS, STATUS_NAMES
from trainer.compliance.reminding import Why
from trainer.compliance.rules import Group, Row
from trainer.compliance.sent import Sent
from trainer.credentials.rules import show_serial
from trainer.credentials.words import disclaimer
from trainer.web.language import show_day
from trainer.web.tables import Cell, Table

GROUP_NAMES = {
    Group.ATTENTION: _l("Needs attention"),
    Group.LATE: _l("Overdue"),
    Group.DUE: _l("Due"),
    Group.OPEN: _l("Time left"),
    Group.CURRENT: _l("Current"),
    Group.WAIVED: _l("Waived"),
}
_STANDINGS = {
    Status.NOT_STARTED: _l("Not started, due %(day)s"),
    Status.IN_PROGRESS: _l("In progress, due %(day)s"),
    Status.CURRENT: _l("Until %(day)s"),
    Status.DUE_SOON: _l("Due %(day)s"),
    Status.EXPIRED: _l("Expired %(day)s"),
    Status.WAIVED: _l("Waived until %(day)s"),
}
HEADS = (
    _l("Name"),
    _l("Employee number"),
    _l("Job title"),
    _l("Teams"),
    _l("Hired on"),
    _l("Requirement"),
    _l("Status"),
    _l("Due on"),
    _l("Completed on"),
    _l("Certificate"),
    _l("Active minutes"),
    _l("Waived until"),
    _l("Note"),
)


WHY_NOT = {
    Why.CURRENT: _l("Current already"),
    Why.WAIVED: _l("Waived"),
    Why.NOT_JOINED: _l("Hasn’t joined yet: send the invitation again instead"),
    Why.NO_ADDRESS: _l("No email address: tell them in person"),
    Why.REMINDED: _l("Already reminded today"),
    Why.LIMIT: _l("Over the firm’s limit for today: remind them tomorrow"),
}
SENT_HEADS = (
    *(_l("At"), _l("Name"), _l("Employee number"), _l("Email"), _l("Requirement"), _l("Due on"), _l("Sent by")),
    _l("Outcome"),
)


def chip(row: Row, today: dt.date) -> tuple[str, str, str]:
    """Return (text, style, icon) of a row's status."""
    return _standing(row, today), *STATUS_CHIPS[row.status]


def _standing(row: Row, today: dt.date) -> str:
    if row.status is Status.OVERDUE:
        return str(ngettext("%(num)s day over", "%(num)s days over", (today - row.due_on).days))
    return str(_STANDINGS[row.status]) % {"day": show_day(row.waived_until or row.due_on)}


def as_table(rows: Iterable[Row]) -> Table:
    """Return training status as a table for export."""
    # Once for all rows: looking a word up in a language costs more than the rest of a row.
    words = {
        status: (str(name), gettext("%(status)s (trained, not state-approved)", status=name))
        for status, name in STATUS_NAMES.items()
    }
    return Table("training-status", HEADS, (_cells(row, words) for row in rows))


def as_sent_table(rows: Iterable[Sent], time_zone: str) -> Table:
    """Return what was sent as a table for export, with instants by the firm's clock."""
    zone = ZoneInfo(time_zone)
    return Table("sent-mail", SENT_HEADS, (_sent_cells(row, zone) for row in rows))


def _sent_cells(row: Sent, zone: ZoneInfo) -> tuple[Cell, ...]:
    at = row.at.astimezone(zone).isoformat(" ", timespec="minutes")
    return (at, row.person.name, row.person.employee_number, row.name, row.about, row.due_on, row.asked_by, row.outcome)


def _cells(row: Row, words: Mapping[Status, tuple[str, str]]) -> tuple[Cell, ...]:
    plain, only_trained = words[row.status]
    return (
        row.name,
        row.employee_number,
        row.job_title,
        "; ".join(row.teams),
        row.hired_on,
        row.requirement,
        only_trained if row.is_only_trained else plain,
        row.due_on,
        row.completed_on,
        show_serial(row.serial) if row.serial else None,
        row.minutes,
        row.waived_until,
        disclaimer(row.unapproved_state) if row.unapproved_state else None,
    )
