"""The days of check-ins: a fixed schedule from the day a certificate was earned. Pure: days are arguments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

DAYS: Final = (2, 11, 46, 163, 345)
"""Expanding, after the intervals that FSRS gives; then each half year."""
HALF_A_YEAR: Final = 182
FOLLOW_UP: Final = 163
"""The day on which the other form of the pretest is asked, if there was one."""


@dataclass(frozen=True, slots=True)
class CheckInDay:
    """One check-in of the schedule."""

    number: int
    """From 1."""
    day: int
    """Days after the certificate."""
    due_on: dt.date


@dataclass(frozen=True, slots=True)
class CheckInSchedule:
    """The check-ins while a certificate is valid, and which of them were done. One that was missed is just gone."""

    days: tuple[CheckInDay, ...]
    done: frozenset[int]
    """Numbers of the check-ins that were handed in."""

    def due(self, today: dt.date) -> CheckInDay | None:
        """Return the check-in to do now. It stays on offer until the next one's day."""
        begun = [scheduled for scheduled in self.days if scheduled.due_on <= today]
        return begun[-1] if begun and begun[-1].number not in self.done else None

    def following(self, today: dt.date) -> CheckInDay | None:
        """Return the next check-in that isn't due yet, or None if the certificate ends before it."""
        return next((scheduled for scheduled in self.days if scheduled.due_on > today), None)

    def count_kept(self, today: dt.date, last: int) -> int:
        """Return how many of the `last` most recent check-ins whose day has come were done."""
        return sum(scheduled.number in self.done for scheduled in self.begun(today)[-last:])

    def begun(self, today: dt.date) -> tuple[CheckInDay, ...]:
        """Return the check-ins whose day has come."""
        return tuple(scheduled for scheduled in self.days if scheduled.due_on <= today)


def make_schedule(earned_on: dt.date, valid_until: dt.date, done: Collection[int] = ()) -> CheckInSchedule:
    """Return the check-ins of a certificate, up to the last day on which it is valid."""
    days = []
    for number, day in enumerate(_days(), start=1):
        due_on = earned_on + dt.timedelta(days=day)
        if due_on > valid_until:
            break
        days.append(CheckInDay(number, day, due_on))
    return CheckInSchedule(tuple(days), frozenset(done))


def _days() -> Iterator[int]:
    yield from DAYS
    day = DAYS[-1]
    while True:
        day += HALF_A_YEAR
        yield day
