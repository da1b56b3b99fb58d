"""Forms about joining two entries of one person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, RadioField
from wtforms.validators import Optional

from trainer.extras.mergers.entries import CHOICES
from trainer.organizations.models import Membership
from trainer.web.forms import Form, length, trimmed

KEPT, GONE = "kept", "gone"
_LONGEST_TYPED = 40


class MergerForm(Form):
    """Which of two values the joined entry has, where both entries have one and they differ."""

    name = RadioField(_l("Which name?"), default=KEPT)
    employee_number = RadioField(_l("Which employee number?"), default=KEPT)
    job_title = RadioField(_l("Which job title?"), default=KEPT)
    hired_on = RadioField(_l("Which hire date?"), default=KEPT)

    def __init__(self, kept: Membership, gone: Membership, shown: Mapping[str, tuple[str, str]], **values: Any) -> None:
        super().__init__(**values)
        for name in CHOICES:
            mine, theirs = getattr(kept, name), getattr(gone, name)
            if mine and theirs and mine != theirs:
                self[name].choices = [(KEPT, shown[name][0]), (GONE, shown[name][1])]
            else:
                del self[name]

    @property
    def chosen(self) -> list[str]:
        """The facts of which the value of the entry that is joined away wins."""
        return [name for name in CHOICES if name in self and self[name].data == GONE]


class MergerAnswerForm(Form):
    """The PIN of the entry that goes away, from whoever is asked or told about joining it; may be left empty."""

    pin = PasswordField(
        _l("PIN of the other entry"),
        [Optional(), length(1, _LONGEST_TYPED)],
        filters=[trimmed],
        description=_l("If you know it. Leave it empty if you don’t."),
        render_kw={"autocomplete": "off", "inputmode": "numeric"},
    )
