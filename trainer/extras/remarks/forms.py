"""The form of saying what is wrong with a scene or a lesson."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.validators import InputRequired

from trainer.extras.remarks.models import LONGEST_REMARK
from trainer.extras.remarks.words import REMARK_KINDS
from trainer.web.forms import Form, PlainText, length


class RemarkForm(Form):
    """What is wrong. Nothing in it asks who is writing."""

    about = HiddenField()
    kind = RadioField(
        _l("What is it?"),
        [InputRequired(_l("Choose one."))],
    )
    text = TextAreaField(
        _l("What should we know? (optional)"),
        [length(0, LONGEST_REMARK), PlainText()],
        filters=[lambda value: " ".join(value.split()) if isinstance(value, str) else value],
        description=_l("Don’t write names, yours included, or anything that shows who someone is."),
        render_kw={"rows": "4", "autocomplete": "off"},
    )

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.kind.choices = [(kind.value, name) for kind, name in REMARK_KINDS.items()]
