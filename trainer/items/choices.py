"""What types of items have in common that offer options to choose: payload, digest, form, marking."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_babel.speaklater import LazyString
from wtforms import SelectMultipleField
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput

from trainer.content.parts import Part, Slug, Text
from trainer.content.quotes import told_digest
from trainer.content.schema import FurtherItem, Situation
from trainer.content.shapes import WITH_REASON, ById, Shape, words
from trainer.items.contract import FurtherPayload, Mark
from trainer.items.forms import AnswerForm
from trainer.items.payload import Given, Kept, Payload


class Option(Part):
    """One option of a question about a scene."""

    id: Slug
    text: Text
    why: Text
    key: bool = False


class ShownOption(Kept):
    """An option as it was drawn. Of a phrase that is a sign: its id, and the name of the indicator."""

    id: str
    text: str
    why: str
    key: bool
    sign: str | None = None
    name: str | None = None


class ChoicePayload(FurtherPayload):
    """A question with options, of which any number may be right."""

    options: list[ShownOption]

    def draw(self, rng: random.Random) -> list[str]:
        """Return the options in the order in which one learner sees them."""
        order = [option.id for option in self.options]
        rng.shuffle(order)
        return order

    def order_for_all(self) -> list[str]:
        """Return the options as the author ordered them."""
        return [option.id for option in self.options]

    def mark(self, given: Given) -> Mark:
        """Return what the chosen options are worth.

        Each right choice counts for, each wrong one against; nothing falls below 0. Where nothing is right, choosing
        nothing earns the point.
        """
        return mark(self.options, chosen(given))

    def told(self, mark: Mark) -> str:
        """Say how it was answered."""
        if mark.is_right:
            return str(_("Right."))
        if mark.right:
            all_right = mark.right + mark.missed
            if not mark.wrong:
                return str(_("Partly right: you found %(right)s of %(all)s.", right=mark.right, all=all_right))
            return str(
                ngettext(
                    "Partly right: you found %(right)s of %(all)s, and chose %(num)s that’s wrong.",
                    "Partly right: you found %(right)s of %(all)s, and chose %(num)s that are wrong.",
                    mark.wrong,
                    right=mark.right,
                    all=all_right,
                )
            )
        return str(_("That’s not right."))


def chosen(given: Given) -> list[str]:
    """Return the ids of the options that were chosen."""
    return list(given.get("chosen", ()))


def mark(options: Sequence[ShownOption], chosen: Collection[str]) -> Mark:
    """Mark a choice among options."""
    keys = {option.id for option in options if option.key}
    right, wrong = len(keys.intersection(chosen)), len(set(chosen) - keys)
    points = max(0.0, (right - wrong) / len(keys)) if keys else float(not wrong)
    return Mark(right, len(keys) - right, wrong, points)


def tell_signs(mark: Mark, *, chose_none: str, chose_some: str, besides: str) -> str:
    """Return how many signs were found.

    `chose_none` and `chose_some` are said where there is no sign, `besides` after the count where choices were wrong.
    """
    keys = mark.right + mark.missed
    if not keys:
        return chose_some if mark.wrong else chose_none
    signs_found = ngettext(
        "You found %(right)s of %(num)s sign", "You found %(right)s of %(num)s signs", keys, right=mark.right
    )
    return f"{signs_found}{besides if mark.wrong else '.'}"


def scene_of(scene: Situation, kind: str) -> dict[str, Any]:
    """Return the part of the scene that each further question's payload includes."""
    return {
        "scenario": scene.id,
        "type": kind,
        "title": scene.title,
        "setting": scene.setting,
        "note": scene.note,
        "paragraphs": [[[text, None]] for text in scene.paragraphs],
    }


def digest_of(payload: Mapping[str, Any]) -> str:
    """Hash what scoring rests on and what is seen before answering; a corrected reason keeps the digest."""
    told = {**payload, "options": [[option["id"], option["text"], option["key"]] for option in payload["options"]]}
    return told_digest(told)


class OptionsItem(FurtherItem):
    """A question whose options authors write."""

    prose: ClassVar[Mapping[str, Shape]] = {**words("ask"), "options": ById(WITH_REASON)}

    ask: Text
    options: list[Option]

    def payload(self, scene: Situation) -> dict[str, Any]:
        """Return all that is needed to show and to score it."""
        options = [
            {"id": option.id, "text": option.text, "why": option.why, "key": option.key} for option in self.options
        ]
        return {**scene_of(scene, self.type), "ask": self.ask, "options": options}

    def digest(self, scene: Situation) -> str:
        """Hash what scoring rests on."""
        return digest_of(self.payload(scene))

    def texts(self) -> Iterable[str]:
        """List what is read of it."""
        return [
            self.ask,
            *(option.text for option in self.options),
            *(option.why for option in self.options if option.key),
        ]


class ChoiceForm(AnswerForm):
    """What was chosen of the options."""

    chosen = SelectMultipleField(option_widget=CheckboxInput(), validate_choice=False)
    needed: ClassVar[LazyString | None] = None
    """What to say where nothing is chosen, if something must be."""
    takes_one: ClassVar[bool] = False
    allow_gaps = False

    @classmethod
    def for_asking(cls, payload: Payload, order: Sequence[str], given: Given) -> ChoiceForm:
        """Return the form of a question with its options in the learner's order."""
        form = cls(formdata=None, chosen=chosen(given), meta={"csrf": False})  # the page has the token
        form._offer(order)
        form.show(payload)
        return form

    @classmethod
    def for_saving(cls, order: Sequence[str], *, allow_gaps: bool) -> ChoiceForm:
        """Return the form that reads an answer."""
        form = cls(meta={"csrf": False})  # the token was checked before the view
        form._offer(order)
        form.allow_gaps = allow_gaps
        return form

    def show(self, payload: Payload) -> None:
        """Give the options their texts."""
        assert isinstance(payload, ChoicePayload)
        texts = {option.id: option.text for option in payload.options}
        self.chosen.choices = [(choice[0], texts[choice[0]]) for choice in self.chosen.choices or ()]
        self.chosen.label.text = payload.ask or _l("Which phrases would you put in a report?")

    def validate_chosen(self, field: Any) -> None:
        """Require a choice, except of phrases."""
        if self.needed and not field.data and not self.allow_gaps:
            raise ValidationError(self.needed)

    def _offer(self, order: Sequence[str]) -> None:
        self.chosen.choices = [(option_id, option_id) for option_id in order]

    def _known(self) -> list[str]:
        return [str(choice[0]) for choice in self.chosen.choices or ()]

    @staticmethod
    def is_whole(given: Given) -> bool:
        """Return whether it was answered; choosing no phrase is an answer, too."""
        return "chosen" in given

    @property
    def given(self) -> dict[str, Any]:
        """What was chosen, in the order shown."""
        return {"chosen": [option_id for option_id in self._known() if option_id in (self.chosen.data or ())]}

    @property
    def is_tampered(self) -> bool:
        """True if something was sent that the page doesn't offer."""
        data = self.chosen.data or []
        known = set(self._known())
        too_many = self.takes_one and len(data) > 1
        return bool(self.version.errors) or too_many or len(set(data)) < len(data) or not known.issuperset(data)
