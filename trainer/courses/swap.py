"""Tell a scene with other people: the same facts, so the answer may not move."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from trainer.courses.schema import ScenarioFile

# Keys and ids stay as they are; everything that is read is told anew.
_TOLD = ("title", "setting", "note", "differs", "signs", "ordinary", "items")


def swapped(file: ScenarioFile, narrative: str) -> tuple[ScenarioFile, str]:
    """Return the scene and its narrative with each text of `swap` replaced by the other, everywhere at once."""
    written = file.model_dump(mode="json")
    for key in _TOLD:
        written[key] = _replace_in(written[key], file.swap)
    return ScenarioFile.model_validate(written), replace_words(narrative, file.swap)


def replace_words(text: str, swap: Mapping[str, str]) -> str:
    """Replace whole words, the longest first, each place once, so that two names can change places."""
    words = sorted(swap, key=len, reverse=True)
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in words))
    return pattern.sub(lambda found: swap[found[0]], text)


def is_told(text: str, word: str) -> bool:
    """Tell whether a word or phrase stands in a text as whole words."""
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None


def _replace_in(value: Any, swap: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return replace_words(value, swap)
    if isinstance(value, list):
        return [_replace_in(one, swap) for one in value]
    if isinstance(value, dict):
        # The id of an option may be a name as well; it isn't shown.
        return {name: one if name in ("id", "type", "sign") else _replace_in(one, swap) for name, one in value.items()}
    return value
