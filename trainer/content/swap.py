"""Retell a scene with different people: the facts stay the same, so the answer has to as well."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from trainer.content.schema import ScenarioFile

# Keys, ids and marks stay as they are; everything that is read is told anew.
_TOLD = ("title", "setting", "note", "differs", "decides", "signs", "ordinary", "items")
_MARKS = ("id", "type", "sign", "door", "grade", "harm", "strength")


def swapped(file: ScenarioFile, narrative: str) -> tuple[ScenarioFile, str]:
    """Return the scene and its narrative with each text of `swap` replaced by the other, everywhere at once."""
    written = file.model_dump(mode="json")
    for key in _TOLD:
        written[key] = _replace_in(written[key], file.swap)
    written["items"] = [
        type(item).model_validate(told) for item, told in zip(file.items, written["items"], strict=True)
    ]
    return ScenarioFile.model_validate(written), replace_words(narrative, file.swap)


def replace_words(text: str, swap: Mapping[str, str]) -> str:
    """Replace whole words, the longest first, each place once, so that two names can change places."""
    others = {_flat(word): other for word, other in swap.items()}
    pattern = re.compile("|".join(_whole(word) for word in sorted(others, key=len, reverse=True)))
    return pattern.sub(lambda found: others[_flat(found[0])], text)


def is_told(text: str, word: str) -> bool:
    """Tell whether a word or phrase stands in a text as whole words."""
    return re.search(_whole(word), text) is not None


def _whole(word: str) -> str:
    phrase = r"\s+".join(re.escape(part) for part in word.split())  # it may go on in the next line of the file
    return rf"(?<!\w){phrase}(?!\w)"


def _flat(text: str) -> str:
    return " ".join(text.split())


def _replace_in(value: Any, swap: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return replace_words(value, swap)
    if isinstance(value, list):
        return [_replace_in(one, swap) for one in value]
    if isinstance(value, dict):
        # The id of an option may be a name as well; it isn't shown.
        return {name: one if name in _MARKS else _replace_in(one, swap) for name, one in value.items()}
    return value
