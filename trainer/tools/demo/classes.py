"""Two classes of the made-up firm, taught in person by Ines: one is over, one is under way."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from functools import partial

from trainer.core.feature import ask_extra
from trainer.instructing.operations import CohortFacts, join, make_cohort
from trainer.instructing.queries import TeachingContext, find_context, list_members
from trainer.tools.demo import study
from trainer.tools.demo.people import DAYS
from trainer.tools.demo.timeline import Timeline, TimelineEntry

COURSE = "recognize"
_PEOPLE = 14
_MEETINGS = 4

Sit = Callable[[TimelineEntry, str, dt.datetime], None]
"""How someone takes the final of a course."""


def plan(story: Timeline, sit: Sit) -> None:
    """Plan both."""
    Class(story, sit, "First class, Harbor Mall", DAYS - 160, meetings=_MEETINGS, shows_answers=False).plan(0)
    Class(story, sit, "Second class, Dispatch", DAYS - 20, meetings=2, shows_answers=True).plan(1)


class Class:
    """A class, from its first day on; a meeting each week."""

    def __init__(
        self, story: Timeline, sit: Sit, title: str, first_day: int, *, meetings: int, shows_answers: bool
    ) -> None:
        self.story, self.sit, self.title, self.first_day, self.meetings = story, sit, title, first_day, meetings
        self.shows_answers = shows_answers
        self.cohort_id, self.code = uuid.UUID(int=0), ""
        self.entries: Sequence[TimelineEntry] = ()

    def plan(self, place: int) -> None:
        """Plan the class; `place` tells the two apart, so that nobody is in both."""
        plan = self.story.plan
        plan(self.first_day, self._make)
        plan(self.first_day + 0.02, partial(self._fill, place))
        for number in range(self.meetings):
            plan(self.first_day + 1.1 + 7 * number, partial(self._meet, number))

    def _desk(self) -> TeachingContext:
        user_id = self.story.staff[2].user_id
        assert user_id is not None
        context = find_context(user_id, self.cohort_id)
        assert context is not None
        return context

    def _make(self, now: dt.datetime) -> None:
        ines = self.story.actor(self.story.staff[2])
        facts = CohortFacts(
            self.title, ines.membership.name, now.date(), now.date() + dt.timedelta(days=60), 20, self.shows_answers
        )
        cohort = make_cohort(ines.user_id, ines, COURSE, facts, self.story.content.courses, now)
        self.cohort_id, self.code = cohort.id, cohort.code

    def _fill(self, place: int, now: dt.datetime) -> None:
        guards = [guard for guard in self.story.guards[1:] if guard.stay == 1 and guard.person.number % 2 == place]
        self.entries = [guard for guard in guards if guard.person.away_from is None][:_PEOPLE]
        for entry in self.entries:
            assert entry.user_id is not None
            join(entry.user_id, self.code, entry.person.name, self.story.content.courses, now)

    def _meet(self, number: int, now: dt.datetime) -> None:
        """Teach some lessons to nearly all. Then people practice, and after the last meeting take the final."""
        context, course = self._desk(), self.story.content.courses[COURSE]
        first, after = (len(course.lessons) * meeting // _MEETINGS for meeting in (number, number + 1))
        lessons = [lesson.id for lesson in course.lessons[first:after]]
        absent = {guard.user_id for guard in self.entries if guard.person.rng.random() < 0.12}
        there = [member.id for member in list_members(context.cohort) if member.user_id not in absent]
        ask_extra("teach_in_person", context, lessons, there, course, now)
        for entry in self.entries:
            rng = entry.person.rng
            if rng.random() < 0.6:
                self._plan(entry, now, rng.randint(1, 5), partial(self._practice, entry))
            if number == _MEETINGS - 1:
                self._plan(entry, now, rng.randint(6, 20), partial(self.sit, entry, COURSE))

    def _plan(self, entry: TimelineEntry, now: dt.datetime, days: int, act: partial[None]) -> None:
        self.story.plan_for(entry, (now - self.story.first_day).days + days, act)

    def _practice(self, entry: TimelineEntry, now: dt.datetime) -> None:
        study.practice(entry.person, self.story.open_course(entry, COURSE, now), self.story.content, now)
