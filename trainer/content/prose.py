"""What of each kind of object is prose: the words that a translation holds, in what shape, and how they are put in.

Ids, numbers, signs and all that is scored aren't among them: a translation can't say them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from trainer.content.catalogue import Category, HelpLine, Indicator, Term
from trainer.content.curriculum import CourseFile, ModuleFile
from trainer.content.nights import RareFile, ShiftFile
from trainer.content.papers import Card, Pack, PageFile, Statistics
from trainer.content.parts import Part
from trainer.content.schema import FurtherItem, ItemModels, LessonFile, ScenarioFile
from trainer.content.shapes import WITH_REASON, ById, Each, Keys, Only, Shape, Words, words
from trainer.content.subject import Vocabulary
from trainer.content.yaml_lines import Key, Plain


class SceneKeys(Keys):
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


@dataclass(frozen=True)
class _Question(Shape):
    """The words of a question: those that its type names, and those beside them."""

    items: ItemModels
    beside: Mapping[str, Shape]

    def read(self, value: Plain) -> Plain:
        return self._keys(value).read(value)

    def put(self, value: Plain, words: Plain) -> Plain:
        return self._keys(value).put(value, words)

    def _keys(self, value: Plain) -> Keys:
        model = self.items[value["type"]]
        assert issubclass(model, FurtherItem)  # only these stand in lessons, and after a scene's first item
        return Keys({**self.beside, **model.prose})


_NAMES: Final = ById(Only("name"))
_VERDICTS: Final = Each(Keys(words("name", "hint")))

_PROSE: Final[Mapping[type[Part], Keys]] = {
    PageFile: Keys(words("title", "summary")),
    CourseFile: Keys({**words("title", "summary", "audience", "edition"), "final": Keys(words("note"))}),
    ModuleFile: Keys(words("title", "objectives")),
    ShiftFile: Keys(
        {**words("title", "intro"), "handover": Keys({**words("ask", "model"), "points": ById(Only("text"))})}
    ),
    RareFile: Keys({**words("title", "intro", "note"), "events": ById(WITH_REASON)}),
    Term: Keys(words("term", "meaning", "also")),
    Category: Keys(words("name")),
    Indicator: Keys(
        {
            **words("name", "observed", "look_alikes", "strength_note"),
            "details": ById(Only("words")),
            **words("told", "misleads"),
        }
    ),
    HelpLine: Keys(words("name", "for_whom", "hours", "note", "languages")),
    Statistics: Keys({**words("title", "unit", "as_of"), "rows": Each(Only("name")), **words("caveats")}),
    Card: Keys(
        {
            **words("title"),
            "together": Each(Only("text")),
            "alone": Each(Only("text")),
            **words("never", "do", "dont"),
            "log": Keys(words("when", "where", "saw", "heard", "thought", "unknown", "did", "after")),
        }
    ),
    Pack: Keys(
        {
            **words("title", "applies_to", "guard_firms"),
            "course_approval": Keys(words("authority")),
            **words("records", "unclear", "notice"),
        }
    ),
    Vocabulary: Keys(
        {
            **words("always"),
            "needs": _NAMES,
            "routes": _NAMES,
            "doors": _NAMES,
            "rules": ById(Only("sentence")),
            "ladder": Each(Keys(words("seen", "do"))),
            "verdicts": _VERDICTS,
            "verdicts_before": _VERDICTS,
            **words("disclaimers", "sentences"),
            "note_hints": Each(Keys(words("finds", "lacks", "says"))),
        }
    ),
}


def prose_of(model: type[Part], items: ItemModels) -> Keys | None:
    """Return the keys that a translation may have of what it translates, or None if that can't be translated.

    `items`: the types of items that scenes and lessons may have. What isn't here of a kind can't be translated.
    """
    if model is LessonFile:
        asked = ById(_Question(items, words("passage")))
        return Keys({**words("title", "summary", "objectives", "note"), "items": asked})
    if model is ScenarioFile:
        return SceneKeys(
            {
                **words("title", "setting", "differs", DECIDES),
                **words("signs", "ordinary", "note", "verdicts"),
                "actions": ById(WITH_REASON),
                QUESTIONS: Each(_Question(items, {})),
                SWAP: Words(),
            }
        )
    return _PROSE.get(model)


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
