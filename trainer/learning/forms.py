"""Forms of a learner's pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, ValidationError

from trainer.accounts.forms import NameForm, PasswordAndCodeForm
from trainer.content.library import Lesson
from trainer.core.audit import LONGEST
from trainer.credentials.words import REASONS
from trainer.web.forms import Form, PlainText, length, trimmed


class AttestationForm(Form):
    """The name typed below a sentence."""

    attested_as = StringField(
        _l("Your name"),
        [InputRequired(_l("Enter your name to sign.")), length(1, 120), PlainText()],
        filters=[trimmed],
    )


class PlaceForm(Form):
    """Where the learner works."""

    place = RadioField(_l("Where do you work?"), validate_choice=False)

    def __init__(self, lessons: Sequence[Lesson], **values: Any) -> None:
        super().__init__(**values)
        self.place.choices = [(lesson.slug, lesson.file.title) for lesson in lessons]

    def validate_place(self, field: RadioField) -> None:
        """Refuse what isn't one of the choices, nothing included."""
        if field.data not in [choice[0] for choice in field.choices or ()]:
            raise ValidationError(_l("Choose where you work."))


class CorrectionForm(PasswordAndCodeForm, NameForm):
    """The name that a certificate should show, from an administrator who has password and code."""


class WithdrawalForm(PasswordAndCodeForm):
    """Why a certificate is withdrawn, from an administrator who has password and code."""

    reason = RadioField(_l("Why is it withdrawn?"), validate_choice=False)
    why = TextAreaField(
        _l("Note for the audit log"),
        [InputRequired(_l("Write down what happened, in a sentence.")), length(1, LONGEST)],
        filters=[trimmed],
        description=_l("Who reported what, or where it’s on file. The holder and people who check it don’t see this."),
    )

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        for name in ("password", "code"):  # asked for last, and so listed last among the errors
            self._fields[name] = self._fields.pop(name)
        self.reason.choices = [(reason.value, words) for reason, words in REASONS.items()]

    def validate_reason(self, field: RadioField) -> None:
        """Refuse what isn't one of the choices, nothing included."""
        if field.data not in [choice[0] for choice in field.choices or ()]:
            raise ValidationError(_l("Choose a reason."))
