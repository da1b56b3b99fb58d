"""Refusals in domain words. `web.errors` turns each into a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString


class DomainError(Exception):
    """Base of refusals. The text is shown to the person: what is wrong and what to do.

    `field`: the name of the form's field that it is about, where the form has several that it could be about.
    """

    def __init__(self, text: str | LazyString = "", *, field: str = "") -> None:
        super().__init__(text)
        self._text = text
        self.field = field

    @property
    def message(self) -> str:
        """Return the text in the language of whoever reads it. It is plain: a lazy text would count as safe HTML."""
        return str(self._text)


class NotFound(DomainError):
    """There is no such thing, or it is not this person's: the two look the same."""


class Conflict(DomainError):
    """Something changed in the meantime, or the act was already done."""


class NotYet(DomainError):
    """A step that must come first is missing."""


class Invalid(DomainError):
    """What was given cannot be used."""
