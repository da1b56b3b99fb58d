"""Where someone stands, and whom a requirement is for, said once more and otherwise."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from trainer.assignments.rules import Audience, CoveringCredential, Duty, Group, Recorded, Terms

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


def covered_days(completion: CoveringCredential, terms: Terms) -> Iterator[dt.date]:
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


def recorded_days(recorded: Recorded, terms: Terms) -> Iterator[dt.date]:
    """Yield each day that a training recorded by the firm covers, from its own on."""
    titles = terms.earlier_keys
    counts = titles is not None and (len(titles) == 0 or recorded.title_key in titles)
    end = later_by_months(recorded.completed_on, terms.cadence_months)
    day = recorded.completed_on
    while counts and terms.least_minutes <= recorded.minutes and day <= end:
        yield day
        day += DAY


def stands(duty: Duty, today: dt.date) -> str:
    """Return the status."""
    if duty.waived_until and today <= duty.waived_until:
        return "waived"
    days = {day for one in duty.completions for day in covered_days(one, duty.terms)}
    days |= {day for each in duty.recorded for day in recorded_days(each, duty.terms)}
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


@dataclass(frozen=True)
class Person:
    """What a firm's roster says of someone."""

    teams: frozenset[UUID]
    job_title: str | None
    role: str
    hired_on: dt.date | None
    listed_on: dt.date
    has_left: bool = False


def is_meant(audience: Audience, person: Person) -> bool:
    """Return whether a requirement is for someone."""
    if person.has_left or any(_answers(audience.exceptions, person)):
        return False
    answers = _answers(audience.chosen, person)
    if audience.hired_since:
        answers.append(audience.hired_since <= (person.hired_on or person.listed_on))
    if not answers:
        return True
    return answers.count(True) >= (1 if audience.match == "any" else len(answers))


def _answers(group: Group, person: Person) -> list[bool]:
    answers = []
    if group.teams:
        answers.append(len(group.teams & person.teams) > 0)
    if group.job_titles:
        answers.append(bare(person.job_title or "") in {bare(title) for title in group.job_titles})
    if group.roles:
        answers.append(any(person.role == role for role in group.roles))
    return answers


def bare(title: str) -> str:
    """Return a job title without accents, capitals and blanks that don't tell words apart."""
    letters = [char for char in unicodedata.normalize("NFD", title) if unicodedata.category(char) != "Mn"]
    return " ".join("".join(letters).upper().split())
