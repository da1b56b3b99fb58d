"""A person's name as a certificate prints it, from the ways in which lists hold it. Pure."""

from __future__ import annotations

from typing import Final

from trainer.accounts.rules import clean_name
from trainer.organizations.rules import fold

_SUFFIXES: Final = frozenset(("jr", "sr", "ii", "iii", "iv", "v", "md", "phd", "esq", "cpp", "psp", "rn"))
"""What stands behind a comma and is no first name."""


def proper_name(text: str) -> str:
    """Return "Last, First" as "First Last"; a comma before "Jr." or a degree stays."""
    name = clean_name(text)
    last, comma, rest = (part.strip() for part in name.partition(","))
    if not comma or not last or not rest or _is_suffix(rest):
        return name.strip(" ,")
    first, _comma, suffix = (part.strip() for part in rest.partition(","))
    return " ".join(part for part in (first, last, suffix) if part)


def is_same_name(one: str, other: str) -> bool:
    """Return True for names of the same parts, in whatever order, with whatever capitals, accents and marks."""
    return _parts(one) == _parts(other)


def _is_suffix(text: str) -> bool:
    return text.lower().replace(".", "").strip() in _SUFFIXES


def _parts(name: str) -> list[str]:
    return sorted(fold(name).replace(",", " ").replace(".", " ").split())
