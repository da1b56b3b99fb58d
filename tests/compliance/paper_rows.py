"""Rows of training status that were never stored, for papers and counts."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

from trainer.assignments.rules import Status
from trainer.compliance.rules import Row

DAY = dt.date(2026, 11, 26)
EMPTY = Row(
    membership_id=uuid4(),
    assignment_id=uuid4(),
    name="Bob Builder",
    employee_number="00417",
    job_title=None,
    teams=(),
    hired_on=None,
    requirement_id=uuid4(),
    requirement="For everyone, yearly",
    course="recognize",
    status=Status.NOT_STARTED,
    due_on=DAY,
    completed_on=None,
    serial=None,
    minutes=None,
    unapproved_state=None,
    waived_until=None,
)


def row(**changes: object) -> Row:
    """Return a row of someone else."""
    return Row(**{**EMPTY._asdict(), "membership_id": uuid4(), "assignment_id": uuid4(), **changes})
