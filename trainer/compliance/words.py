"""Statuses in words, and training status as a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from trainer.assignments.rules import Status
from trainer.assignments.words import STATUS_CHIPS
from trainer.compliance.rules import Group, Row
from trainer.credentials.rules import disclaimer, show_serial
from trainer.web.language import show_day
from trainer.web.tables import Cell, Table

STATUS_NAMES = {
    Status.NOT_STARTED: _l("Not started"),
    Status.IN_PROGRESS: _l("In progress"),
    Status.CURRENT: _l("Current"),
    Status.DUE_SOON: _l("Due soon"),
    Status.OVERDUE: _l("Overdue"),
    Status.EXPIRED: _l("Expired"),
    Status.WAIVED: _l("Waived"),
}
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
    Status.CURRENT: _l("To %(day)s"),
    Status.DUE_SOON: _l("Due %(day)s"),
    Status.EXPIRED: _l("Ran out %(day)s"),
    Status.WAIVED: _l("Waived to %(day)s"),
}
HEADS = (
    "Name",
    "Employee number",
    "Job title",
    "Teams",
    "Hired on",
    "Requirement",
    "Status",
    "Due on",
    "Completed on",
    "Certificate",
    "Active minutes",
    "Waived until",
    "Note",
)


def chip(row: Row, today: dt.date) -> tuple[str, str, str]:
    """Return (text, style, icon) of a row's status."""
    return _standing(row, today), *STATUS_CHIPS[row.status]


def _standing(row: Row, today: dt.date) -> str:
    if row.status is Status.OVERDUE:
        return str(ngettext("%(num)s day over", "%(num)s days over", (today - row.due_on).days))
    return str(_STANDINGS[row.status]) % {"day": show_day(row.waived_until or row.due_on)}


def as_table(rows: Iterable[Row]) -> Table:
    """Return training status as a table to take along."""
    # Once for all rows: looking a word up in a language costs more than the rest of a row.
    names = {status: str(name) for status, name in STATUS_NAMES.items()}
    return Table("training-status", HEADS, (_cells(row, names) for row in rows))


def _cells(row: Row, names: Mapping[Status, str]) -> tuple[Cell, ...]:
    word = names[row.status]
    return (
        row.name,
        row.employee_number,
        row.job_title,
        "; ".join(row.teams),
        row.hired_on,
        row.requirement,
        f"{word} (trained, not state-approved)" if row.is_only_trained else word,
        row.due_on,
        row.completed_on,
        show_serial(row.serial) if row.serial else None,
        row.minutes,
        row.waived_until,
        disclaimer(row.unapproved_state) if row.unapproved_state else None,
    )
