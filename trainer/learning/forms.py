"""Forms of a learner's pages."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import InputRequired

from trainer.web.forms import Form, PlainText, length, trimmed


class AttestationForm(Form):
    """The name typed below a sentence."""

    attested_as = StringField(
        _l("Your name, typed by you"),
        [InputRequired(_l("Type your name to sign.")), length(1, 120), PlainText()],
        filters=[trimmed],
    )


class NameForm(Form):
    """The name as it shall stand on the certificate."""

    certificate_name = StringField(
        _l("Name on the certificate"),
        [InputRequired(_l("Type the name you want on it.")), length(1, 120), PlainText()],
        filters=[trimmed],
        description=_l("It may be an alias. Anyone who has the certificate’s number can see it."),
    )
