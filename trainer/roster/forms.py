"""Forms for a roster: send it, say what its columns are, confirm it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, RadioField, SelectField, TextAreaField
from wtforms.validators import ValidationError

from trainer.roster.days import DayOrder, DayReading, read_day
from trainer.roster.matching import Column
from trainer.web.forms import Form
from trainer.web.language import show_day

READINGS = {
    "windows-1252": _l("Western European (Windows-1252)"),
    "windows-1250": _l("Central European (Windows-1250)"),
    "mac-roman": _l("Mac (Mac OS Roman)"),
    "cp437": _l("MS-DOS (code page 437)"),
}


class RosterForm(Form):
    """A roster, pasted or as a file."""

    text = TextAreaField(
        _l("Paste it here"),
        description=_l("Copy the rows from your spreadsheet, with the row of headings."),
        render_kw={"rows": "8", "autocomplete": "off", "spellcheck": "false"},
    )
    file = FileField(
        _l("Or choose a file"),
        description=_l("CSV or Excel (.xlsx), 4 MB at most."),
        render_kw={"accept": ".csv,.tsv,.txt,.xlsx"},
    )
    asks = BooleanField(
        _l("Let me say what each column is"),
        description=_l("Otherwise we ask only where we aren’t sure."),
    )

    def validate_file(self, field: Any) -> None:
        """Ask for one of the two."""
        has_text, has_file = bool((self.text.data or "").strip()), bool(field.data)
        if not has_text and not has_file:
            raise ValidationError(_l("Paste your roster, or choose a file."))
        if has_text and has_file:
            raise ValidationError(_l("You pasted a list and chose a file. Send only one of them."))


class ReadingForm(Form):
    """The coding in which to read a file that isn't Unicode."""

    coding = SelectField(_l("Read the file as"))

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.coding.choices = list(READINGS.items())


MEANING_WORDS = {
    "": _l("Leave out"),
    "name": _l("Name"),
    "first": _l("First name"),
    "middle": _l("Middle name"),
    "last": _l("Last name"),
    "second_last": _l("Second last name"),
    "suffix": _l("Suffix (Jr., III)"),
    "email": _l("Email"),
    "employee_number": _l("Employee number"),
    "job_title": _l("Job title"),
    "teams": _l("Team or site"),
    "hired_on": _l("Hire date"),
    "rehired_on": _l("Rehire date"),
    "ended_on": _l("Last day"),
    "status": _l("Status (working or left)"),
    "role": _l("Role in this app"),
}


class ColumnsForm(Form):
    """What the columns of a roster are."""

    order = RadioField(_l("Days"))
    remembers = BooleanField(
        _l("Use these choices next time"),
        default=True,
        description=_l("We remember headings, never what’s below them."),
    )

    @property
    def columns(self) -> list[SelectField]:
        """The choices for the columns, in their order."""
        return [field for name, field in self._fields.items() if name.startswith("column_")]


def match_form(columns: Sequence[Column], reading: DayReading, order: str, today: dt.date) -> ColumnsForm:
    """Return the form that asks what each of these columns is, and how to read a day that could be two."""
    fields = {
        f"column_{number}": SelectField(
            _l("“%(heading)s” is", heading=column.heading or _l("no heading")),
            default=column.meaning,
        )
        for number, column in enumerate(columns)
    }
    form: ColumnsForm = type("MatchForm", (ColumnsForm,), fields)(data={"order": order, "remembers": True})
    for field in form.columns:
        field.choices = list(MEANING_WORDS.items())
    if reading.example:
        form.order.label.text = _l("“%(text)s” is", text=reading.example)
        form.order.choices = [
            (day_order.value, show_day(read_day(reading.example, today, day_order), "long"))
            for day_order in reversed(DayOrder)
        ]
    else:
        form.order.choices = [(order, order)]
    return form


class ConfirmForm(Form):
    """Take over what was shown."""

    leaves_out = BooleanField(_l("Leave out the refused rows"))
    has_mail = BooleanField(_l("Send invitations by email now"), default=True)
