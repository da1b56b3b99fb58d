"""What of each kind of object is prose: the words that a translation holds, in what shape, and how they are put in.

Ids, numbers, signs and all that is scored aren't among them: a translation can't say them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from trainer.content.catalogue import Category, HelpLine, Indicator, Term
from trainer.content.curriculum import CourseFile, ModuleFile
from trainer.content.nights import RareFile, ShiftFile
from trainer.content.papers import Card, Pack, PageFile, Statistics
from trainer.content.parts import Part
from trainer.content.schema import LessonFile, ScenarioFile
from trainer.content.subject import Vocabulary
from trainer.content.yaml_lines import Key, Plain


class Shape(ABC):
    """How a translation writes the words of a value."""

    @abstractmethod
    def read(self, value: Plain) -> Plain:
        """Return the words of a value, as a translation writes them."""

    @abstractmethod
    def put(self, value: Plain, words: Plain) -> Plain:
        """Return the value with other words."""


class Words(Shape):
    """A text, or a list of texts."""

    def read(self, value: Plain) -> Plain:
        return value

    def put(self, value: Plain, words: Plain) -> Plain:
        return words


@dataclass(frozen=True)
class Only(Shape):
    """One text of an object, which stands for the object."""

    key: str

    def read(self, value: Plain) -> Plain:
        return value[self.key]

    def put(self, value: Plain, words: Plain) -> Plain:
        return {**value, self.key: words}


class Keys(Shape):
    """Some keys of an object, where it has them."""

    def __init__(self, keys: Mapping[str, Shape]) -> None:
        self.keys = keys

    def read(self, value: Plain) -> dict[str, Plain]:
        return {key: shape.read(value[key]) for key, shape in self.keys.items() if value.get(key) is not None}

    def put(self, value: Plain, words: Plain) -> Plain:
        return {**value, **{key: self.keys[key].put(value.get(key), told) for key, told in words.items()}}


@dataclass(frozen=True)
class Each(Shape):
    """The words of each of a list, in its order, or of each of a mapping."""

    shape: Shape

    def read(self, value: Plain) -> Plain:
        if isinstance(value, dict):
            return {key: self.shape.read(inner) for key, inner in value.items()}
        return [self.shape.read(inner) for inner in value]

    def put(self, value: Plain, words: Plain) -> Plain:
        if isinstance(value, dict):
            return {key: self.shape.put(inner, words[key]) for key, inner in value.items()}
        return [self.shape.put(inner, told) for inner, told in zip(value, words, strict=True)]


@dataclass(frozen=True)
class ById(Shape):
    """The words of each of a list, under its id."""

    shape: Shape

    def read(self, value: Plain) -> Plain:
        return {str(part["id"]): self.shape.read(part) for part in value}

    def put(self, value: Plain, words: Plain) -> Plain:
        return [self.shape.put(part, words[str(part["id"])]) for part in value]


class Scene(Keys):
    """A scene: what its first item says stands beside the rest, and its further questions stand below `questions`.

    Its second telling is a translation's own, since it replaces words of that language.
    """

    def read(self, value: Plain) -> dict[str, Plain]:
        return super().read(_taken_apart(value))

    def put(self, value: Plain, words: Plain) -> Plain:
        whole = super().put({**_taken_apart(value), "swap": {}}, words)
        first = {**whole["items"][0], **{key: whole[key] for key in _OF_FIRST if key in words}}
        told = {key: inner for key, inner in whole.items() if key not in (*_OF_FIRST, QUESTIONS)}
        return {**told, "items": [first, *whole[QUESTIONS]]}


QUESTIONS: Final = "questions"
SWAP: Final = "swap"
DECIDES: Final = "decides"
FREE: Final = frozenset({"also", DECIDES, SWAP})
"""What a translation may leave out, and may have more or less of than the original."""
_OF_FIRST: Final = ("verdicts", "actions")


def _taken_apart(scene: Mapping[str, Any]) -> dict[str, Plain]:
    first, *rest = scene["items"]
    return {**scene, **{key: first[key] for key in _OF_FIRST if key in first}, QUESTIONS: rest}


def _words(*keys: str) -> dict[str, Shape]:
    return dict.fromkeys(keys, Words())


_NAMES: Final = ById(Only("name"))
_WITH_REASON: Final = Keys(_words("text", "why"))
_QUESTION: Final[Mapping[str, Shape]] = {
    **_words("ask", "shows"),
    "options": ById(_WITH_REASON),
    "phrases": Each(_WITH_REASON),
    "steps": ById(Keys({**_words("text", "ask", "why"), "choices": ById(_WITH_REASON)})),
    "ends": ById(Keys(_words("title", "text"))),
    "regions": ById(_WITH_REASON),
    "choices": ById(Only("text")),
    "rows": ById(_WITH_REASON),
    "model": Each(Keys(_words("part", "text"))),
    "checks": ById(_WITH_REASON),
}
_VERDICTS: Final = Each(Keys(_words("name", "hint")))

PROSE: Final[Mapping[type[Part], Keys]] = {
    PageFile: Keys(_words("title", "summary")),
    CourseFile: Keys({**_words("title", "summary", "audience", "edition"), "final": Keys(_words("note"))}),
    ModuleFile: Keys(_words("title", "objectives")),
    LessonFile: Keys(
        {**_words("title", "summary", "objectives", "note"), "items": ById(Keys({**_words("passage"), **_QUESTION}))}
    ),
    ShiftFile: Keys(
        {**_words("title", "intro"), "handover": Keys({**_words("ask", "model"), "points": ById(Only("text"))})}
    ),
    RareFile: Keys({**_words("title", "intro", "note"), "events": ById(_WITH_REASON)}),
    Term: Keys(_words("term", "meaning", "also")),
    Category: Keys(_words("name")),
    Indicator: Keys(_words("name", "observed", "look_alikes", "strength_note", "told", "misleads")),
    ScenarioFile: Scene(
        {
            **_words("title", "setting", "differs", DECIDES),
            "signs": Each(Only("words")),
            **_words("ordinary", "note", "verdicts"),
            "actions": ById(_WITH_REASON),
            QUESTIONS: Each(Keys(_QUESTION)),
            SWAP: Words(),
        }
    ),
    HelpLine: Keys(_words("name", "for_whom", "hours", "note", "languages")),
    Statistics: Keys({**_words("title", "unit", "as_of"), "rows": Each(Only("name")), **_words("caveats")}),
    Card: Keys(
        {
            **_words("title"),
            "together": Each(Only("text")),
            "alone": Each(Only("text")),
            **_words("never", "do", "dont"),
            "log": Keys(_words("when", "where", "saw", "heard", "thought", "unknown", "did", "after")),
        }
    ),
    Pack: Keys(
        {
            **_words("title", "applies_to"),
            "course_approval": Keys(_words("authority")),
            **_words("records", "unclear", "notice"),
        }
    ),
    Vocabulary: Keys(
        {
            **_words("always"),
            "needs": _NAMES,
            "routes": _NAMES,
            "doors": _NAMES,
            "rules": ById(Only("sentence")),
            "verdicts": _VERDICTS,
            "verdicts_before": _VERDICTS,
            "regions": ById(Keys(_words("name", "heading"))),
            **_words("disclaimers", "sentences"),
            "note_hints": Each(Keys(_words("finds", "lacks", "says"))),
        }
    ),
}
"""The keys that a translation may have, by what it translates. What isn't here can't be translated."""


def find_difference(words: Plain, original: Plain) -> Key | None:
    """Return where words have another shape than those of the original, or None: a text for a text, a list of as many,
    and the same keys."""
    if isinstance(words, dict) and isinstance(original, dict):
        return _in_keys(words, original)
    if isinstance(words, list) and isinstance(original, list):
        pairs = enumerate(zip(words, original, strict=False))
        differences = (_below(place, find_difference(word, other)) for place, (word, other) in pairs)
        return next((key for key in differences if key is not None), None if len(words) == len(original) else ())
    return None if isinstance(words, str) and isinstance(original, str) else ()


def _in_keys(words: Mapping[str, Plain], original: Mapping[str, Plain]) -> Key | None:
    for key, word in words.items():
        difference = find_difference(word, original[key]) if key in original else ()
        if difference is not None:
            return (key, *difference)
    return None if len(words) == len(original) else ()


def _below(place: int, difference: Key | None) -> Key | None:
    return None if difference is None else (place, *difference)


def is_loose(key: str, words: Plain) -> bool:
    """Tell whether what a translation writes freely is a list of texts, or texts with others that replace them."""
    if key == SWAP:
        return isinstance(words, dict) and all(isinstance(text, str) for text in words.values())
    return isinstance(words, list) and all(isinstance(text, str) for text in words)
