"""The form of an answer: what all types of items have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from wtforms import IntegerField
from wtforms.validators import NumberRange

from trainer.items.payload import Given, Payload
from trainer.web.forms import Form

UNKNOWN = _l("This answer isn’t one of the choices. Reload the page.")


class Count(IntegerField):
    """A number as our pages write it: int() also takes signs, blanks, underscores and digits of other scripts."""

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist and not (valuelist[0].isascii() and valuelist[0].isdigit()):
            self.data = None
            raise ValueError(UNKNOWN)
        super().process_formdata(valuelist)


class AnswerForm(Form):
    """An answer to one item, with the version of it that the page shows."""

    version = Count(validators=[NumberRange(0, 1_000_000)])

    @property
    def button(self) -> LazyString | None:
        """What the button of the next step says, where an answer takes several; None: what the type says."""
        return None

    @classmethod
    def for_asking(cls, payload: Payload, order: Sequence[str], given: Given) -> AnswerForm:
        """Return the form of an item with its choices in the learner's order, and with what was given so far."""
        raise NotImplementedError

    @classmethod
    def for_saving(cls, order: Sequence[str], *, allow_gaps: bool) -> AnswerForm:
        """Return the form that reads an answer; its texts aren't needed for that.

        `allow_gaps`: accept missing parts, because an answer is saved as it is given, one part at a time.
        """
        raise NotImplementedError

    def show(self, payload: Payload) -> None:
        """Give the choices their texts."""
        raise NotImplementedError

    @staticmethod
    def is_whole(given: Given) -> bool:
        """Return whether all that the item asks for was given."""
        raise NotImplementedError

    @property
    def given(self) -> dict[str, Any]:
        """What was given so far, ready for JSON."""
        raise NotImplementedError

    @property
    def is_tampered(self) -> bool:
        """True if something was sent that the page doesn't offer: no slip of the finger."""
        raise NotImplementedError
