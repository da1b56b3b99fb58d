"""Every pattern of the app, and texts made to keep each busy: from its own parts, repeated where it repeats."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from re import _constants as kinds
from re import _parser as parser
from typing import Any, NamedTuple

from trainer.core.settings import ROOT

_FUNCTIONS = {"match", "fullmatch", "search", "sub", "subn", "findall", "finditer", "split"}
_ANCHORED = {"match", "fullmatch"}
_SUFFIXES = ("", "\x00", "\n!")
_LETTERS = "a0 -_<\"'.@/\n*["
_MOST_TEXTS = 60


class Used(NamedTuple):
    """A pattern, where it stands, and whether it is only looked for where a text begins."""

    place: str
    pattern: re.Pattern[str]
    is_anchored: bool


def patterns() -> list[Used]:
    """Return every pattern that a module holds, and every one that a call has written out."""
    sources = {path: path.read_text(encoding="utf-8") for path in sorted((ROOT / "trainer").rglob("*.py"))}
    called = set(re.findall(r"\b([A-Z_]+)\.(\w+)", "\n".join(sources.values())))
    used: list[Used] = []
    for path, text in sources.items():
        if "re." not in text or path.name == "__main__.py":
            continue
        name = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")
        for variable, value in vars(importlib.import_module(name)).items():
            for pattern in value if isinstance(value, list | tuple) else [value]:
                if isinstance(pattern, re.Pattern) and re.search(rf"^{variable}\b", text, re.MULTILINE):
                    methods = {method for method in _FUNCTIONS if (variable, method) in called}
                    if isinstance(pattern.pattern, str):
                        used.append(Used(f"{name}.{variable}", pattern, bool(methods) and methods <= _ANCHORED))
        used += _written_out(path, text)
    return used


def _written_out(path: Path, text: str) -> Iterator[Used]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re.") and node.args:
            function = ast.unparse(node.func).removeprefix("re.")
            first = node.args[0]
            if function in _FUNCTIONS and isinstance(first, ast.Constant) and isinstance(first.value, str):
                flags = [ast.unparse(part) for part in [*node.args, *(word.value for word in node.keywords)]]
                value = re.compile(
                    first.value, sum(getattr(re, flag[3:]) for flag in flags if re.fullmatch(r"re\.[A-Z]+", flag))
                )
                yield Used(f"{path.relative_to(ROOT)}:{node.lineno}", value, function in _ANCHORED)


def unread(path: Path) -> list[str]:
    """Return the calls of a file whose pattern is put together, so that nothing here can read it."""
    return [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).startswith("re.")
        and ast.unparse(node.func)[3:] in _FUNCTIONS
        and not isinstance(node.args[0], ast.Constant)
    ]


def evil_texts(pattern: re.Pattern[str], size: int) -> list[str]:
    """Return texts of about this many characters on which a careless search tries everything again and again."""
    tree = parser.parse(pattern.pattern, pattern.flags)
    texts: dict[str, None] = {}
    for before, pumps in _repeats(list(tree), ""):
        for pump in islice(pumps, 8):
            for unit in {pump, before + pump} - {""}:
                for suffix in _SUFFIXES:
                    texts[before + unit * (size // len(unit)) + suffix] = None
    return list(texts)[:_MOST_TEXTS]


def _repeats(parts: list[Any], before: str) -> Iterator[tuple[str, Iterator[str]]]:
    """Yield what leads to each repetition, and what it may repeat."""
    for kind, value in parts:
        for inner in _inner(kind, value):
            yield from _repeats(inner, before)
        if kind in {kinds.MAX_REPEAT, kinds.MIN_REPEAT, getattr(kinds, "POSSESSIVE_REPEAT", None)} and value[1] > 9:
            yield before, _samples(list(value[2]))
        before += next(_samples([(kind, value)]), "")


def _inner(kind: Any, value: Any) -> list[list[Any]]:
    if kind in {kinds.MAX_REPEAT, kinds.MIN_REPEAT, getattr(kinds, "POSSESSIVE_REPEAT", None)}:
        return [list(value[2])]
    if kind is kinds.SUBPATTERN:
        return [list(value[3])]
    if kind is kinds.BRANCH:
        return [list(branch) for branch in value[1]]
    if kind in {kinds.ASSERT, kinds.ASSERT_NOT}:
        return [list(value[1])]
    if kind is getattr(kinds, "ATOMIC_GROUP", None):
        return [list(value)]
    return []


def _samples(parts: list[Any]) -> Iterator[str]:
    """Yield texts that match these parts, or nearly."""
    if not parts:
        yield ""
        return
    (kind, value), rest = parts[0], parts[1:]
    for first in islice(_of(kind, value), 8):
        for last in islice(_samples(rest), 3):
            yield first + last


def _of(kind: Any, value: Any) -> Iterator[str]:
    if kind is kinds.LITERAL:
        yield chr(value)
    elif kind in {kinds.NOT_LITERAL, kinds.ANY, kinds.IN}:
        single = parser.SubPattern(parser.State(), [(kind, value)])
        compiled = re._compiler.compile(single, 0)  # type: ignore[attr-defined]
        yield from (letter for letter in _candidates(kind, value) if compiled.fullmatch(letter))
    elif kind in {kinds.MAX_REPEAT, kinds.MIN_REPEAT, getattr(kinds, "POSSESSIVE_REPEAT", None)}:
        for sample in islice(_samples(list(value[2])), 4):
            yield sample * max(1, value[0])
    elif kind in {kinds.AT, kinds.ASSERT, kinds.ASSERT_NOT, kinds.GROUPREF}:
        yield ""
    else:
        for branch in _inner(kind, value):
            yield from _samples(branch)


def _candidates(kind: Any, value: Any) -> Iterator[str]:
    if kind is kinds.IN:
        for inner, bounds in value:
            if inner is kinds.LITERAL:
                yield chr(bounds)
            elif inner is kinds.RANGE:
                yield chr(bounds[0])
    yield from _LETTERS
