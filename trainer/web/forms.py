"""Base of all forms: token, message texts, and fields that trim what was typed."""

from __future__ import annotations

import gettext
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from flask import request
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import FileField, HiddenField, SelectField, SelectMultipleField, StringField, widgets
from wtforms.i18n import messages_path
from wtforms.validators import Length, ValidationError

from trainer.core.errors import Conflict, Invalid, NotYet
from trainer.web.regions import known_regions


class Form(FlaskForm):  # type: ignore[misc]
    """A form with a token (Flask-WTF) whose errors the page shows with a summary."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """Takes what forms send, and finds the words of WTForms itself without reading them for each request.

        Flask-WTF takes JSON for a form, too, whose lists and objects no field expects, and a file for any field.
        """

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Return the fields and files that were sent, or those that the caller gives."""
            if request.is_json and not isinstance(formdata, MultiDict):
                return None
            sent = super().wrap_formdata(form, formdata)
            if not isinstance(sent, CombinedMultiDict):
                return sent
            names = {field.name for field in form if isinstance(field, FileField)}
            files = [(name, file) for name, file in request.files.items(multi=True) if name in names]
            return CombinedMultiDict([MultiDict(files), request.form])

        def get_translations(self, form: object) -> gettext.NullTranslations:
            """Return the words in the language of the page."""
            return _words_of(str(get_locale() or "en"))

    @property
    def error_list(self) -> list[tuple[str, str, str]]:
        """Return (field id, label, message) of each error, in the order of the fields."""
        return [
            (field.id, str(field.label.text), str(message))
            for field in self
            if not isinstance(field, HiddenField)
            for message in field.errors
        ]

    @contextmanager
    def refusing(self, field: str) -> Iterator[None]:
        """Show a refusal within the block beside the field that it names, or else beside this one."""
        try:
            yield
        except (Conflict, Invalid, NotYet) as refused:
            getattr(self, refused.field or field).errors = [refused.message]


class RegionForm(Form):
    """A form in which a region may be chosen, where there are several."""

    region = SelectField(
        _l("Region"),
        filters=[lambda given: given or ""],
        description=_l("Whose phone numbers and laws people are shown."),
    )

    def __init__(self, *args: Any, inherited: Any, **values: Any) -> None:
        """`inherited`: what stands for none of its own, in words."""
        super().__init__(*args, **values)
        known = known_regions()
        if len(known) > 1:
            self.region.choices = [("", inherited), *known.items()]
        else:
            del self.region

    @property
    def chosen_region(self) -> str | None:
        """The region that was chosen, or None."""
        return self.region.data or None if "region" in self else None


@cache
def _words_of(language: str) -> gettext.NullTranslations:
    return gettext.translation("wtforms", messages_path(), [language], fallback=True)


class Ticks(SelectMultipleField):
    """Choices as boxes to tick."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()

    def pre_validate(self, form: Any) -> None:
        """Refuse what isn't offered, or no longer is, without repeating ids."""
        try:
            super().pre_validate(form)
        except ValidationError:
            raise ValidationError(_l("Something that you chose isn’t on this list anymore. Choose again.")) from None


def trimmed(value: Any) -> Any:
    """Filter: take blanks from both ends."""
    return value.strip() if isinstance(value, str) else value


def in_lines(value: Any) -> Any:
    """Filter: end each line with a line feed alone, without blanks around lines, and none around the whole."""
    if not isinstance(value, str):
        return value
    return "\n".join(" ".join(line.split()) for line in value.splitlines()).strip()


class PlainText:
    """Refuse control characters and characters that turn the direction of the text after them."""

    _TURNING = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")

    def __init__(self, *, lines: bool = False) -> None:
        self.lines = lines
        """Several lines may be written."""

    def __call__(self, form: Any, field: StringField) -> None:
        text = field.data or ""
        if self.lines:
            text = text.replace("\n", " ")
        if any(ord(char) < 32 or 127 <= ord(char) < 160 or char in self._TURNING for char in text):
            raise ValidationError(
                _l("This contains a character that can’t be shown. Enter it again without that character.")
            )


def length(least: int, most: int) -> Length:
    """Return a length check that says both bounds in plain words."""
    if least > 1:
        message = _l("Use at least %(least)s and at most %(most)s characters.", least=least, most=most)
    else:
        message = _l("Use at most %(most)s characters.", most=most)
    return Length(min=least, max=most, message=message)
