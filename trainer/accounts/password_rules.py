"""Which passwords are too easy to guess, whoever chooses them. Any characters will do, in any mixture."""

from __future__ import annotations

import gzip
import unicodedata
from collections.abc import Collection
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Final

LEAST: Final = 10
MOST: Final = 128
_COMMON: Final = Path(__file__).with_name("common_passwords.txt.gz")
_SHORTEST_WORD: Final = 4
_MUST_BE_LEFT: Final = 6
_LONGEST_PART: Final = 5


class Easy(StrEnum):
    """Why a password can't be taken."""

    COMMON = "common"
    REPEATED = "repeated"
    OWN = "own"


def find_fault(password: str, own_words: Collection[str]) -> Easy | None:
    """Return why a password is too easy to guess, or None.

    `own_words` are what others know of the person and the place: addresses, names. A password may hold them, but must
    hold more than a few signs besides.
    """
    folded = _fold(password)
    if folded in _common_passwords():
        return Easy.COMMON
    if any((folded[:part] * len(folded))[: len(folded)] == folded for part in range(1, _LONGEST_PART + 1)):
        return Easy.REPEATED
    return Easy.OWN if _is_made_of(_plain(folded), own_words) else None


def _is_made_of(plain: str, own_words: Collection[str]) -> bool:
    left = plain
    for word in sorted(_parts(own_words), key=len, reverse=True):
        left = left.replace(word, "")
    return left != plain and len(left) < _MUST_BE_LEFT


def _parts(words: Collection[str]) -> set[str]:
    """Return each text as a whole and its words, those of an address too: "alice", "example" and "org"."""
    parts: set[str] = set()
    for text in map(_fold, words):
        spaced = "".join(char if char.isalnum() else " " for char in text)
        parts.update([_plain(text), *spaced.split()])
    return {part for part in parts if len(part) >= _SHORTEST_WORD}


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _plain(text: str) -> str:
    return "".join(char for char in text if char.isalnum())


@lru_cache(maxsize=1)
def _common_passwords() -> frozenset[str]:
    """Return the 10,000 most common passwords that are long enough (common_passwords.NOTICE says whose list it is)."""
    return frozenset(gzip.decompress(_COMMON.read_bytes()).decode().split())
