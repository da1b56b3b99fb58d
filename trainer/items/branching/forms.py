"""The form of a branching scene: the path so far, and the next choice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import request
from flask_babel import gettext as _

from trainer.items.branching.paths import Paths
from trainer.items.branching.payload import BranchChoice, BranchingPayload, BranchStep, given_of, path_of
from trainer.items.forms import AnswerForm
from trainer.items.payload import Given, Payload


class BranchingForm(AnswerForm):
    """A path and the next choice. The page sends the path along; a path that can't be gone is refused."""

    paths: Paths
    path: Sequence[str] = ()
    place: str = ""
    """Where the path leads."""
    chosen: str | None = None
    step: BranchStep | None = None
    """Where the next choice is made; None at an end."""
    choices: Sequence[BranchChoice] = ()
    """What is offered there, in the learner's order."""
    last: str | None = None
    """What was chosen before."""
    allow_gaps = False
    is_unknown = False
    chosen_error = ""

    @classmethod
    def for_asking(cls, payload: Payload, order: Sequence[str], given: Given) -> BranchingForm:
        """Return the form that asks where the path has led."""
        form = cls(formdata=None, meta={"csrf": False})  # the page has the token
        form._go(order, path_of(given), [given["chosen"]] if "chosen" in given else [])
        form.show(payload)
        return form

    @classmethod
    def for_saving(cls, order: Sequence[str], *, allow_gaps: bool) -> BranchingForm:
        """Return the form that reads a choice."""
        form = cls(meta={"csrf": False})  # the token was checked before the view
        form.allow_gaps = allow_gaps
        form._go(order, request.form.getlist("path"), request.form.getlist("chosen"))
        return form

    def _go(self, order: Sequence[str], path: Sequence[str], chosen: Sequence[str]) -> None:
        self.paths = Paths.of(order)
        places = self.paths.follow(path)
        offered = self.paths.offers.get(places[-1], {}) if places else {}
        if places is None or len(chosen) > 1 or any(choice not in offered for choice in chosen):
            self.is_unknown = True
            return
        self.path, self.place = path, places[-1]
        self.chosen = chosen[0] if chosen else None

    def show(self, payload: Payload) -> None:
        """Give the step and its choices their texts."""
        assert isinstance(payload, BranchingPayload)
        taken = payload.taken({"path": self.path})
        self.last = taken[-1].choice.text if taken else None
        self.step = payload.step(self.place)
        if self.step is not None:
            texts = {choice.id: choice for choice in self.step.choices}
            self.choices = [texts[choice] for choice in self.paths.offers[self.place]]

    @property
    def before(self) -> Given:
        """What was given one choice earlier."""
        return {"path": list(self.path[:-1])}

    def validate(self, extra_validators: Any = None) -> bool:
        """Something must be chosen."""
        is_valid = bool(super().validate(extra_validators))
        if self.chosen is None and not self.allow_gaps:
            self.chosen_error = _("Choose what you do.")
        return is_valid and not self.chosen_error

    @property
    def error_list(self) -> list[tuple[str, str, str]]:
        """Return the errors, with the choices to go to."""
        own = [("chosen", "", self.chosen_error)] if self.chosen_error else []
        return [*super().error_list, *own]

    @staticmethod
    def is_whole(given: Given) -> bool:
        """Return whether an end was reached."""
        return "end" in given

    @property
    def given(self) -> dict[str, Any]:
        """The path, with what was chosen on it. What is saved on the way was chosen, but not gone yet."""
        if self.chosen is None:
            return {"path": list(self.path)}
        if self.allow_gaps:
            return {"path": list(self.path), "chosen": self.chosen}
        return given_of(self.paths, [*self.path, self.chosen])

    @property
    def is_tampered(self) -> bool:
        """True if something was sent that the page doesn't offer."""
        return self.is_unknown or bool(self.version.errors)
