"""`content/CHANGELOG.md`: what changed in a course, each entry tied to the digest of the course it describes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

SHOWN = 12  # characters of a digest that pages, papers and entries show
_HEAD = re.compile(r"## (?P<course>[a-z0-9-]+) (?P<version>[0-9]+\.[0-9]+)")
_DIGEST = re.compile(r"digest: (?P<digest>[0-9a-f]{12}|none yet)(?: \(published (?P<day>\d{4}-\d{2}-\d{2})\))?")
UNSTAMPED = "digest: none yet"


@dataclass(frozen=True, slots=True)
class Change:
    """One entry. `digest` is None until `flask content publish` has stamped it."""

    course: str
    version: str
    digest: str | None
    line: int
    has_points: bool


def read_changes(text: str) -> tuple[list[Change], list[tuple[int, str]]]:
    """Return the entries, the newest first as they stand, and (line, what is wrong) of what can't be read."""
    faults: list[tuple[int, str]] = []
    changes = []
    for line, heading, body in _sections(text):
        head = _HEAD.fullmatch(heading)
        stamp = next((match for match in map(_DIGEST.fullmatch, body) if match), None)
        if head is None:
            faults.append((line, f'"{heading[:60]}" isn\'t the heading of an entry'))
        elif stamp is None:
            faults.append((line, f'the entry "{heading[3:60]}" has no line with its digest'))
        else:
            digest = None if stamp["digest"] == "none yet" else stamp["digest"]
            points = any(line_text.startswith("- ") for line_text in body)
            changes.append(Change(head["course"], head["version"], digest, line, points))
    return changes, faults


def stamp(text: str, course: str, digest: str, day: str) -> str:
    """Return the text with the digest written into the course's newest entry, which has none yet."""
    heading = re.search(rf"^## {re.escape(course)} .*$", text, re.MULTILINE)
    assert heading is not None  # the caller has read the entry
    before, after = text[: heading.end()], text[heading.end() :]
    return before + after.replace(UNSTAMPED, f"digest: {digest[:SHOWN]} (published {day})", 1)


def _sections(text: str) -> Iterator[tuple[int, str, list[str]]]:
    lines = text.split("\n")
    starts = [number for number, line in enumerate(lines) if line.startswith("## ")]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=False):  # there may be no entry at all
        yield start + 1, lines[start].strip(), [line.strip() for line in lines[start + 1 : end]]
