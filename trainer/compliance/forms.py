"""Forms of training status: a waiver, a pack and its check, an inspector's link."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField, StringField
from wtforms import Form as ReadForm
from wtforms.validators import InputRequired, ValidationError

from trainer.assignments.models import LONGEST_REASON
from trainer.compliance.models import LONGEST_LABEL
from trainer.compliance.rules import plain_digest
from trainer.web.forms import Form, PlainText, length, trimmed


class WaiverForm(Form):
    """Why and until when someone is excused."""

    reason = StringField(
        _l("Reason"),
        [InputRequired(_l("Enter a reason. It goes on record.")), length(1, LONGEST_REASON), PlainText()],
        description=_l("Such as “on leave”. No health details, please: an inspector may read this."),
        filters=[trimmed],
        render_kw={"autocomplete": "off"},
    )
    until = DateField(_l("Until"), [InputRequired(_l("Choose its last day."))])


class PackForm(Form):
    """The day that a pack shows."""

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
        description=_l("64 digits and letters from a to f. Blanks, colons and capital letters don’t matter."),
        filters=[trimmed],
        render_kw={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"},
    )

    def validate_sha256(self, field: StringField) -> None:
        """Refuse what can’t be a hash."""
        if self.digest is None:
            raise ValidationError(_l("This isn’t a SHA-256: it has 64 digits and letters from a to f. Copy all of it."))

    @property
    def digest(self) -> str | None:
        """The hash as it is recorded, or None if it can’t be one."""
        return plain_digest(str(self.sha256.data))


class InspectorForm(Form):
    """For whom a link is made, and which evidence pack can be downloaded beside it."""

    label = StringField(
        _l("Who it’s for"),
        [InputRequired(_l("Enter who it’s for, so that you know later.")), length(1, LONGEST_LABEL), PlainText()],
        description=_l("Such as “State inspector, November”. Only you see this."),
        filters=[trimmed],
        render_kw={"autocomplete": "off"},
    )
    pack = SelectField(
        _l("Evidence pack"),
        description=_l("Can be downloaded beside the training status for as long as it’s kept."),
        default="",
    )
