"""Translations: files beside those that they translate, `name.es.md` for `name.md`. They hold only prose."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from pydantic import ValidationError

from trainer.content.complaints import Complaints, Leniently, short
from trainer.content.folder import Entry, Translation
from trainer.content.markdown import Body, plain
from trainer.content.objects import TranslationMark
from trainer.content.parts import Part, Text
from trainer.content.plain_words import plain_words
from trainer.content.prose import FREE, SWAP, find_difference, is_loose, prose_of
from trainer.content.quotes import curly_in, straight
from trainer.content.schema import ITEM_MODELS, ItemModels
from trainer.content.shapes import Keys
from trainer.content.yaml_lines import Key, Plain, YamlValue

OF: Final = "of"
_NAME: Final = re.compile(r"(?P<base>[^.]+)\.(?P<language>[a-z]{2,3})\.(?P<ending>md|yaml)")


class _Signature(Part):
    """A person's word that these words say what the original says: `digest` is that of the words."""

    by: Text
    on: dt.date
    digest: Text


class _Head(Part):
    """What a translation says of itself."""

    translated_on: dt.date
    checked: _Signature | None = None


def split_name(name: str) -> tuple[str, str] | None:
    """Return the name of the file that a file translates, and the language; None if it isn't called a translation."""
    match = _NAME.fullmatch(name)
    return (f"{match['base']}.{match['ending']}", match["language"]) if match else None


def prose_digest(originals: Sequence[Entry[Any]], items: ItemModels) -> str:
    """Hash what is to be translated of a file: a date or a number may change without making a translation older."""
    told = [
        [
            getattr(original.value, "id", None),
            _prose(original, items).read(original.written.value),
            straight(original.body.source),
        ]
        for original in originals
    ]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:12]


def translate(
    originals: Sequence[Entry[Any]], path: str, written: YamlValue, body: Body | None, items: ItemModels
) -> Translation:
    """Put the words of a translation into what it translates. Faults become complaints.

    `body`: of a Markdown file. A file with a list of objects is translated by their ids. Where a translation is older,
    what no longer fits the original is skipped with a warning: whoever writes the original need not translate.
    """
    digest, first = prose_digest(originals, items), originals[0]
    given = written.value if isinstance(written.value, dict) else {}
    of = given.get(OF)
    rest = {key: value for key, value in given.items() if key != OF and key not in _Head.model_fields}
    mark = _read_mark(first, path, written, words_digest(rest, body))
    is_whole = True
    if of is None:
        first.complaints.error(
            path, 1, f'"{OF}" is missing', f'Write "{OF}: {digest}": the digest of the original as it is now.'
        )
    elif of != digest:
        mark = replace(mark, is_older=True)
        first.complaints.warning(
            path,
            written.line(OF),
            f'the original is no longer "{short(of)}"',
            f'Translate what has changed in it, then write "{OF}: {digest}".',
        )
    complaints = Leniently(first.complaints) if mark.is_older else first.complaints
    entries = []
    if body is not None or not hasattr(first.value, "id"):
        parts = {id(first): (first, YamlValue(rest, written.lines, written.root))}
    else:
        by_id = {entry.value.id: entry for entry in originals}
        parts = {id(by_id[name]): (by_id[name], written.at(name)) for name in rest if name in by_id}
        for name in rest.keys() - by_id.keys():
            complaints.error(
                path, written.line(name), f'nothing in the original has the id "{short(name)}"', "Correct it."
            )
    for original, part in parts.values():
        told, has_all = _put_in(original, path, part, body, items, complaints)
        entries.append((original, told))
        is_whole &= has_all
    if body is None and (left_out := [entry for entry in originals if id(entry) not in parts]):
        is_whole = False
        first.complaints.warning(
            path,
            1,
            f"{', '.join(entry.value.id for entry in left_out)} of the original {_are(left_out)} left out",
            "Translate it: until then readers get the words of the original.",
        )
    return Translation(path, replace(mark, is_whole=is_whole), entries)


def words_digest(words: Mapping[str, Plain], body: Body | None) -> str:
    """Hash the words of a translation: whoever checked them signed these."""
    told = [words, straight(body.source) if body else ""]
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()[:12]


