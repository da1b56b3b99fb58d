"""Search over what everyone may read. Scenes are left out: they are questions."""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from markupsafe import Markup, escape

from trainer.content.library import Content
from trainer.content.markdown import addresses

MOST = 30  # results of one search
LONGEST = 100  # characters of a query that count
FIRST = 10  # results that are shown before someone asks for all
MOST_WORDS = 8  # words of it that count, each once: marking what was found takes longer with each
_WORD = re.compile(r"\w+")
_ALIKE = 0.8  # of a word that is looked for instead, by difflib's ratio
_LETTERS_OFF = 2
_OPEN, _CLOSE = "\x02", "\x03"  # around what was found; no text holds them


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One result. `excerpt` has the words that were found in `mark` tags."""

    kind: str
    title: str
    address: str
    context: str
    excerpt: Markup


_newest: dict[tuple[str, str], tuple[str, Index]] = {}  # by region and language


def index_of(content: Content) -> Index:
    """Return the index of a content. It is made at first use, and kept until another in its region and language is
    searched."""
    place = (content.region.id, content.language)
    digest, index = _newest.get(place, ("", None))
    if index is None or digest != content.digest:
        index = Index(content)
        _newest[place] = (content.digest, index)
    return index


@dataclass(frozen=True, slots=True)
class _Document:
    kind: str
    title: str
    address: str
    context: str
    text: str


class Index:
    """A full-text index of one content, in memory."""

    def __init__(self, content: Content) -> None:
        self._lock = threading.Lock()
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        self._database.execute(
            "CREATE VIRTUAL TABLE documents USING fts5(kind UNINDEXED, title, address UNINDEXED, context UNINDEXED, "
            "text, tokenize = 'porter unicode61 remove_diacritics 2')"
        )
        documents = list(_documents(content))
        self._database.executemany(
            "INSERT INTO documents VALUES (?, ?, ?, ?, ?)",
            [
                (document.kind, document.title, document.address, document.context, document.text)
                for document in documents
            ],
        )
        self._words = {word for document in documents for word in _words_in(f"{document.title} {document.text}")}

    def correct(self, query: str) -> str | None:
        """Return a query that finds nothing with its unknown words replaced by those most like them; None if that finds
        nothing either."""
        words = _words_in(query[:LONGEST])[:MOST_WORDS]
        corrected = " ".join(self._nearest(word) for word in words)
        return corrected if corrected != " ".join(words) and self.search(corrected) else None

    def _nearest(self, word: str) -> str:
        """Return the word itself if a word begins so, or else the one most like it, if any is."""
        if any(known.startswith(word) for known in self._words):
            return word
        alike = [known for known in self._words if abs(len(known) - len(word)) <= _LETTERS_OFF]
        close = get_close_matches(word, alike, 5, _ALIKE)
        return next((known for known in close if known[0] == word[0]), close[0] if close else word)

    def search(self, query: str) -> list[SearchResult]:
        """Return what has all words of the query, or words that begin with them, best matches first.

        Titles count more.
        """
        words = list(dict.fromkeys(_words_in(query[:LONGEST])))[:MOST_WORDS]
        if not words:
            return []
        # A single letter begins every other word, so it must be the whole one.
        match = " ".join(f'"{word}"*' if len(word) > 1 else f'"{word}"' for word in words)
        with self._lock:
            rows = self._database.execute(
                "SELECT kind, title, address, context, snippet(documents, 4, ?, ?, '…', 24) FROM documents "
                "WHERE documents MATCH ? ORDER BY bm25(documents, 0, 8, 0, 0, 1) LIMIT ?",
                (_OPEN, _CLOSE, match, MOST),
            ).fetchall()
        return [
            SearchResult(kind, title, address, context, _marked(text)) for kind, title, address, context, text in rows
        ]


def _words_in(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _marked(snippet: str) -> Markup:
    escaped = str(escape(snippet)).replace(_OPEN, "<mark>").replace(_CLOSE, "</mark>")
    return Markup(escaped)  # noqa: S704 escaped above


def _documents(content: Content) -> Iterator[_Document]:
    for course in content.courses.values():
        for lesson in course.lessons:
            yield _Document(
                "lesson",
                lesson.file.title,
                addresses.LESSON_PATH.format(course=course.slug, lesson=lesson.id),
                f"{course.file.title} · {lesson.module_title}",
                f"{lesson.file.summary} {_words(lesson.html)}",
            )
    for term in content.terms.values():
        yield _Document("term", term.term, addresses.TERM_PATH.format(term=term.id), "", term.meaning)
    for sign in content.indicators.values():
        told = f"{sign.observed} {' '.join(sign.look_alikes)} {sign.told or ''} {sign.misleads or ''}"
        address = addresses.INDICATOR_PATH.format(indicator=sign.id)
        yield _Document("false_cue" if sign.kind == "false_cue" else "indicator", sign.name, address, sign.id, told)
    for lines in content.help_lines.values():
        for line in lines:
            text = f"{line.for_whom} {line.phone or ''} {line.note or ''} {line.languages or ''}"
            yield _Document("help", line.name, f"/help/all#{line.id}", line.phone or "", text)
    for slug, page in content.pages.items():
        address = addresses.CONTENT_PAGE_PATH.format(slug=slug)
        yield _Document("page", page.file.title, address, "", f"{page.file.summary} {_words(page.html)}")
    for slug, card in content.cards.items():
        text = " ".join([*(part.text for part in (*card.together, *card.alone)), *card.never, *card.do])
        yield _Document("card", card.title, f"/cards/{slug}", "", text)


def _words(html: Markup) -> str:
    html = Markup(re.sub(r'<p class="note-src"(?:(?!<p).)*?</p>', "", html))  # noqa: S704 plain after it
    return Markup(re.sub(r"<(?=/?(p|li|h2|h3|td|th|dd|summary))", " <", html)).striptags()  # noqa: S704 plain after it
