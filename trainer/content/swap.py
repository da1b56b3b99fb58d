"""Retell a scene with different people: the facts stay the same, so the answer has to as well."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from functools import partial
from operator import is_not
from typing import Any

from trainer.content.parts import Part
from trainer.content.schema import ScenarioFile

# Keys, ids and marks stay as they are; everything that is read is told anew.
_TOLD = ("title", "setting", "note", "differs", "decides", "signs", "ordinary", "items")
_MARKS = ("id", "type", "sign", "door", "grade", "harm")


def swapped(file: ScenarioFile, narrative: str) -> tuple[ScenarioFile, str]:
    """Return the scene and its narrative with each text of `swap` replaced by the other, everywhere at once.

    What no text of `swap` stands in is shared with the scene that was given.
    """
    tell = teller(file.swap)
    told = {key: _replace_in(getattr(file, key), tell) for key in _TOLD}
    return file.but(told), tell(narrative)


def teller(swap: Mapping[str, str]) -> Callable[[str], str]:
    """Return the function that swaps the people in a text: one for all texts of a scene."""
    others = {_flat(word): other for word, other in swap.items()}
    pattern = re.compile("|".join(_whole(word) for word in sorted(others, key=len, reverse=True)))
    return partial(pattern.sub, lambda match: others[_flat(match[0])])


def is_told(text: str, word: str) -> bool:
    """Tell whether a word or phrase stands in a text as whole words. The words of the text stand one blank apart."""
    phrase = _flat(word)
    begin = text.find(phrase)
    while begin >= 0:
        end = begin + len(phrase)
        if not (_goes_on(text[begin - 1 : begin]) or _goes_on(text[end : end + 1])):
            return True
        begin = text.find(phrase, begin + 1)
    return False


def _goes_on(char: str) -> bool:
    """Tell whether a word goes on with a character, or with none."""
    return char.isalnum() or char == "_"


def _whole(word: str) -> str:
    phrase = r"\s+".join(re.escape(part) for part in word.split())  # it may go on in the next line of the file
    # What stands before a text is looked at behind its first letter: a search jumps to letters, and not to conditions.
    first = re.escape(word[0])
    return rf"{first}(?<!\w{first}){phrase.removeprefix(first)}(?!\w)"


def _flat(text: str) -> str:
    return " ".join(text.split())


def _replace_in(value: Any, tell: Callable[[str], str]) -> Any:
    """Return a value told anew, and the very same one if nothing in it is."""
    if isinstance(value, StrEnum):
        return value
    if isinstance(value, str):
        other = tell(value)
        return value if other == value else other
    if isinstance(value, list):
        told = [_replace_in(inner, tell) for inner in value]
        return told if any(map(is_not, told, value)) else value
    # The id of an option may be a name as well; it isn't shown.
    if isinstance(value, dict):
        return {**value, **changed} if (changed := _changed(value.items(), tell)) else value
    if isinstance(value, Part):
        return value.but(changed) if (changed := _changed(value, tell)) else value
    return value


def _changed(inner: Iterable[tuple[str, Any]], tell: Callable[[str], str]) -> dict[str, Any]:
    told = ((name, value, _replace_in(value, tell)) for name, value in inner if name not in _MARKS)
    return {name: other for name, value, other in told if other is not value}
