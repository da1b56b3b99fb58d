"""Active time: signed marks of which page was opened when, and what they credit when they come back. Never commits."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from trainer.content.library import Lesson
from trainer.core.signing import sign, unsign
from trainer.learning.models import Enrollment
from trainer.learning.operations import note_begun
from trainer.learning.rules import Begun, credit, slowest_reading

_PURPOSE = "opened-at"


class Opened(NamedTuple):
    """A page that someone was served, and when."""

    page: str
    at: dt.datetime


def opened_mark(enrollment: Enrollment | Begun, page: str, now: dt.datetime) -> str:
    """Return a mark that says when this learner opened a page. `page`: the id of a lesson, or what names it else."""
    return sign(_PURPOSE, [enrollment.id.hex, page, int(now.timestamp())])


def read_mark(enrollment: Enrollment, mark: str | None) -> Opened | None:
    """Return which page was opened when, or None if the mark is missing, forged or someone else's."""
    value = unsign(_PURPOSE, mark) if mark else None
    match value:
        case [str(owner), str(page), int(seconds)] if owner == enrollment.id.hex:
            return Opened(page, dt.datetime.fromtimestamp(seconds, dt.UTC))
    return None


def credit_activity(enrollment: Enrollment, opened_at: dt.datetime, longest: dt.timedelta, now: dt.datetime) -> None:
    """Credit the time a page was open, capped, each second once."""
    seconds, until = credit(opened_at, now, longest, enrollment.active_until)
    enrollment.active_seconds += seconds
    enrollment.active_until = until
    if seconds:
        note_begun(enrollment, now)


def credit_reading(
    enrollment: Enrollment, lesson: Lesson, mark: str | None, longest: dt.timedelta, now: dt.datetime
) -> None:
    """Credit the time that the page of a lesson was open, if the mark says that it was served to this learner.

    In all, a lesson counts for at most what reading it slowly takes, however often and wherever it is open.
    """
    opened = read_mark(enrollment, mark)
    if opened is None or opened.page != lesson.id:
        return
    before, kept = enrollment.active_seconds, enrollment.read_seconds.get(lesson.id, 0)
    credit_activity(enrollment, opened.at, longest, now)
    counted = min(enrollment.active_seconds - before, max(0, slowest_reading(lesson.file.minutes) - kept))
    enrollment.active_seconds = before + counted
    enrollment.read_seconds = {**enrollment.read_seconds, lesson.id: kept + counted}