def _read_mark(first: Entry[Any], path: str, written: YamlValue, digest: str) -> TranslationMark:
    """Return what a file says of its words: when they were translated, and who has checked them as they are."""
    given = written.value if isinstance(written.value, dict) else {}
    try:
        head = _Head.model_validate({key: given[key] for key in _Head.model_fields if key in given})
    except ValidationError as refused:
        for line, what, remedy in plain_words(refused, written, _Head):
            first.complaints.error(path, line, what, remedy)
        return TranslationMark(dt.date.min)
    mark, signed = TranslationMark(head.translated_on), head.checked
    if signed is None:
        return mark
    line = written.line("checked")
    if signed.on < head.translated_on:
        remedy = "Write the day on which this person checked these words."
        first.complaints.error(path, line, "it was checked before it was translated", remedy)
    elif signed.digest != digest:
        remedy = f'Once a person has checked them as they are now, write "digest: {digest}".'
        first.complaints.warning(path, line, "its words aren't those that were checked", remedy)
    else:
        return replace(mark, checked_by=signed.by, checked_on=signed.on)
    return mark


def _put_in(
    original: Entry[Any],
    path: str,
    given: YamlValue,
    body: Body | None,
    items: ItemModels,
    complaints: Complaints,
) -> tuple[Entry[Any], bool]:
    """Return an original with its words replaced, and whether all of them were. What is wrong stays as it was."""
    prose = _prose(original, items)
    there, keys = prose.read(original.written.value), prose.keys
    words = given.value if isinstance(given.value, dict) else {}
    if not words:
        complaints.error(path, given.line(), "there are no words here", f"Translate {', '.join(keys)}.")
    told: dict[str, Plain] = {}
    for key, text in words.items():
        if key not in keys:
            original.complaints.error(
                path,
                given.line(key),
                f'"{short(key)}" can\'t be set in a translation',
                f"Take it out: the original sets it. Translate {', '.join(keys)}.",
            )
        elif key == SWAP and not there.get(SWAP):
            complaints.error(path, given.line(key), "the original has no second telling", f'Take "{SWAP}" out.')
        elif (fault := _find_fault(key, text, there.get(key))) is not None:
            complaints.error(
                path,
                given.line(key, *fault),
                f'"{key}" has another form than in the original',
                "Translate a text with a text, a list with as many texts, and keys with the same keys.",
            )
        else:
            told[key] = text
    needed = [key for key in there if there[key] and key not in FREE]
    left_out = [key for key in needed if key not in words]
    if words and left_out:
        original.complaints.warning(
            path,
            given.line(),
            f"{', '.join(left_out)} of the original {_are(left_out)} left out",
            "Translate it: until then readers get the words of the original.",
        )
    try:
        written = without_marks(prose.put(original.written.value, told))
        value = type(original.value).model_validate(curly_in(written), context={ITEM_MODELS: items})
    except ValidationError as refused:
        for line, what, remedy in plain_words(refused, given, type(original.value)):
            complaints.error(path, line, what, remedy)
        value, told = original.value, {}
    # The digest is the original's: whoever reads a lesson in another language has read the same lesson.
    entry = Entry(path, value, given, body or original.body, original.digest, complaints)
    return entry, all(key in told for key in needed)


def _prose(original: Entry[Any], items: ItemModels) -> Keys:
    prose = prose_of(type(original.value), items)
    assert prose is not None  # else the reader has refused the file
    return prose


def _find_fault(key: str, text: Plain, original: Plain) -> Key | None:
    if key in FREE:
        return None if is_loose(key, text) else ()
    return find_difference(text, original)


def _are(items: Sequence[Any]) -> str:
    return "is" if len(items) == 1 else "are"


def without_marks(value: Plain) -> Plain:
    """Take off the `[[...]]` marks: they are for the checker, which reads the text as written."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, list):
        return [without_marks(inner) for inner in value]
    if isinstance(value, dict):
        return {name: without_marks(inner) for name, inner in value.items()}
    return value
