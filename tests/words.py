"""Phrases that no text of ours has."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from jinja2 import Environment

_TEMPLATES = Environment(autoescape=True, extensions=["jinja2.ext.i18n"])
BANNED: Final = {
    r"(?<!ask )\bwhoever\b": "people who, anyone who, someone who",
    r"\b(?:is|are|still|no longer|that[’']s) good\b|\bgood (?:once|now|until|for \d|for %)": "valid, works, expires",
    r"\b(?:come|comes|coming|came) in\b": "join, joined",
    r"\bmend(?:s|ed|ing)?\b": "fix",
    r"\b(?:make|makes|making|made) (?:an?|the|your|new|another) (?:firm|account|class|code|join code|team|pack"
    r"|evidence pack|link|token|requirement|roster)s?\b": "create",
    r"\bfor ever\b": "forever, permanently",
    r"\bby (?:itself|themselves)\b": "automatically, on its own",
    r"\b(?:(?:has|have|had|is|was|be|been) rung|ring (?:the|a|this) )": "call",
    r"\bvoid\b": "no longer works, stops working, cancels",
    r"\blook into your mail\b|\bunwanted mail\b": "check your email, spam folder",
    r"\ba word (?:of|to)\b": "notify, tell",
    r"\bby it\b": "with it, that way",
    r"\bsay (?:once|first|the name|what name|how sure)\b": "enter, choose, set",
    r"\bnobody of\b": "none of",
    r"\breckon": "calculate, count",
    r"\banew\b": "again",
    r"\bin between\b": "in the meantime",
    r"\b(?:taken|take|takes|took) (?:it )?back\b": "undo, withdraw, cancel",
    r"\bgo on (?:where|here|later|from)\b": "continue, pick up where you left off",
    r"\bholds (?:from|until)\b": "in effect from, valid until",
    r"\bany more(?=[.,;:!?]|$)": "anymore",
    r"\bshall\b": "will, should",
    r"\bsure, and wrong\b": "confident but wrong",
    r"\bwas faster\b": "got there first",
    r"\be-mail": "email",
    r"(?<!there )\bis no (?!longer\b|reason\b)\w+": "isn’t a",
    r"\b(?:judgement|licence|centre|grey|enrol|enrolment|programme|whilst|amongst|cancelled|travelled|labelled)\b"
    r"|\b\w*(?:colour|favour|behaviour|organis[ei]|recognis|apologis|summaris)\w*\b": "the US spelling",
}
"""Phrase (a regular expression, of any case) to what to write."""
_PHRASES: Final = [(re.compile(phrase, re.IGNORECASE), better) for phrase, better in BANNED.items()]


def list_texts(path: Path) -> Iterator[tuple[int, str]]:
    """Return (line, text) of what people may read from a file."""
    source = path.read_text("utf-8")
    if path.suffix == ".md":
        yield from enumerate(source.splitlines(), 1)
    elif path.suffix == ".py":
        yield from _in_python(ast.parse(source))
    else:
        for line, _function, message in _TEMPLATES.extract_translations(source):  # type: ignore[attr-defined] # of its extension
            yield from ((line, one) for one in (message if isinstance(message, tuple) else (message,)) if one)


def _in_python(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Return strings, but no docstrings: except those of commands, which `--help` shows."""
    unread: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            unread |= {
                one.value
                for one in node.body
                if isinstance(one, ast.Expr) and not (node.body[0] is one and _is_command(node))
            }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in unread:
            yield node.lineno, node.value


def _is_command(node: ast.AST) -> bool:
    return any(".command" in ast.unparse(one) for one in getattr(node, "decorator_list", ()))


def find_banned(text: str) -> Iterator[str]:
    """Return what is wrong with a text, each with what to write."""
    for phrase, better in _PHRASES:
        found = phrase.search(text)
        if found:
            yield f"“{found.group()}”: write {better}"


def list_faults(path: Path) -> list[str]:
    """Return the faults of a file, each with its line."""
    return [f"line {line}: {fault}" for line, text in list_texts(path) for fault in find_banned(text)]
