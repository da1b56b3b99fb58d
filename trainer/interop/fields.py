"""What is given out under /api/v1: here is all of it, field by field. `openapi.py` describes each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from trainer.compliance.rules import Row
from trainer.credentials.models import Credential
from trainer.credentials.rules import disclaimer, show_serial, status
from trainer.organizations.models import Membership

Fields = dict[str, Any]


def person(one: Membership, teams: Sequence[str]) -> Fields:
    """Return someone on the roster, as the firm wrote it."""
    return {
        "id": str(one.id),
        "name": one.name,
        "email": one.email,
        "employee_number": one.employee_number,
        "job_title": one.job_title,
        "teams": list(teams),
        "role": one.role,
        "hired_on": _day(one.hired_on),
        "ended_on": _day(one.ended_on),
        "has_joined": one.user_id is not None,
    }


def assignment(row: Row) -> Fields:
    """Return one person's duty and where they stand: what the page and its exports say."""
    return {
        "id": str(row.assignment_id),
        "person_id": str(row.membership_id),
        "name": row.name,
        "employee_number": row.employee_number,
        "job_title": row.job_title,
        "teams": list(row.teams),
        "hired_on": _day(row.hired_on),
        "requirement_id": str(row.requirement_id),
        "requirement": row.requirement,
        "course": row.course,
        "status": row.status.value,
        "is_only_trained": row.is_only_trained,
        "due_on": row.due_on.isoformat(),
        "completed_on": _day(row.completed_on),
        "serial": show_serial(row.serial) if row.serial else None,
        "active_minutes": row.minutes,
        "waived_until": _day(row.waived_until),
        "note": disclaimer(row.unapproved_state) if row.unapproved_state else None,
    }


def completion(one: Membership, earned: Credential) -> Fields:
    """Return that a person completed a course once."""
    return {
        "person_id": str(one.id),
        "name": one.name,
        "employee_number": one.employee_number,
        "course": earned.course,
        "course_title": earned.course_title,
        "course_version": earned.course_version,
        "started_on": earned.started_on.isoformat(),
        "completed_on": earned.issued_on.isoformat(),
        "active_minutes": earned.minutes,
        "is_attested": earned.is_attested,
        "is_paced": earned.is_paced,
        "serial": show_serial(earned.serial),
    }


def credential(earned: Credential, base_url: str, today: dt.date) -> Fields:
    """Return a certificate's facts, as its public page shows them, and its status."""
    serial = show_serial(earned.serial)
    return {
        "serial": serial,
        "holder_name": earned.holder_name,
        "course": earned.course,
        "course_title": earned.course_title,
        "issued_on": earned.issued_on.isoformat(),
        "valid_until": earned.valid_until.isoformat(),
        "status": status(
            valid_until=earned.valid_until,
            revoked_at=earned.revoked_at,
            is_superseded=earned.superseded_by_id is not None,
            today=today,
        ).value,
        "revoked_on": _day(earned.revoked_at.date() if earned.revoked_at else None),
        "verify_url": f"{base_url}/verify/{serial}",
        "note": " ".join(map(disclaimer, earned.unapproved_states)) or None,
    }


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
