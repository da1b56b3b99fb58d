"""Count what large classes said, so that their pages need not look at a single answer."""

from __future__ import annotations

from collections.abc import Iterator

from trainer.content.serving import served
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.instructing.figures import count_large, next_cohort


def count_classes() -> Iterator[None]:
    """Count one class after the other."""
    cohort_id = None
    while True:
        with transaction():
            cohort = next_cohort(cohort_id)
            if cohort is None:
                return
            cohort_id = cohort.id
            count_large(cohort, served(), now())
        yield
