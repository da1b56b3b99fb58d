"""Forms of training status: a waiver, earlier training."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import DateField, HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, ValidationError

from trainer.assignments.models import LONGEST_REASON
from trainer.compliance.earlier_list import read_hours
from trainer.web.forms import Form, PlainText, length, trimmed


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
