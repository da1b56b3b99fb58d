"""Read YAML as nodes: every plain value stays text, and each key and item keeps its line.

Only the schema says what is a number or a date, so `title: No` is the word and `phone: 911` needs no quotes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import yaml

from trainer.content.complaints import Unreadable, short

DEPTH_LIMIT: Final = 12  # levels of YAML; the schema needs five

Plain = Any  # None, text, list or dict of these
Key = tuple[str | int, ...]

_NOTHING: Final = {"", "~", "null"}
"""What stands for no value where it isn't in quotes."""
_PLAIN: Final = {None, ""}
"""How a parser says that a text isn't in quotes."""

_YamlLoader: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml is ten times as fast


@dataclass(frozen=True, slots=True)
class YamlValue:
    """A YAML value with the line of each key and item."""

    value: Plain
    lines: Mapping[Key, int]
    root: Key = ()
    is_marked: bool = True
    """False if no text in it has a `[[...]]` mark."""

    def line(self, *key: str | int) -> int:
        """Find the line of a key, or of the nearest thing around it that is written."""
        full = self.root + key
        while full and full not in self.lines:
            full = full[:-1]
        return self.lines.get(full, 1)

    def at(self, *key: str | int) -> YamlValue:
        """Return the part below a key that is there."""
        value = self.value
        for part in key:
            value = value[part]
        return YamlValue(value, self.lines, self.root + key, self.is_marked)

    def texts(self) -> Iterator[tuple[Key, str]]:
        """Yield every text in it, with its key."""
        yield from _texts(self.value, ())

    def whole_text(self) -> str:
        """Return all texts in it as one."""
        texts: list[str] = []
        _gather(self.value, texts)
        return " ".join(texts)


def compose(text: str, first_line: int, complain: Callable[[int, str, str], None]) -> YamlValue:
    """Read YAML. Raises Unreadable where it can't be read, and complains of keys that are there twice."""
    try:
        return _Composer(text, first_line, complain).document()
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        line = first_line + (mark.line if mark else 0)
        raise Unreadable(line, "this can't be read as YAML", _yaml_remedy(fault.problem or "")) from None
    except (yaml.YAMLError, ValueError):
        raise Unreadable(first_line, "this can't be read as YAML", _yaml_remedy("")) from None


def _yaml_remedy(problem: str) -> str:
    if "mapping values are not allowed" in problem:
        return 'Put a text that holds ": " in double quotes.'
    if "tab" in problem or r"'\t'" in problem:
        return "Indent with spaces, not with tabs."
    if "cannot start any token" in problem:
        return "Put a text that begins with a special sign in double quotes."
    return "Check the indentation (two spaces) and the quotes of this line and the one before."


class _Composer:
    """Builds plain values from YAML events, so that keys can't be given twice and nothing is built by reference."""

    def __init__(self, text: str, first_line: int, complain: Callable[[int, str, str], None]) -> None:
        self._next: Callable[[], Any] = _YamlLoader(text).get_event
        self.text = text
        self.first_line = first_line
        self.complain = complain
        self.is_marked = False

    def document(self) -> YamlValue:
        event = self._next()
        while isinstance(event, (yaml.StreamStartEvent, yaml.DocumentStartEvent)):
            event = self._next()
        value = None if isinstance(event, yaml.StreamEndEvent) else self._value(event, 0)
        while not isinstance(event, yaml.StreamEndEvent):
            event = self._next()
            if isinstance(event, yaml.DocumentStartEvent):
                raise Unreadable(self._line(event), 'there is a second "---"', "Keep one document in a file.")
        return YamlValue(value, _Lines(self.text, self.first_line), is_marked=self.is_marked)

    def _line(self, event: Any) -> int:
        return int(self.first_line + event.start_mark.line)

    # Large folders have a million events: what is asked of each is asked where it comes, without a call.
    def _value(self, event: Any, depth: int) -> Plain:
        if event.anchor is not None or event.tag is not None or depth > DEPTH_LIMIT:
            self._refuse_trick(event)
        kind = type(event)
        if kind is yaml.ScalarEvent:
            value: str = event.value
            if "[[" in value:
                self.is_marked = True
            return None if value in _NOTHING and event.style in _PLAIN else value
        return self._list(depth + 1) if kind is yaml.SequenceStartEvent else self._mapping(depth + 1)

    def _refuse_trick(self, event: Any) -> None:
        line = self._line(event)
        if event.anchor is not None:
            raise Unreadable(line, "& and * make references here", "Write the text out, or put it in double quotes.")
        if event.tag is not None:
            raise Unreadable(line, "! makes a type here", "Take it out, or put the text in double quotes.")
        raise Unreadable(line, "lists are nested too deeply here", "Check the indentation and brackets.")

    def _list(self, depth: int) -> list[Plain]:
        items: list[Plain] = []
        following, end = self._next, yaml.SequenceEndEvent
        while type(event := following()) is not end:
            items.append(self._value(event, depth))
        return items

    def _mapping(self, depth: int) -> dict[str, Plain]:
        values: dict[str, Plain] = {}
        following, end, scalar = self._next, yaml.MappingEndEvent, yaml.ScalarEvent
        while type(event := following()) is not end:
            if event.anchor is not None or event.tag is not None:
                self._refuse_trick(event)
            if type(event) is not scalar:
                raise Unreadable(
                    self._line(event), "a key must be a word", "Put a text with brackets in double quotes."
                )
            name = event.value
            if name in values:
                self.complain(self._line(event), f'the key "{short(name)}" is there twice', "Keep one of the two.")
            values[name] = self._value(following(), depth)
        return values


class _Lines(Mapping[Key, int]):
    """The line of each key and item of a text that could be read. They are looked for when one is asked for: that is
    where something is wrong, and rare."""

    def __init__(self, text: str, first_line: int) -> None:
        self._text = text
        self._first_line = first_line

    def __getitem__(self, key: Key) -> int:
        return self._all[key]

    def __iter__(self) -> Iterator[Key]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    @cached_property
    def _all(self) -> dict[Key, int]:
        following, lines = _YamlLoader(self._text).get_event, dict[Key, int]()

        def note(key: Key, event: Any) -> None:
            lines.setdefault(key, self._first_line + event.start_mark.line)

        def walk(key: Key, event: Any) -> None:
            note(key, event)
            if isinstance(event, yaml.SequenceStartEvent):
                for index, item in enumerate(iter(following, None)):
                    if isinstance(item, yaml.SequenceEndEvent):
                        break
                    walk((*key, index), item)
            elif isinstance(event, yaml.MappingStartEvent):
                while not isinstance(name := following(), yaml.MappingEndEvent):
                    note((*key, name.value), name)
                    walk((*key, name.value), following())

        event = following()
        while isinstance(event, (yaml.StreamStartEvent, yaml.DocumentStartEvent)):
            event = following()
        if not isinstance(event, yaml.StreamEndEvent):
            walk((), event)
        return lines


def _gather(value: Plain, texts: list[str]) -> None:
    if isinstance(value, str):
        texts.append(value)
    elif value is not None:
        for inner in value.values() if isinstance(value, dict) else value:
            _gather(inner, texts)


def _texts(value: Plain, key: Key) -> Iterator[tuple[Key, str]]:
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, (*key, index))
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _texts(item, (*key, name))
