"""Translations: files beside those that they translate, `name.es.md` for `name.md`. They hold only prose."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import ValidationError

from trainer.content.complaints import Complaints, Leniently, short
from trainer.content.folder import Entry, Translation
from trainer.content.markdown import Body, plain
from trainer.content.plain_words import plain_words
from trainer.content.schema import (
    ITEM_MODELS,
    Category,
    CourseFile,
    HelpLine,
    Indicator,
    ItemModels,
    LessonFile,
    ModuleFile,
    PageFile,
    Part,
    ScenarioFile,
    Term,
)
from trainer.content.yaml_lines import Plain, Written

PROSE: Final[Mapping[type[Part], tuple[str, ...]]] = {
    PageFile: ("title", "summary"),
    CourseFile: ("title", "summary", "audience"),
    ModuleFile: ("title", "objectives"),
    LessonFile: ("title", "summary", "objectives", "note", "items"),
    Term: ("term", "meaning", "also"),
    Category: ("name",),
    Indicator: ("name", "observed", "look_alikes", "strength_note", "told", "misleads"),
    ScenarioFile: ("title", "setting", "differs", "signs", "ordinary", "note", "verdicts", "actions"),
    HelpLine: ("name", "for_whom", "note", "languages"),
}
"""The keys that a translation may have, by what it translates. What isn't here can't be translated yet."""
OF: Final = "of"
_NAME: Final = re.compile(r"(?P<base>[^.]+)\.(?P<language>[a-z]{2,3})\.(?P<ending>md|yaml)")
_OF_ACTIONS: Final = ("text", "why")
_OF_QUESTIONS: Final = ("passage", "ask")
_CHOICES: Final = ("options", "steps", "phrases")
_FREE: Final = "also"  # another language may have fewer forms of a word, or more


def split_name(name: str) -> tuple[str, str] | None:
    """Return the name of the file that a file translates, and the language; None if it isn't called a translation."""
    found = _NAME.fullmatch(name)
    return (f"{found['base']}.{found['ending']}", found["language"]) if found else None


def prose_digest(originals: Sequence[Entry[Any]]) -> str:
    """Hash what is to be translated of a file: a date or a number may change without making a translation older."""
    told = [[getattr(one.value, "id", None), _prose(one), one.body.source] for one in originals]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:12]


def translate(
    originals: Sequence[Entry[Any]], path: str, written: Written, body: Body | None, items: ItemModels
) -> Translation:
    """Put the words of a translation into what it translates. Faults become complaints.

    `body`: of a Markdown file. A file with a list of objects is translated by their ids. Where a translation is older,
    what no longer fits the original is passed over with a warning: whoever writes the original need not translate.
    """
    digest, first = prose_digest(originals), originals[0]
    found = Translation(path)
    given = written.value if isinstance(written.value, dict) else {}
    of = given.get(OF)
    if of is None:
        first.complaints.error(
            path, 1, f'"{OF}" is missing', f'Write "{OF}: {digest}": the digest of the original as it is now.'
        )
    elif of != digest:
        found.is_older = True
        first.complaints.warning(
            path,
            written.line(OF),
            f'the original is no longer "{short(of)}"',
            f'Translate what has changed in it, then write "{OF}: {digest}".',
        )
    complaints = Leniently(first.complaints) if found.is_older else first.complaints
    rest = {key: value for key, value in given.items() if key != OF}
    if body is not None or not hasattr(first.value, "id"):
        parts = {id(first): (first, Written(rest, written.lines, written.root))}
    else:
        by_id = {one.value.id: one for one in originals}
        parts = {id(by_id[name]): (by_id[name], written.at(name)) for name in rest if name in by_id}
        for name in rest.keys() - by_id.keys():
            complaints.error(
                path, written.line(name), f'nothing in the original has the id "{short(name)}"', "Correct it."
            )
    for original, part in parts.values():
        told, is_whole = _put_in(original, path, part, body, items, complaints)
        found.entries.append((original, told))
        found.is_whole = found.is_whole and is_whole
    found.is_whole = found.is_whole and len(parts) == len(originals)
    return found


def _prose(original: Entry[Any]) -> dict[str, Plain]:
    words = _words(original)
    # A lesson without questions is as it was before lessons could ask any.
    return {key: words.get(key) for key in PROSE[type(original.value)] if key != "items" or words.get(key)}


