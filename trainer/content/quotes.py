"""Quotation marks and apostrophes: authors type straight ones, readers see curly ones, digests are of straight ones."""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Mapping
from typing import Any, Final

from trainer.content.yaml_lines import Plain

_STRAIGHT: Final = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'"})
_STRAIGHT_IN_JSON: Final = str.maketrans({"“": '\\"', "”": '\\"', "‘": "'", "’": "'"})
_CURLY: Final = {'"': ("“", "”"), "'": ("‘", "’")}
_ANY: Final = re.compile(r"""[\\"'“”‘’]""")
# Left alone: the address of a Markdown link. The run of marks is curled by what stands before it; asterisks and
# underscores, which only stress a word, are looked through.
_MARKS: Final = re.compile(
    r"""\]\([^()\s]*\)|(?P<opens>(?:^|(?<=[\s(\[{—–/>|]))[*_]{0,3})?(?P<marks>["']+)(?P<short>(?:em|til|tis|twas|\d\ds?)\b)?(?P<ends>$|(?=\s))?"""
)


def curly(text: str) -> str:
    """Return a text with typographic quotation marks and apostrophes. It is as long as before."""
    return _MARKS.sub(_curl, text) if '"' in text or "'" in text else text


def straight(text: str) -> str:
    """Return a text with the marks of a keyboard, as it is hashed and compared."""
    return text.translate(_STRAIGHT)


def bare(text: str) -> str:
    """Return a text or HTML without any of these marks, so that what was kept with straight ones can be recognized."""
    return _ANY.sub("", html.unescape(text))


def told_digest(told: Mapping[str, Any]) -> str:
    """Hash what is told, whichever marks it is told with."""
    text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.translate(_STRAIGHT_IN_JSON).encode()).hexdigest()


def curly_in(value: Plain) -> Plain:
    """Return a value of a YAML file with typographic marks in all of its texts but addresses."""
    if isinstance(value, str):
        return value if value.startswith(("http://", "https://")) else curly(value)
    if isinstance(value, list):
        return [curly_in(inner) for inner in value]
    if isinstance(value, dict):
        return {curly(key): curly_in(inner) for key, inner in value.items()}
    return value


def _curl(match: re.Match[str]) -> str:
    marks = match["marks"]
    if marks is None:
        return match[0]
    stress, shortened = match["opens"], match["short"] or ""
    side = int(stress is None or match["ends"] is not None)
    told = "".join(_CURLY[mark][side] for mark in marks)
    if shortened and marks.endswith("'"):
        told = told[:-1] + "’"
    return (stress or "") + told + shortened
