"""Make the copy of someone's data, and tell them once it is there."""

from __future__ import annotations

import datetime as dt

from trainer.core.db import transaction
from trainer.core.work import Job
from trainer.privacy import copies


def advance(job: Job, now: dt.datetime) -> tuple[int, int]:
    """Work on a copy for a slice; return (steps done, steps in all)."""
    done, total = copies.advance(job, now)
    if done == total:
        with transaction():
            copies.tell_ready(job, now)
    return done, total