def _words(original: Entry[Any]) -> dict[str, Plain]:
    """Return what is written in an original, of a scene also what its first item says, of a lesson what it asks."""
    value = original.written.value
    if isinstance(original.value, LessonFile):
        return {**value, "items": {item["id"]: _question_words(item) for item in value.get("items") or ()}}
    if not isinstance(original.value, ScenarioFile):
        return dict(value)
    item = value["items"][0]
    actions = {one["id"]: {key: one[key] for key in _OF_ACTIONS} for one in item.get("actions", ())}
    signs = {name: shown["words"] for name, shown in value.get("signs", {}).items()}
    return {**value, "verdicts": item.get("verdicts"), "actions": actions, "signs": signs}


def _question_words(item: dict[str, Plain]) -> dict[str, Plain]:
    """Return the words of a question: options and steps by their ids, phrases by their number."""
    words: dict[str, Plain] = {key: item[key] for key in _OF_QUESTIONS if key in item}
    for choices in _CHOICES:
        if choices in item:
            words[choices] = {
                name: {key: one[key] for key in _OF_ACTIONS} for name, one in _by_name(item[choices]).items()
            }
    return words


def _with_question_words(item: dict[str, Plain], words: dict[str, Plain]) -> dict[str, Plain]:
    told = {**item, **words}
    for choices in _CHOICES:
        if choices in item:
            told[choices] = [{**one, **words[choices][name]} for name, one in _by_name(item[choices]).items()]
    return told


def _by_name(choices: list[dict[str, Plain]]) -> dict[str, dict[str, Plain]]:
    return {one.get("id", str(number)): one for number, one in enumerate(choices, start=1)}


def _with_words(original: Entry[Any], words: dict[str, Plain]) -> dict[str, Plain]:
    if isinstance(original.value, LessonFile):
        items = original.written.value.get("items") or ()
        return {**words, "items": [_with_question_words(item, words["items"][item["id"]]) for item in items]}
    if not isinstance(original.value, ScenarioFile):
        return words
    first, *rest = original.written.value["items"]
    actions = [{**one, **words["actions"][one["id"]]} for one in first.get("actions", ())]
    told = {**first, "verdicts": words["verdicts"], "actions": actions}
    shown = original.written.value.get("signs", {})
    signs = {name: {**shown[name], "words": text} for name, text in words["signs"].items()}
    # Without `swap`, whose words stand in the original alone.
    kept = {key: words[key] for key in original.written.value if key != "swap"}
    return {**kept, "signs": signs, "items": [told, *rest]}


def _put_in(
    original: Entry[Any],
    path: str,
    given: Written,
    body: Body | None,
    items: ItemModels,
    complaints: Complaints,
) -> tuple[Entry[Any], bool]:
    """Return an original with other words, and whether all of its words are others. What is wrong stays as it was."""
    keys, value = PROSE[type(original.value)], _words(original)
    missing = {key for key in keys if value.get(key)} - {_FREE}
    words = given.value if isinstance(given.value, dict) else {}
    if not words:
        complaints.error(path, given.line(), "there are no words here", f"Translate {', '.join(keys)}.")
    for key, text in words.items():
        if key not in keys:
            original.complaints.error(
                path,
                given.line(key),
                f'"{short(key)}" can\'t be set in a translation',
                f"Take it out: the original sets it. Translate {', '.join(keys)}.",
            )
        elif not _is_alike(key, text, value.get(key)):
            complaints.error(
                path,
                given.line(key),
                f'"{key}" has another form than in the original',
                "Translate a text with a text, a list with as many texts, and keys with the same keys.",
            )
        else:
            value[key] = text
            missing.discard(key)
    try:
        written = without_marks(_with_words(original, value))
        told = type(original.value).model_validate(written, context={ITEM_MODELS: items})
    except ValidationError as refused:
        for line, what, remedy in plain_words(refused, given, type(original.value)):
            complaints.error(path, line, what, remedy)
        told = original.value
    # The digest is the original's: whoever reads a lesson in another language has read the same lesson.
    return Entry(path, told, given, body or original.body, original.digest, complaints), not missing


def _is_alike(key: str, text: Plain, original: Plain) -> bool:
    if isinstance(text, list):
        is_list = all(isinstance(one, str) for one in text)
        return is_list and (key == _FREE or (isinstance(original, list) and len(text) == len(original)))
    if isinstance(text, dict) and isinstance(original, dict):
        return text.keys() == original.keys() and all(_is_alike(one, text[one], original[one]) for one in text)
    return isinstance(text, str) and isinstance(original, str)


def without_marks(value: Plain) -> Plain:
    """Take off the `[[...]]` marks: they are for the checker, which reads the text as written."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, list):
        return [without_marks(one) for one in value]
    if isinstance(value, dict):
        return {name: without_marks(one) for name, one in value.items()}
    return value
