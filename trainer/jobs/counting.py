"""Count what many people said of each scene, so that pages of figures need not look at a single answer."""

from __future__ import annotations

from collections.abc import Iterator

from trainer.assessment.counting import Counts, count_portion, write
from trainer.core.clock import now
from trainer.core.db import db, transaction


def count_answers() -> Iterator[None]:
    """Count all answers again, a portion of people at a time, and write the counts in one short transaction."""
    counts, is_begun, after = Counts(), False, None
    while after is not None or not is_begun:
        after, is_begun = count_portion(counts, after), True
        db.session.rollback()
        yield
    with transaction():
        write(counts, now())
    yield
