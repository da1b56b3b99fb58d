"""What the worker does for an evidence pack: its hash is recorded before anyone can get it."""

from __future__ import annotations

import datetime as dt

from trainer.core.db import transaction
from trainer.core.work import Job
from trainer.extras.packs import making
from trainer.extras.packs.operations import record_manifest


def make_pack(job: Job, now: dt.datetime) -> tuple[int, int]:
    """Work on a pack for a slice; return (steps done, steps in all)."""
    done, total = making.advance(job, now)
    if done == total:
        made = making.read_made(job)
        with transaction():
            record_manifest(job, made)
    return done, total
