"""What a class said, counted: at once for most classes, by the worker for those with very many answers."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Final

from pydantic import TypeAdapter
from sqlalchemy import func, select

from trainer.assessment.models import Attempt
from trainer.assessment.rules import Kind
from trainer.content.library import Content
from trainer.core.db import db
from trainer.instructing.gain import Gain, count_gain
from trainer.instructing.misreads import Counted, count_misreads
from trainer.instructing.models import ClassFigures, Cohort
from trainer.instructing.queries import users_of

AT_ONCE: Final = 2_000
"""Scenes shown to a class; with more of them, a page would take too long to count."""
_COUNTED: Final = (Kind.PRACTICE, Kind.FINAL, Kind.PRETEST, Kind.FOLLOW_UP)


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares by kind of scene, and what changed. Never who said what."""

    misreads: list[Counted]
    gain: Gain
    counted_at: dt.datetime | None = None
    """When the worker counted; None if it was a moment ago."""


_FIGURES: Final = TypeAdapter(Figures)


def find_figures(cohort: Cohort, content: Content) -> Figures | None:
    """Return a class's figures, or None if there are so many answers that the worker counts them, and hasn't yet."""
    if weigh(cohort) <= AT_ONCE:
        return Figures(count_misreads(cohort, content), count_gain(cohort))
    kept = db.session.get(ClassFigures, cohort.id)
    return _FIGURES.validate_python(kept.figures) if kept else None


def weigh(cohort: Cohort) -> int:
    """Return how many scenes the people of a class were shown, before joining too."""
    shown = select(func.sum(Attempt.scenes)).where(
        Attempt.user_id.in_(users_of(cohort)), Attempt.course == cohort.course, Attempt.kind.in_(_COUNTED)
    )
    return db.session.scalar(shown) or 0


def next_cohort(after: uuid.UUID | None) -> Cohort | None:
    """Return the class to look at after another, of those that aren't archived."""
    query = select(Cohort).where(Cohort.archived_at.is_(None)).order_by(Cohort.id).limit(1)
    return db.session.scalar(query.where(Cohort.id > after) if after else query)


def count_large(cohort: Cohort, content: Content, now: dt.datetime) -> None:
    """Count what a large class said, if it has said more since the last time. Never commits."""
    weight, kept = weigh(cohort), db.session.get(ClassFigures, cohort.id)
    is_fresh = kept is not None and kept.weight == weight and now - kept.counted_at < dt.timedelta(days=1)
    if weight <= AT_ONCE or is_fresh:
        return
    figures = Figures(count_misreads(cohort, content), count_gain(cohort), now)
    if kept is None:
        kept = ClassFigures(cohort_id=cohort.id)
        db.session.add(kept)
    kept.counted_at, kept.weight, kept.figures = now, weight, _FIGURES.dump_python(figures, mode="json")
