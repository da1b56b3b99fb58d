"""Reword pydantic's errors for authors."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from pydantic import ValidationError

from trainer.content.catalogue import Indicator, Source
from trainer.content.complaints import short
from trainer.content.parts import Part
from trainer.content.yaml_lines import Key, YamlValue

_EXAMPLES: Final = {
    "phone": "Write three digits, or a number such as 1-888-373-7888 or 207-555-0100.",
    "address": "Begin with https:// and leave no spaces.",
    "web": "Begin with https:// and leave no spaces.",
    "chat": "Begin with https:// and leave no spaces.",
    "exit_target": "Begin with https:// and leave no spaces.",
    "version": 'Write two numbers with a dot, such as "1.0".',
    "clock": 'Write it as "22:10".',
    "sign": "Write the id of an indicator, such as G1.",
    "letter": "Write one letter from A to H.",
    "signs": "Write the id of an indicator, such as G1, with a detail or without: C1.refused.",
    "indicators": "Write ids of indicators, such as [G1, C3].",
    "sources": "Write ids of sources, such as [S28, N34].",
    "banned": 'Put single spaces between words, and write forms of one word as "one|other".',
    "banned_in_scenes": 'Put single spaces between words, and write forms of one word as "one|other".',
    "finds": 'Put single spaces between words, and write forms of one word as "one|other".',
    "lacks": 'Put single spaces between words, and write forms of one word as "one|other".',
    "source": "Write the id of a source, such as S28.",
}
_SIGN_HINT: Final = (
    'Write the words alone, such as "C1.refused: She asked and was refused". How strong a sign is stands in'
    " indicators.yaml, without and with each detail."
)
_SLUG_HINT: Final = "Use small letters, digits and single hyphens, such as room-214."


def plain_words(refused: ValidationError, written: YamlValue, model: type[Part]) -> Iterator[tuple[int, str, str]]:
    """Yield line, fault and remedy of everything that keeps a file from being what its model asks for."""
    for error in refused.errors(include_url=False):
        location = tuple(part for part in error["loc"] if part != "[key]")
        what, remedy = _words(error["type"], location, error.get("input"), error.get("ctx") or {}, model)
        if error["loc"][-1] == "[key]":
            what = f"{label(location)} can't be a key of {label(location[:-1])}"
        yield written.line(*location), what, remedy


def label(location: Key) -> str:
    """Name a key as a complaint does."""
    if not location:
        return "this"
    if isinstance(location[-1], int):
        return f"item {location[-1] + 1} of {label(location[:-1])}"
    return f'"{short(location[-1])}"'


def _words(kind: str, location: Key, given: object, context: Mapping[str, Any], model: type[Part]) -> tuple[str, str]:
    name, shown = label(location), short(given)
    if location[:1] == ("signs",) and kind == "string_type" and isinstance(given, dict):
        return f"{name} holds more than its words", _SIGN_HINT
    if kind == "item_type_missing":
        return f'{name} has no "type"', f"Use {_choices(context['known'])}."
    if kind == "item_type_unknown":
        return f'"type" can\'t be "{short(context["type"])}"', f"Use {_choices(context['known'])}."
    if kind == "missing":
        return f"{name} is missing", "Add it."
    if kind == "extra_forbidden":
        return f"unknown key {name}", _spelling(str(location[-1]))
    if given is None or kind == "string_too_short":
        return f"{name} is empty", "Write it, or take the line out if it is not needed."
    if kind in ("literal_error", "enum"):
        return f'{name} can\'t be "{shown}"', f"Use {_choices(str(context.get('expected', '')))}."
    if kind == "string_pattern_mismatch":
        return f'{name} can\'t be "{shown}"', _example(location, model)
    if kind in ("too_short", "too_long"):
        return f"{name} has too few or too many items", f"Give {_amount(kind, context)}."
    if kind == "string_too_long":
        return f"{name} is too long", f"Use at most {context.get('max_length')} characters."
    if kind in ("greater_than_equal", "less_than_equal"):
        limit = f"at least {context['ge']}" if "ge" in context else f"at most {context.get('le')}"
        return f'{name} can\'t be "{shown}"', f"It must be {limit}."
    return f"{name} {_needed(kind)}", _shape(kind)


def _spelling(key: str) -> str:
    near = difflib.get_close_matches(key, _known_keys(), 1)
    return f'Did you mean "{near[0]}"?' if near else "Take it out."


@lru_cache(maxsize=1)
def _known_keys() -> list[str]:
    """Return the keys of all parts, those of items included, which other packages add."""
    models: list[type[Part]] = [Part]
    for model in models:
        models.extend(model.__subclasses__())
    return sorted({name for model in models for name in model.model_fields})


def _choices(expected: str) -> str:
    return "one of: " + expected.replace("'", "").replace(" or ", ", ") if expected else "one of the known words"


def _example(location: Key, model: type[Part]) -> str:
    named = [part for part in location if isinstance(part, str)]
    for name in reversed(named):
        if name in _EXAMPLES:
            return _EXAMPLES[name]
    if named[-1:] == ["id"] and model in (Source, Indicator):
        return "Write the code, such as S28." if model is Source else "Write the code, such as G1."
    return _SLUG_HINT


def _amount(kind: str, context: Mapping[str, Any]) -> str:
    return f"at least {context.get('min_length')}" if kind == "too_short" else f"at most {context.get('max_length')}"


_SHAPES: Final = (
    ("int", "must be a whole number", "Write digits only."),
    ("date", "must be a date", "Write it as 2026-11-24."),
    ("bool", "must be true or false", "Write true or false."),
    ("list", "must be a list", 'Put "- " before each item, or write [one, two].'),
    ("dict", "must be keys and values", 'Write "key: value" lines below it, indented by two spaces.'),
    ("model", "must be keys and values", 'Write "key: value" lines below it, indented by two spaces.'),
    ("string", "must be a text", "Write it on one line, in double quotes if it holds special signs."),
)


def _needed(kind: str) -> str:
    return next((needed for start, needed, _ in _SHAPES if kind.startswith(start)), "can't be read")


def _shape(kind: str) -> str:
    return next((shape for start, _, shape in _SHAPES if kind.startswith(start)), "content/README.md has an example.")
