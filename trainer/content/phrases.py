"""Phrases that are looked for in a text, as the vocabulary writes them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trainer.content.quotes import straight


def pattern_of(phrases: Sequence[str]) -> re.Pattern[str]:
    """Return a pattern that finds the phrases as whole words, in any case. `one|other` is either.

    The text is to have straight apostrophes.
    """
    each = (r"[-\s]+".join(f"(?:{_either(word)})" for word in straight(phrase).split()) for phrase in phrases)
    return re.compile(rf"(?<!\w)(?:{'|'.join(each) or '(?!)'})(?!\w)", re.IGNORECASE)


def _either(word: str) -> str:
    return "|".join(map(re.escape, word.split("|")))
