"""Where someone stands, said once more and otherwise: by walking the calendar day by day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from trainer.assignments.rules import Completion, Duty, Terms

DAY = dt.timedelta(days=1)


def later_by_months(day: dt.date, months: int) -> dt.date:
    """Step from month to month by first days, then forward to the day, and back to the last there is."""
    first = day.replace(day=1)
    for _month in range(months):
        first = (first + 31 * DAY).replace(day=1)
    found = first
    for _step in range(day.day - 1):
        if (found + DAY).month != first.month:
            break
        found += DAY
    return found


def covered_days(completion: Completion, terms: Terms) -> Iterator[dt.date]:
    """Yield each day that a completion covers, from its issue on."""
    counts = completion.minutes >= terms.least_minutes and not completion.is_revoked
    if terms.is_paced and not completion.is_paced:
        counts = False
    if terms.needs_attestation and not completion.is_attested:
        counts = False
    if completion.is_tested_out and not terms.allows_test_out:
        counts = False
    end = later_by_months(completion.issued_on, terms.cadence_months)
    day = completion.issued_on
    while counts and day <= end and day <= completion.valid_until:
        yield day
        day += DAY


def stands(duty: Duty, today: dt.date) -> str:
    """Return the status."""
    if duty.waived_until and today <= duty.waived_until:
        return "waived"
    days = {day for one in duty.completions for day in covered_days(one, duty.terms)}
    if days:
        if not [day for day in days if day >= today]:
            return "expired"
        window = min(30, duty.terms.renewal_days)
        return "current" if any(day > today + window * DAY for day in days) else "due_soon"
    if today > duty.first_due_on:
        return "overdue"
    if today + 30 * DAY >= duty.first_due_on:
        return "due_soon"
    return "in_progress" if duty.has_begun else "not_started"
