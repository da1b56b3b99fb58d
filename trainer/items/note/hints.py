"""What a page may say of a note on its own: of words that are seldom facts, and of a time that isn't there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trainer.content.phrases import pattern_of
from trainer.content.subject import NoteHint

# 7:40, 7.40, 7h40, 1940, 214 (which may be a room, so nothing is said), 7 pm, 7 a.m., at 7
_CLOCK = re.compile(r"\d[:.h]\d\d|\d{3}|\d\s*[ap]\.?\s?m\b|\bat\s+\d", re.IGNORECASE)


@dataclass(frozen=True)
class Said:
    """Something to look at again. `words`: those that it is about, as they stand in the note; none if it lacks some."""

    words: tuple[str, ...]
    says: str


def hints_on(note: str, hints: Sequence[NoteHint]) -> list[Said]:
    """Return what may be said of a note, in the order of the vocabulary."""
    return list(_said(note.replace("’", "'"), hints)) if note.strip() else []


def _said(note: str, hints: Sequence[NoteHint]) -> Iterator[Said]:
    for hint in hints:
        if hint.finds:
            found: dict[str, str] = {}
            for one in pattern_of(hint.finds).finditer(note):
                found.setdefault(one[0].lower(), one[0])
            if found:
                yield Said(tuple(found.values()), hint.says)
        if hint.lacks and not _CLOCK.search(note) and not pattern_of(hint.lacks).search(note):
            yield Said((), hint.says)
