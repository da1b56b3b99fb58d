"""Refusals in domain words. `web.errors` turns each into a page."""

from __future__ import annotations


class DomainError(Exception):
    """Base of refusals. The message is shown to the person: what is wrong and what to do."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = message


class NotFound(DomainError):
    """There is no such thing, or it is not this person's: the two look the same."""


class Conflict(DomainError):
    """Something changed in between, or the act was already done."""


class NotYet(DomainError):
    """A step that must come first is missing."""


class Invalid(DomainError):
    """What was given cannot be used."""
