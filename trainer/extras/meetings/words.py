"""Who was at the meetings of a class, as a table for export."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from trainer.extras.meetings.records import ClassRecord
from trainer.organizations.rules import local_day
from trainer.web.tables import Cell, Table

MEETING_HEADS = (
    _l("Held on"),
    _l("Place"),
    _l("Minutes"),
    _l("Lessons taught"),
    _l("Name"),
    _l("Employee number"),
    _l("In the class"),
    _l("Lessons signed off"),
    _l("Minutes credited"),
    _l("Signed by"),
    _l("Statement"),
    _l("Signed on"),
)


def meetings_table(rows: Iterable[ClassRecord], zone: str) -> Table:
    """Return who was at which meeting of a class, and what was signed, as a table for export."""
    return Table("class-meetings", MEETING_HEADS, (_meeting_cells(row, zone) for row in rows))


def _meeting_cells(row: ClassRecord, zone: str) -> tuple[Cell, ...]:
    signature = row.signature
    return (
        row.session.held_on,
        row.session.place,
        row.session.minutes,
        "; ".join(row.taught),
        row.name,
        row.employee_number,
        _("yes") if row.is_member else _("no"),
        row.lessons,
        row.minutes,
        signature.name if signature else None,
        signature.statement if signature else None,
        local_day(zone, signature.signed_at) if signature else None,
    )
