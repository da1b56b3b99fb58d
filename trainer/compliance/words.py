"""Statuses in words, and training status as a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from uuid import UUID
from zoneinfo import ZoneInfo

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from trainer.assignments.models import Requirement, RequirementVersion
from trainer.assignments.rules import Status
from trainer.assignments.words import STATUS_CHIPS, STATUS_NAMES, shortfall_told
from trainer.compliance.reminding import Why
from trainer.compliance.rules import Basis, Row, StatusFilter, StatusGroup
from trainer.compliance.sent import SentMail
from trainer.credentials.rules import show_serial
from trainer.credentials.words import disclaimer
from trainer.web.language import show_day
from trainer.web.tables import Cell, Table

GROUP_NAMES = {
    StatusGroup.ATTENTION: _l("Needs attention"),
    StatusGroup.LATE: _l("Overdue"),
    StatusGroup.DUE: _l("Due"),
    StatusGroup.OPEN: _l("Time left"),
    StatusGroup.CURRENT: _l("Current"),
    StatusGroup.WAIVED: _l("Waived"),
}
_STANDINGS = {
    Status.NOT_STARTED: _l("Not started, due %(day)s"),
    Status.IN_PROGRESS: _l("In progress, due %(day)s"),
    Status.CURRENT: _l("Until %(day)s"),
    Status.DUE_SOON: _l("Due %(day)s"),
    Status.OVERDUE: _l("Was due %(day)s"),
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
    _l("Basis"),
    _l("Active minutes"),
    _l("Waived until"),
    _l("Changed lessons due on"),
    _l("Note"),
)
BASIS_NAMES = {
    Basis.CERTIFICATE: _l("Certificate"),
    Basis.RECORDED: _l("Recorded by the firm"),
}
WHY_NOT = {
    Why.CURRENT: _l("Already current"),
    Why.WAIVED: _l("Waived"),
    Why.NOT_JOINED: _l("Hasn’t joined yet: send the invitation again instead"),
    Why.NO_ADDRESS: _l("No email address: tell them in person"),
    Why.REMINDED: _l("Already reminded today"),
    Why.LIMIT: _l("Over the firm’s limit for today: remind them tomorrow"),
}
SENT_HEADS = (
    *(_l("Time"), _l("Name"), _l("Employee number"), _l("Email"), _l("Requirement"), _l("Due on"), _l("Sent by")),
    _l("Outcome"),
)


def filter_words(status_filter: StatusFilter, teams: Mapping[UUID, str], titles: Mapping[UUID, str]) -> list[str]:
    """Describe a filter, part by part; nothing for everyone. `teams`, `titles`: the names of both."""
    parts = [teams.get(status_filter.team_id, gettext("a removed team"))] if status_filter.team_id else []
    if status_filter.requirement_id:
        parts.append(titles.get(status_filter.requirement_id, gettext("an ended requirement")))
    if status_filter.group:
        parts.append(str(GROUP_NAMES[status_filter.group]))
    if status_filter.owes_top_up:
        parts.append(gettext("Changed lessons to read"))
    if status_filter.has_no_email:
        parts.append(gettext("No email"))
    if status_filter.text:
        parts.append(gettext("named “%(text)s”", text=status_filter.text))
    return parts


def chip(row: Row) -> tuple[str, str, str]:
    """Return (text, style, icon) of a row's status."""
    standing = str(_STANDINGS[row.status]) % {"day": show_day(row.waived_until or row.due_on)}
    if row.is_recorded:
        standing = gettext("%(standing)s (recorded by the firm)", standing=standing)
    return standing, *STATUS_CHIPS[row.status]


def disclaimers_of(requirements: Iterable[Requirement | RequirementVersion]) -> list[str]:
    """Return the disclaimer of each state that requires an approved course."""
    states = {requirement.unapproved_state for requirement in requirements if requirement.unapproved_state}
    return [disclaimer(state) for state in sorted(states)]


def as_table(rows: Iterable[Row], day: dt.date | None = None) -> Table:
    """Return training status as a table for export, named after the day if it is a past one."""
    words = StatusWords()
    return Table(export_name(day), HEADS, (_cells(row, words) for row in rows))


def as_sent_table(rows: Iterable[SentMail], time_zone: str) -> Table:
    """Return sent emails as a table for export, with times in the firm's time zone."""
    zone = ZoneInfo(time_zone)
    return Table("sent-mail", SENT_HEADS, (_sent_cells(row, zone) for row in rows))


def export_name(day: dt.date | None = None) -> str:
    """Return the name of a file with training status, after its day if it is a past one."""
    return f"training-status-{day.isoformat()}" if day else "training-status"


class StatusWords:
    """Statuses as files name them. Looked up once for all rows: that costs more than the rest of a row."""

    def __init__(self) -> None:
        self._words = {
            status: (str(name), gettext("%(status)s (trained, not state-approved)", status=name))
            for status, name in STATUS_NAMES.items()
        }
        self._recorded = {
            status: gettext("%(status)s (recorded by the firm)", status=name) for status, name in STATUS_NAMES.items()
        }
        self._bases = {basis: str(name) for basis, name in BASIS_NAMES.items()}

    def of(self, row: Row) -> str:
        """Return a row's status."""
        return self._recorded[row.status] if row.is_recorded else self._words[row.status][row.is_only_trained]

    def basis(self, row: Row) -> str | None:
        """Return the basis of a row's completion, or None without one."""
        return self._bases[row.basis] if row.basis else None


def note_of(row: Row) -> str | None:
    """Return the note that must be shown with a row, or None."""
    told = [disclaimer(row.unapproved_state)] if row.unapproved_state else []
    return " ".join([*told, shortfall_told(row.shortfall)] if row.shortfall else told) or None


def _sent_cells(row: SentMail, zone: ZoneInfo) -> tuple[Cell, ...]:
    at = row.at.astimezone(zone).isoformat(" ", timespec="minutes")
    return (at, row.person.name, row.person.employee_number, row.name, row.about, row.due_on, row.asked_by, row.outcome)


def _cells(row: Row, words: StatusWords) -> tuple[Cell, ...]:
    return (
        row.name,
        row.employee_number,
        row.job_title,
        "; ".join(row.teams),
        row.hired_on,
        row.requirement,
        words.of(row),
        row.due_on,
        row.completed_on,
        show_serial(row.serial) if row.serial else None,
        words.basis(row),
        row.minutes,
        row.waived_until,
        row.top_up_due_on,
        note_of(row),
    )
