"""Retell a scene with different people: the facts stay the same, so the answer has to as well."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Any

from trainer.content.parts import Part
from trainer.content.schema import ScenarioFile

# Keys, ids and marks stay as they are; everything that is read is told anew.
_TOLD = ("title", "setting", "note", "differs", "decides", "signs", "ordinary", "items")
_MARKS = ("id", "type", "sign", "door", "grade", "harm", "strength")


def swapped(file: ScenarioFile, narrative: str) -> tuple[ScenarioFile, str]:
    """Return the scene and its narrative with each text of `swap` replaced by the other, everywhere at once.

    What no text of `swap` stands in is shared with the scene that was given.
    """
    told = {key: _replace_in(getattr(file, key), file.swap) for key in _TOLD}
    return file.but(told), replace_words(narrative, file.swap)


def replace_words(text: str, swap: Mapping[str, str]) -> str:
    """Replace whole words, the longest first, each place once, so that two names can change places."""
    pattern, others, begin = _ready(tuple(swap.items()))
    if not any(word in text for word in begin):  # sooner said than searched
        return text
    return pattern.sub(lambda match: others[_flat(match[0])], text)


@lru_cache(maxsize=4)  # one scene after the other, each in many texts
def _ready(swap: tuple[tuple[str, str], ...]) -> tuple[re.Pattern[str], dict[str, str], tuple[str, ...]]:
    """Return what finds the texts, flat text -> what takes its place, and how each of them begins."""
    others = {_flat(word): other for word, other in swap}
    pattern = re.compile("|".join(_whole(word) for word in sorted(others, key=len, reverse=True)))
    return pattern, others, tuple(word.partition(" ")[0] for word in others)


def is_told(text: str, word: str) -> bool:
    """Tell whether a word or phrase stands in a text as whole words."""
    if (parts := word.split()) and parts[0] not in text:  # sooner said than searched
        return False
    return re.search(_whole(word), text) is not None


def _whole(word: str) -> str:
    phrase = r"\s+".join(re.escape(part) for part in word.split())  # it may go on in the next line of the file
    return rf"(?<!\w){phrase}(?!\w)"


def _flat(text: str) -> str:
    return " ".join(text.split())


def _replace_in(value: Any, swap: Mapping[str, str]) -> Any:
    if isinstance(value, StrEnum):
        return value
    if isinstance(value, str):
        other = replace_words(value, swap)
        return value if other == value else other
    if isinstance(value, list):
        return [_replace_in(inner, swap) for inner in value]
    if isinstance(value, dict):
        return {name: inner if name in _MARKS else _replace_in(inner, swap) for name, inner in value.items()}
    if isinstance(value, Part):
        # The id of an option may be a name as well; it isn't shown.
        told = {name: _replace_in(inner, swap) for name, inner in value if name not in _MARKS}
        changed = {name: inner for name, inner in told.items() if inner != getattr(value, name)}
        return value.but(changed) if changed else value
    return value
