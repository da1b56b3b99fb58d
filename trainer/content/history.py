"""`content/CHANGELOG.md`: what changed in a course, each entry tied to the digest of the course it describes, and which
lessons people who have passed are asked to read again.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

SHOWN = 12  # characters of a digest that pages, papers and entries show
_HEAD = re.compile(r"## (?P<course>[a-z0-9-]+) (?P<version>[0-9]+\.[0-9]+)")
_DIGEST = re.compile(r"digest: (?P<digest>[0-9a-f]{12}|none yet)(?: \(published (?P<day>\d{4}-\d{2}-\d{2})\))?")
_TOP_UP = re.compile(
    r"top-up: (?P<lessons>[a-z0-9-]+/[a-z0-9-]+(?:, [a-z0-9-]+/[a-z0-9-]+)*) by (?P<day>\d{4}-\d{2}-\d{2})"
)
UNSTAMPED = "digest: none yet"


@dataclass(frozen=True, slots=True)
class TopUp:
    """Lessons, by their ids, that changed so much that people who passed before are asked to read them, and by when."""

    lessons: tuple[str, ...]
    by: dt.date
    line: int


@dataclass(frozen=True, slots=True)
class Change:
    """One entry. `digest` and day are None until `flask content publish` has stamped it."""

    course: str
    version: str
    digest: str | None
    published_on: dt.date | None
    line: int
    points: tuple[str, ...]
    top_up: TopUp | None

    def is_after(self, version: str) -> bool:
        """Return True if it came with a later version than the given one."""
        return _numbers(self.version) > _numbers(version)


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
            try:
                published_on = dt.date.fromisoformat(stamp["day"]) if stamp["day"] else None
                top_up = _read_top_up(line, body)
            except ValueError as error:
                faults.append((line, f'the entry "{heading[3:60]}": {error}'))
                continue
            course, version = head["course"], head["version"]
            changes.append(Change(course, version, digest, published_on, line, _points(body), top_up))
    return changes, faults


def _read_top_up(heading: int, body: list[str]) -> TopUp | None:
    given = [(line, text) for line, text in enumerate(body, heading + 1) if text.startswith("top-up")]
    if not given:
        return None
    line, text = given[0]
    match = _TOP_UP.fullmatch(text)
    if match is None or len(given) > 1:
        raise ValueError(
            f'"{given[-1][1][:60]}" isn\'t one line such as "top-up: module/lesson, module/lesson by 2030-01-31"'
        )
    return TopUp(tuple(match["lessons"].split(", ")), dt.date.fromisoformat(match["day"]), line)


def _points(body: list[str]) -> tuple[str, ...]:
    """Return the points, each with the lines on which it goes on."""
    points: list[str] = []
    for text in body:
        if text.startswith("- "):
            points.append(text.removeprefix("- "))
        elif text and points:
            points[-1] += f" {text}"
    return tuple(points)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


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
