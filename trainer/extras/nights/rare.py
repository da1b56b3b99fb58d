"""The rare shift: a night in which nearly everything is ordinary. Drawing, telling the time, and counting. Pure."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, Final

from trainer.content.subject import Verdict
from trainer.extras.nights.events import EventPayload

_DAY: Final = 24 * 60
_STEP: Final = 10  # minutes between two events, where no clock says otherwise


@dataclass(frozen=True)
class NightCounts:
    """What someone said of the events of one night. Only answered ones are counted as ordinary or worrying."""

    ordinary: int
    reported: int
    """Ordinary ones that were reported."""
    noted: int
    """Ordinary ones that were noted."""
    to_note: int
    """Ordinary ones that the rule asks to note."""
    noted_rightly: int
    worrying: int
    caught: int
    """Worrying ones that were reported."""
    only_noted: int
    """Worrying ones that were noted."""
    unanswered: int

    @property
    def reports(self) -> int:
        """How many reports were made."""
        return self.reported + self.caught

    @property
    def answered(self) -> int:
        """How many events were answered."""
        return self.ordinary + self.worrying

    def reported_of(self, events: int) -> int:
        """Return how many of so many ordinary events would be reported, if as often as in this night.

        Rounded to whole events. Raises ZeroDivisionError where no ordinary event was answered.
        """
        return round(events * self.reported / self.ordinary)

    def as_dict(self) -> dict[str, Any]:
        """Return the counts for keeping."""
        return asdict(self)

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> NightCounts:
        """Return counts that were kept; newer ones may hold more."""
        return cls(**{name: number for name, number in kept.items() if name in cls.__dataclass_fields__})


def draw_night(
    events: Sequence[EventPayload], number: int, worrying_at_most: int, rng: random.Random
) -> list[EventPayload]:
    """Return the events of one night: none to `worrying_at_most` worrying ones, each number as likely, and ordinary
    ones up to `number`.

    Those with a clock stand in the order of `events`, all others anywhere between.
    """
    worrying = [known for known in events if known.is_worrying]
    ordinary = [known for known in events if not known.is_worrying]
    rare = rng.sample(worrying, rng.randint(0, worrying_at_most))
    chosen = [*rare, *rng.sample(ordinary, number - len(rare))]
    night = [timed for timed in events if timed.clock and timed in chosen]
    free = [untimed for untimed in chosen if not untimed.clock]
    rng.shuffle(free)
    for event in free:
        night.insert(rng.randint(0, len(night)), event)
    return night


def tell_times(clocks: Sequence[str | None]) -> list[str]:
    """Return a clock time for each event of a night, in its order, over midnight too.

    `clocks` are "HH:MM", or None between others. What has none gets an even share of the time between its neighbors.
    """
    known: list[tuple[int, int]] = []
    for place, clock in enumerate(clocks):
        if clock is not None:
            minute = int(clock[:2]) * 60 + int(clock[3:])
            while known and minute < known[-1][1]:
                minute += _DAY
            known.append((place, minute))
    if not known:
        known = [(0, 22 * 60)]
    first, last = known[0], known[-1]
    ends = [(-1, first[1] - _STEP * (first[0] + 1)), *known]
    ends.append((len(clocks), last[1] + _STEP * (len(clocks) - last[0])))
    minutes: dict[int, int] = {}
    for (start, begin), (end, stop) in pairwise(ends):
        for place in range(max(start, 0), end):
            minutes[place] = begin + (stop - begin) * (place - start) // (end - start)
    return [f"{minutes[place] % _DAY // 60:02}:{minutes[place] % 60:02}" for place in range(len(clocks))]


def count_night(events: Iterable[tuple[EventPayload, Mapping[str, Any] | None]]) -> NightCounts:
    """Return the counts of a night. `events`: each with what was given, {"verdict"}."""
    said = [(event, Verdict(verdict) if (verdict := (given or {}).get("verdict")) else None) for event, given in events]
    answered = [(event, verdict) for event, verdict in said if verdict]
    ordinary = [(event, verdict) for event, verdict in answered if not event.is_worrying]
    worrying = [verdict for event, verdict in answered if event.is_worrying]
    to_note = [verdict for event, verdict in ordinary if event.best is Verdict.NOTE_AND_WATCH]
    verdicts = [verdict for _event, verdict in ordinary]
    return NightCounts(
        ordinary=len(ordinary),
        reported=verdicts.count(Verdict.REPORT_NOW),
        noted=verdicts.count(Verdict.NOTE_AND_WATCH),
        to_note=len(to_note),
        noted_rightly=to_note.count(Verdict.NOTE_AND_WATCH),
        worrying=len(worrying),
        caught=worrying.count(Verdict.REPORT_NOW),
        only_noted=worrying.count(Verdict.NOTE_AND_WATCH),
        unanswered=len(said) - len(answered),
    )
