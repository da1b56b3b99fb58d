"""The timeline of the made-up firm: who is in the story, and what happens when."""

from __future__ import annotations

import datetime as dt
import heapq
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count

from trainer.assignments.upkeep import assign_person
from trainer.content.library import Content
from trainer.core.db import db, transaction
from trainer.learning.models import Enrollment
from trainer.organizations.actor import Actor
from trainer.organizations.queries import find_actor
from trainer.tools.demo import people, study
from trainer.tools.demo.names import SITES
from trainer.tools.demo.people import DAYS, DemoPerson

_PORTION = 30  # events of one transaction: whoever else writes waits no longer than a second or two

Act = Callable[[dt.datetime], None]


@dataclass
class TimelineEntry:
    """Where a person of the firm stands in the story."""

    person: DemoPerson
    user_id: uuid.UUID | None = None
    membership_id: uuid.UUID | None = None
    stay: int = 0
    """Counts comings and goings: what was planned in another stay doesn't happen."""


class Timeline:
    """The people of the firm, and the events planned for them."""

    def __init__(self, guards: int, content: Content, now: dt.datetime) -> None:
        self.content = content
        today = now.astimezone(dt.UTC).replace(hour=13, minute=0, second=0, microsecond=0)
        self.first_day = today - dt.timedelta(days=DAYS)
        self.sites = SITES[: max(3, min(len(SITES), guards // 12))]
        self.staff = [TimelineEntry(person) for person in people.staff(len(self.sites))]
        named = [people.bob(len(self.sites))]
        self.guards = [TimelineEntry(person) for person in named + people.guards(guards, len(self.sites))]
        self.firm_id = uuid.UUID(int=0)
        self._heap: list[tuple[dt.datetime, int, Act, bool]] = []
        self._count = count()

    def actor(self, entry: TimelineEntry) -> Actor:
        """Return someone as who acts in the firm."""
        assert entry.user_id is not None
        actor = find_actor(entry.user_id, self.firm_id)
        assert actor is not None
        return actor

    def open_course(self, entry: TimelineEntry, slug: str, now: dt.datetime) -> Enrollment:
        """Return the enrollment under way, or begin one, with what the firm requires.

        Outside the story upkeep sees to that within the hour. Here it is weeks apart: a renewal that began and ended in
        between would count for nothing.
        """
        assert entry.user_id is not None
        assert entry.membership_id is not None
        enrollment = study.open_course(entry.user_id, self.content.courses[slug], now)
        db.session.flush()
        assign_person(self.actor(self.staff[0]).organization, entry.membership_id, self.content.courses, now)
        return enrollment

    def plan(self, day: float, act: Act, *, is_upkeep: bool = False) -> None:
        """Let something happen on a day, counted from the first one; what would be today or later doesn't."""
        at = self.first_day + dt.timedelta(days=day)
        if day <= DAYS - 1:
            heapq.heappush(self._heap, (at, next(self._count), act, is_upkeep))

    def run(self) -> Iterator[dt.datetime]:
        """Let everything happen that was planned, many events a transaction; yield after each where time stands."""
        while self._heap:
            at, _number, act, is_upkeep = self._heap[0]
            if is_upkeep:
                heapq.heappop(self._heap)
                act(at)
            else:
                self._portion()
            db.session.expunge_all()
            yield at

    def plan_for(self, entry: TimelineEntry, day: float, act: Act) -> None:
        """Let something happen on a day unless the person has left, or is away, by then."""
        stay, away_from = entry.stay, entry.person.away_from

        def happen(now: dt.datetime) -> None:
            if entry.stay == stay:
                act(now)

        if away_from is None or day < away_from:
            self.plan(day + hour_of(entry), happen)

    def _portion(self) -> None:
        with transaction():
            for _event in range(_PORTION):
                if not self._heap or self._heap[0][3]:
                    return
                at, _number, act, _is_upkeep = heapq.heappop(self._heap)
                act(at)


def hour_of(entry: TimelineEntry) -> float:
    """Return a time of the working day, as a part of a day from its beginning."""
    return entry.person.rng.random() / 4
