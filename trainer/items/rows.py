"""The form of items that ask for a choice in a select box of each row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Self

from flask import request
from flask_babel.speaklater import LazyString

from trainer.items.forms import AnswerForm
from trainer.items.payload import Given, Payload


class RowsForm(AnswerForm):
    """A choice for each row. The boxes are read by hand: their names depend on what was drawn.

    A type says which rows and choices an order offers (`offer`), their texts (`show`), and what is wrong (`fault`).
    Its page is `items/_rows.html`.
    """

    key: ClassVar[str]
    """Under which the choices are kept in what was given."""
    box: ClassVar[str]
    """What the names of the boxes begin with: "<box>-<row>"."""
    prompt: ClassVar[LazyString]
    """What a box says while nothing is chosen."""
    is_order: ClassVar[bool] = False
    """True where choices are places: with script, rows move up and down instead."""
    rows: Sequence[tuple[str, str]] = ()
    """Id and text, in the order shown."""
    choices: Sequence[tuple[Any, str]] = ()
    """Value and text, in the order shown."""
    chosen: Mapping[str, Any] = {}
    """The value of the choice of each row that has one."""
    allow_gaps = False
    is_unknown = False
    rows_error = ""

    @classmethod
    def for_asking(cls, payload: Payload, order: Sequence[str], given: Given) -> Self:
        """Return the form of a question with its rows in the learner's order."""
        form = cls(formdata=None, meta={"csrf": False})  # the page has the token
        form.offer(order)
        form.chosen = chosen_in(given, cls.key)
        form.show(payload)
        return form

    @classmethod
    def for_saving(cls, order: Sequence[str], *, allow_gaps: bool) -> Self:
        """Return the form that reads an answer."""
        form = cls(meta={"csrf": False})  # the token was checked before the view
        form.offer(order)
        form.allow_gaps = allow_gaps
        offered = {str(value): value for value, _text in form.choices}
        form.chosen, form.is_unknown = _read_boxes(cls.box, [row for row, _text in form.rows], offered)
        return form

    def offer(self, order: Sequence[str]) -> None:
        """Set the rows and choices that were drawn in this order; their texts may be missing yet."""
        raise NotImplementedError

    def fault(self) -> str:
        """Return the error in a complete answer, or an empty text."""
        raise NotImplementedError

    def validate(self, extra_validators: Any = None) -> bool:
        """Each row needs a choice, unless the answer may be unfinished."""
        is_valid = bool(super().validate(extra_validators))
        self.rows_error = "" if self.allow_gaps else self.fault()
        return is_valid and not self.rows_error

    @property
    def error_list(self) -> list[tuple[str, str, str]]:
        """Return the errors, with the question to go to."""
        own = [(self.key, "", self.rows_error)] if self.rows_error else []
        return [*super().error_list, *own]

    @classmethod
    def is_whole(cls, given: Given) -> bool:
        """Return whether it was answered."""
        return cls.key in given

    @property
    def given(self) -> dict[str, Any]:
        """The choice of each row that has one."""
        return {self.key: dict(self.chosen)}

    @property
    def is_tampered(self) -> bool:
        """True if something was sent that the page doesn't offer."""
        return self.is_unknown or bool(self.version.errors)


def chosen_in(given: Given, key: str) -> Mapping[str, Any]:
    """Return the value that was chosen for each row, by the row's id."""
    chosen: Mapping[str, Any] = given.get(key, {})
    return chosen


def _read_boxes(prefix: str, rows: Iterable[str], offered: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
    """Return what was chosen, by row, and whether anything was sent that the page doesn't offer.

    `offered`: what each value stands for that a box may send. A row is missing in what was chosen if its box was left
    empty or sent something else.
    """
    chosen: dict[str, Any] = {}
    names = {f"{prefix}-{row}": row for row in rows}
    is_unknown = any(name.startswith(f"{prefix}-") and name not in names for name in request.form)
    for name, row in names.items():
        sent = request.form.getlist(name)
        if len(sent) > 1 or any(value not in {"", *offered} for value in sent):
            is_unknown = True
        elif sent and sent[0]:
            chosen[row] = offered[sent[0]]
    return chosen, is_unknown
