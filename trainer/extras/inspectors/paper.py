"""Set training status as a paper for an inspector: the rows of the page, all of them."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from flask_babel import gettext as _

from trainer.assignments.rules import Status
from trainer.compliance.rules import Row
from trainer.compliance.words import chip
from trainer.credentials.rules import show_serial
from trainer.extras.inspectors.former import Former
from trainer.web.language import show_day
from trainer.web.paper import typeset_sheet

PAPER: Final = Path(__file__).with_name("inspection.typ")
MOST: Final = 1_000
"""Rows on one paper. Setting twice as many takes 250 MB; the page to print has no such limit."""
_LONGEST: Final = 200


def draw_inspection(
    firm: str,
    viewer_day: dt.date,
    sentence: str,
    notes: Sequence[str],
    rows: Sequence[Row],
    reasons: Mapping[uuid.UUID, str],
    former: Sequence[Former],
    day: dt.date,
    limits: str = "",
) -> bytes:
    """Return the paper. `day`: on which it is made; `reasons`: of waivers, by duty; `limits`: what it is limited to.

    A letter that no font can show is a box.
    """
    texts = {
        "title": _("Training records"),
        "firm": firm,
        "day": show_day(viewer_day, "long"),
        "sentence": sentence,
        "limits": limits,
        "notes": list(notes),
        "none": _("No one."),
        "tables": [_staff(rows, reasons), _former(former)],
    }
    return typeset_sheet(PAPER, _breakable(texts), day)


def _staff(rows: Sequence[Row], reasons: Mapping[uuid.UUID, str]) -> dict[str, Any]:
    heads = (_("Person"), _("Teams"), _("Hired on"), _("Requirement"), _("Status"), _("Completed"), _("Certificate"))
    return {
        "title": _("People and what is required of them"),
        "heads": heads,
        "widths": (4, 3, 2, 3, 3, 2, 4),
        "rows": [
            (
                _named(row.name, row.employee_number),
                ", ".join(row.teams),
                _day(row.hired_on),
                row.requirement,
                _status(row, reasons),
                _day(row.completed_on),
                _("Recorded by the firm") if row.is_recorded else _serial(row.serial),
            )
            for row in rows
        ],
    }


def _status(row: Row, reasons: Mapping[uuid.UUID, str]) -> str:
    standing, reason = chip(row)[0], reasons.get(row.assignment_id)
    if row.status is Status.WAIVED and reason:
        return f"{standing}: {reason}"
    return standing + (f" ({_('trained, not state-approved')})" if row.is_only_trained else "")


def _former(people: Sequence[Former]) -> dict[str, Any]:
    heads = (_("Person"), _("Teams"), _("Hired on"), _("Last day"), _("Course"), _("Completed"), _("Certificate"))
    lines = []
    for person in people:
        about = (
            _named(person.name, person.employee_number),
            ", ".join(person.teams),
            _day(person.hired_on),
            _day(person.last_day),
        )
        lines += [
            (*about, earned.course_title, _day(earned.issued_on), _serial(earned.serial))
            for earned in person.completions
        ] or [(*about, "–", "–", "–")]
    return {"title": _("Former staff"), "heads": heads, "widths": (4, 3, 2, 2, 3, 2, 4), "rows": lines}


def _named(name: str, number: str | None) -> str:
    return f"{name} ({number})" if number else name


def _day(day: dt.date | None) -> str:
    return show_day(day) if day else "–"


def _serial(serial: str | None) -> str:
    return show_serial(serial) if serial else "–"


def _breakable(value: Any) -> Any:
    """Return texts whose endless words may be broken, so that none leaves its column."""
    if isinstance(value, str):
        return re.sub(r"(\S{14})(?=\S)", "\\1\u200b", value[:_LONGEST])
    if isinstance(value, Mapping):
        return {name: _breakable(part) for name, part in value.items()}
    return [_breakable(part) for part in value] if isinstance(value, Sequence) else value
