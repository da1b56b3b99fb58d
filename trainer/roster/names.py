"""A person's name as a certificate prints it, from the ways lists write it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from trainer.accounts.rules import clean_name
from trainer.organizations.rules import fold
from trainer.roster.statuses import is_status

_SUFFIXES: Final = frozenset(("jr", "sr", "ii", "iii", "iv", "v", "md", "phd", "esq", "cpp", "psp", "rn"))
"""What can follow a comma without being a first name."""
_PARTS: Final = ("first", "middle", "last", "second_last", "suffix")
_UNSEEN: Final = re.compile("[\u00ad\u200b\u2060\ufeff]")
_ASIDE: Final = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_NUMBER_BESIDE: Final = re.compile(r"\A#?\d{3,}\s*[-–:]\s*|(?<=\s)[-–:]\s*#?\d{3,}\s*\Z")
"""An employee number that a program writes before or behind the name."""
_ODD: Final = re.compile(r"&\w+;|[;|<>{}\[\]=@#*\\/^~_$%+:]|\w\?\w")


def written_name(cells: Mapping[str, str]) -> str:
    """Return the name that the cells of a row say, as it is printed, without what isn't part of it."""
    whole = cells.get("name") or " ".join(filter(None, (cells.get(part, "").strip() for part in _PARTS)))
    if _is_plain(whole):
        return clean_name(whole)
    bare = _NUMBER_BESIDE.sub("", _ASIDE.sub(_kept_aside, _UNSEEN.sub("", whole)))
    return proper_name(bare) if cells.get("name") else clean_name(bare)


def is_wrapped(cell: str) -> bool:
    """Return True for a name with a word in each line: two people have two words in a line."""
    return not any(" " in line.strip() for line in cell.splitlines())


def asides_of(name: str) -> list[str]:
    """Return the text in parentheses in a name, such as “On Leave.”"""
    return _ASIDE.findall(name)


def find_oddity(name: str) -> str:
    """Return the part of a name that no name has, such as an @ or UTF-8 that was decoded wrongly."""
    if _is_plain(name):
        return ""
    if match := _ODD.search(name):
        return match[0]
    try:
        is_misread = not name.isascii() and name.encode("windows-1252").decode("utf-8") != name
    except UnicodeError:
        return ""
    return next(char for char in name if not char.isascii()) if is_misread else ""


def proper_name(text: str) -> str:
    """Return "Last, First" as "First Last"; a comma before "Jr." or a degree stays."""
    name = clean_name(text)
    last, comma, rest = (part.strip() for part in name.partition(","))
    if not comma or not last or not rest or _is_suffix(rest):
        return name.strip(" ,")
    first, _comma, suffix = (part.strip() for part in rest.partition(","))
    return " ".join(part for part in (first, last, suffix) if part)


def is_same_name(name: str, other: str) -> bool:
    """Return True if names have the same parts; order, capitals, accents and punctuation don't matter."""
    return name_key(name) == name_key(other)


def name_key(name: str) -> str:
    """Return a name to compare: its parts in alphabetical order, without capitals, accents and punctuation."""
    return " ".join(sorted(fold(name).replace(",", " ").replace(".", " ").split()))


def _is_plain(name: str) -> bool:
    """Return True for letters and blanks alone: most names are, and need no closer look."""
    return name.isascii() and name.replace(" ", "").isalpha()


def _kept_aside(aside: re.Match[str]) -> str:
    """Return the part in parentheses that is kept: a nickname, but no number and no status."""
    return "" if is_status(aside[1]) or any(map(str.isdigit, aside[1])) else aside[0]


def _is_suffix(text: str) -> bool:
    return text.lower().replace(".", "").strip() in _SUFFIXES
