"""What is found when something is looked at: well, worth a warning, or a problem."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

LATE_AFTER: Final = dt.timedelta(minutes=10)
"""The worker tries again within five minutes whatever went wrong, so what has been due for longer isn't being done."""
LEAST_FREE: Final = 64 * 2**20
"""Bytes. Below, an answer may not be saved: SQLite's log alone takes some megabytes."""
LITTLE_FREE: Final = 1024 * 2**20
"""Bytes from which on it is time to make room."""
CLOCK_OFF: Final = dt.timedelta(seconds=5)
"""Codes of second steps change every 30 seconds."""


class Level(StrEnum):
    """How much something matters."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Finding:
    """What was found: in a word that anyone may read, and in a sentence for those who run the installation."""

    name: str
    level: Level
    word: str
    says: str
    remedy: str = ""


def fine(name: str, says: str) -> Finding:
    """Return that something is as it should be."""
    return Finding(name, Level.OK, "ok", says)


def warn(name: str, word: str, says: str, remedy: str) -> Finding:
    """Return that something should be looked at; nothing is broken yet."""
    return Finding(name, Level.WARNING, word, says, remedy)


def problem(name: str, word: str, says: str, remedy: str) -> Finding:
    """Return that something is broken."""
    return Finding(name, Level.PROBLEM, word, says, remedy)


def is_broken(findings: Iterable[Finding]) -> bool:
    """Return whether any is a problem."""
    return any(finding.level is Level.PROBLEM for finding in findings)


def judge_space(free: int) -> Level:
    """Return what so many free bytes on the disk mean."""
    if free < LEAST_FREE:
        return Level.PROBLEM
    return Level.WARNING if free < LITTLE_FREE else Level.OK


def is_late(oldest_due_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Return whether what waits longest has been due for too long."""
    return oldest_due_at is not None and now - oldest_due_at > LATE_AFTER


def in_words(span: dt.timedelta) -> str:
    """Return a span of time in its largest unit, for operators."""
    seconds = abs(int(span.total_seconds()))
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= 2 * size or (size == 60 and seconds >= size):
            return in_number(seconds // size, unit)
    return in_number(seconds, "second")


def in_number(count: int, noun: str, plural: str = "") -> str:
    """Return a number of things, for operators."""
    return f"{count} {noun if count == 1 else plural or f'{noun}s'}"
