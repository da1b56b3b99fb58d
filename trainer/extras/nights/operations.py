"""Starting a practice shift and a rare shift. Never commits."""

from __future__ import annotations

import datetime as dt

from trainer.assessment.drawn import DrawableItem, item_of, keep
from trainer.assessment.models import Attempt
from trainer.assessment.operations import ungraded
from trainer.assessment.queries import find_open_attempt
from trainer.assessment.rules import Kind
from trainer.content.library import Content, Course
from trainer.core import chance
from trainer.core.errors import NotFound
from trainer.extras.nights.events import payload_of
from trainer.extras.nights.rare import draw_night
from trainer.learning.models import Enrollment


def start_shift(
    enrollment: Enrollment, course: Course, content: Content, now: dt.datetime, name: str | None = None
) -> Attempt:
    """Start a practice shift of a course, or return the one under way. Raises NotFound if it has none of this name.

    `name`: of the shift; None for the first one.
    """
    under_way = find_open_attempt(enrollment.id, Kind.SHIFT)
    if under_way is not None:
        return under_way
    name = name or next(iter(course.shifts), None)
    if name is None or name not in course.shifts:
        raise NotFound
    scenes = [content.scenarios[scene] for scene in course.shifts[name].scenes]
    attempt = ungraded(enrollment, Kind.SHIFT, len(scenes), now)
    attempt.rule = {"shift": name}
    return keep(attempt, [item_of(scene) for scene in scenes], now)


def start_rare(enrollment: Enrollment, course: Course, content: Content, now: dt.datetime) -> Attempt:
    """Start a rare shift of a course, or return the one under way. Raises NotFound if it has none."""
    under_way = find_open_attempt(enrollment.id, Kind.RARE)
    if under_way is not None:
        return under_way
    if course.rare is None:
        raise NotFound
    bank = [payload_of(event, course.rare, content) for event in course.rare.events]
    night = draw_night(bank, course.rare.number, course.rare.worrying_at_most, chance.rng)
    attempt = ungraded(enrollment, Kind.RARE, len(night), now)
    return keep(attempt, [DrawableItem(f"{course.slug}/{event.scenario}", event.digest, event) for event in night], now)
