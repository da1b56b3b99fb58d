"""A scene in its sentences, with the words of each that decide it: what a reader of twins looks for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

Span = tuple[int, int]
Pieces = tuple[tuple[str, bool], ...]
"""A text in pieces, and whether each is of the words that decide."""

_SHORT = r"(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bDr)(?<!\bSt)(?<!\bMt)(?<!\b[ap]\.m)"
_GAP = re.compile(rf"""(?:{_SHORT}\.|[!?…])["”’')\]]* +(?=["“‘'(\[]?[^\W_a-z])""")
"""From the mark that ends a sentence to the first letter of the next, which is no small one."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a scene. `number` counts from 1 through all of it."""

    number: int
    parts: Pieces

    @property
    def decides(self) -> bool:
        """True if words that decide stand in it."""
        return any(is_deciding for _text, is_deciding in self.parts)


def in_sentences(paragraphs: Sequence[str], decides: Iterable[str]) -> tuple[tuple[Sentence, ...], ...] | None:
    """Return the sentences of each paragraph, or None if some of the words that decide don't stand there.

    The words may go on from one sentence to the next.
    """
    whole = " ".join(paragraphs)
    spans = _find_all(whole, decides)
    if spans is None:
        return None
    cut, number, start = [], 0, 0
    for paragraph in paragraphs:
        sentences = []
        for first, last in _sentences(paragraph):
            number += 1
            sentences.append(Sentence(number, tuple(_parts(whole, (start + first, start + last), spans))))
        cut.append(tuple(sentences))
        start += len(paragraph) + 1
    return tuple(cut)


def in_pieces(paragraphs: Sequence[str], decides: Sequence[str]) -> tuple[Pieces, ...] | None:
    """Return each paragraph in pieces, or None if no words decide, or some of them don't stand there."""
    whole, start, cut = " ".join(paragraphs), 0, []
    spans = _find_all(whole, decides)
    if not spans:
        return None
    for paragraph in paragraphs:
        cut.append(tuple(_parts(whole, (start, start + len(paragraph)), spans)))
        start += len(paragraph) + 1
    return tuple(cut)


def _find_all(whole: str, decides: Iterable[str]) -> list[Span] | None:
    spans: list[Span] = []
    for words in decides:
        flat = " ".join(words.split())
        at = whole.find(flat)
        if at < 0:
            return None
        spans.append((at, at + len(flat)))
    return spans


def _sentences(paragraph: str) -> Iterator[Span]:
    start = 0
    for gap in _GAP.finditer(paragraph):
        yield start, start + len(paragraph[start : gap.end()].rstrip())
        start = gap.end()
    yield start, len(paragraph)


def _parts(whole: str, sentence: Span, spans: Iterable[Span]) -> Iterator[tuple[str, bool]]:
    at, end = sentence
    for first, last in sorted(spans):
        first, last = max(first, at), min(last, end)
        if first >= last:
            continue
        if at < first:
            yield whole[at:first], False
        yield whole[first:last], True
        at = last
    if at < end:
        yield whole[at:end], False
