"""What a page can point out in a note without a reader: words that are seldom facts, and a missing time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trainer.content.phrases import pattern_of
from trainer.content.subject import NoteHint

# 7:40, 7.40, 7h40, 1940, 214 (which may be a room, so nothing is said), 7 pm, 7 a.m., at 7
_CLOCK = re.compile(r"\d[:.h]\d\d|\d{3}|\d\s*[ap]\.?\s?m\b|\bat\s+\d", re.IGNORECASE)


@dataclass(frozen=True)
class Hint:
    """Something to look at again. `words`: those it is about, as written in the note; none if something is missing."""

    words: tuple[str, ...]
    says: str


def hints_on(note: str, hints: Sequence[NoteHint]) -> list[Hint]:
    """Return the hints for a note, in the order of the vocabulary."""
    return list(_said(note.replace("’", "'"), hints)) if note.strip() else []


def _said(note: str, hints: Sequence[NoteHint]) -> Iterator[Hint]:
    for hint in hints:
        if hint.finds:
            words: dict[str, str] = {}
            for match in pattern_of(hint.finds).finditer(note):
                words.setdefault(match[0].lower(), match[0])
            if words:
                yield Hint(tuple(words.values()), hint.says)
        if hint.lacks and not _CLOCK.search(note) and not pattern_of(hint.lacks).search(note):
            yield Hint((), hint.says)
