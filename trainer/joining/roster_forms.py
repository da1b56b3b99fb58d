"""Forms for a roster: send it, confirm it."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, SelectField, TextAreaField
from wtforms.validators import ValidationError

from trainer.web.forms import Form

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

    def validate_file(self, field: Any) -> None:
        """Ask for one of the two."""
        has_text, has_file = bool((self.text.data or "").strip()), bool(field.data)
        if not has_text and not has_file:
            raise ValidationError(_l("Paste your roster, or choose a file."))
        if has_text and has_file:
            raise ValidationError(_l("There is a file and a pasted text. Send one of them."))


class ReadingForm(Form):
    """In which coding a file is read that isn't Unicode."""

    coding = SelectField(_l("Read the file as"))

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.coding.choices = list(READINGS.items())


class ConfirmForm(Form):
    """Take over what was shown."""

    has_mail = BooleanField(_l("Invite the new people by mail now"), default=True)
    is_same = BooleanField(_l("Yes, each of these is the same person under another name"))
