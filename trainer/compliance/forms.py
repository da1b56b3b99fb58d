"""Forms of training status: a waiver, earlier training, a pack and its check."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import DateField, HiddenField, SelectField, StringField, TextAreaField
from wtforms import Form as ReadForm
from wtforms.validators import InputRequired, ValidationError

from trainer.assignments.models import LONGEST_REASON
from trainer.compliance.earlier_list import read_hours
from trainer.compliance.rules import plain_digest
from trainer.web.forms import Form, PlainText, Ticks, length, trimmed


class WaiverForm(Form):
    """Why and until when someone is excused."""

    reason = StringField(
        _l("Reason"),
        [InputRequired(_l("Enter a reason. It’s kept on record.")), length(1, LONGEST_REASON), PlainText()],
        description=_l("Such as “on leave”. No health details, please: an inspector may read this."),
        filters=[trimmed],
        render_kw={"autocomplete": "off"},
    )
    until = DateField(_l("Until"), [InputRequired(_l("Choose its last day."))])


class TrainingForm(Form):
    """What is recorded of a training that someone took elsewhere."""

    title = StringField(
        _l("Training"),
        [InputRequired(_l("Enter what the training was called.")), length(1, 120), PlainText()],
        description=_l("As it’s written on the proof. Requirements recognize it by this title."),
        filters=[trimmed],
        render_kw={"autocomplete": "off"},
    )
    issuer = StringField(
        _l("Provider"),
        [InputRequired(_l("Enter who gave the training.")), length(1, 120), PlainText()],
        description=_l("The school, agency or firm that gave it."),
        filters=[trimmed],
        render_kw={"autocomplete": "off"},
    )
    completed_on = DateField(_l("Completed on"), [InputRequired(_l("Enter the day it was completed."))])
    hours = StringField(
        _l("Hours"),
        [InputRequired(_l("Enter how many hours it lasted, such as 8 or 1.5."))],
        description=_l("Such as 8 or 1.5."),
        filters=[trimmed],
        render_kw={"autocomplete": "off", "inputmode": "decimal"},
    )
    note = StringField(
        _l("Note (optional)"),
        [length(0, LONGEST_REASON), PlainText()],
        description=_l("No health details, please: an inspector may read this."),
        filters=[trimmed],
        render_kw={"autocomplete": "off"},
    )
    file = FileField(
        _l("Proof file (optional)"),
        description=_l("PDF, PNG or JPEG, 3 MB at most. You can add it later."),
        render_kw={"accept": ".pdf,.png,.jpg,.jpeg"},
    )

    def validate_hours(self, field: StringField) -> None:
        """Refuse what isn't a number of hours."""
        if read_hours(str(field.data)) is None:
            raise ValidationError(_l("This isn’t a number of hours. Write it like 8 or 1.5."))


class EndTrainingForm(Form):
    """Why a training is declined or withdrawn."""

    reason = StringField(
        _l("Reason"),
        [InputRequired(_l("Enter a reason. It’s kept on record.")), length(1, LONGEST_REASON), PlainText()],
        filters=[trimmed],
        render_kw={"autocomplete": "off"},
    )


class ProofForm(Form):
    """A proof file."""

    file = FileField(
        _l("Proof file"),
        description=_l("PDF, PNG or JPEG, 3 MB at most."),
        render_kw={"accept": ".pdf,.png,.jpg,.jpeg"},
    )

    def validate_file(self, field: FileField) -> None:
        """Ask for a file."""
        if not field.data:
            raise ValidationError(_l("Choose a file."))


class TrainingListForm(Form):
    """A list of trainings, pasted or as a file."""

    text = TextAreaField(
        _l("Paste it here"),
        description=_l("Copy the rows from your spreadsheet, with the row of headings."),
        render_kw={"rows": "8", "autocomplete": "off", "spellcheck": "false"},
    )
    list_file = FileField(
        _l("Or choose a file"),
        description=_l("CSV or Excel (.xlsx), 3 MB at most."),
        render_kw={"accept": ".csv,.tsv,.txt,.xlsx"},
    )

    def validate_list_file(self, field: FileField) -> None:
        """Ask for one of the two."""
        has_text = bool((self.text.data or "").strip())
        if not has_text and not field.data:
            raise ValidationError(_l("Paste your list, or choose a file."))
        if has_text and field.data:
            raise ValidationError(_l("You pasted a list and chose a file. Send only one of them."))


class TrainingPlanForm(Form):
    """Record what was shown, with one proof file for all of it."""

    text = HiddenField()
    seen = HiddenField()
    file = FileField(
        _l("Proof file for the whole list (optional)"),
        description=_l("Such as the other provider’s list: PDF, PNG or JPEG, 3 MB at most."),
        render_kw={"accept": ".pdf,.png,.jpg,.jpeg"},
    )


class LimitedForm(Form):
    """To which teams and which requirement something is limited."""

    teams = Ticks(_l("Teams"))
    requirement = SelectField(_l("Requirement"), default="")

    def __init__(
        self, *, teams: Sequence[tuple[str, str]], requirements: Sequence[tuple[str, str]], **values: Any
    ) -> None:
        super().__init__(**values)
        self.teams.choices = list(teams)
        self.requirement.choices = [("", gettext("All requirements")), *requirements]

    @property
    def team_ids(self) -> list[UUID]:
        """The teams chosen."""
        return [UUID(team_id) for team_id in self.teams.data or ()]

    @property
    def requirement_id(self) -> UUID | None:
        """The requirement chosen."""
        return UUID(self.requirement.data) if self.requirement.data else None


class PackForm(LimitedForm):
    """The day that a pack shows, and to what it is limited."""

    as_of = DateField(
        _l("Day"),
        [InputRequired(_l("Choose a day."))],
        description=_l("Today, or the day an inspector asks about. Everything is as of the end of that day."),
    )


class PackCheckForm(ReadForm):
    """The hash of a manifest, read with GET, so it has no token."""

    sha256 = StringField(
        _l("SHA-256 of manifest.json"),
        [InputRequired(_l("Choose manifest.json, or paste its SHA-256.")), length(1, 200)],
        description=_l(
            "64 characters: digits and letters from a to f. Spaces, colons and capital letters don’t matter."
        ),
        filters=[trimmed],
        render_kw={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"},
    )

    def validate_sha256(self, field: StringField) -> None:
        """Refuse what can’t be a hash."""
        if self.digest is None:
            raise ValidationError(
                _l("This isn’t a SHA-256, which has 64 characters: digits and letters from a to f. Copy all of it.")
            )

    @property
    def digest(self) -> str | None:
        """The hash as it is recorded, or None if it can’t be one."""
        return plain_digest(str(self.sha256.data))
