"""Write what another system says of people: whether it is news, decided as a roster is, all of it or nothing.

Part of the operations; never commits.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import delete, select

from trainer.accounts.rules import clean_name
from trainer.core.audit import note
from trainer.core.db import db
from trainer.core.errors import Conflict, Invalid
from trainer.extras.api.given import NumberedPerson
from trainer.extras.api.models import PersonWrite
from trainer.extras.api.queries import get_token, list_numbered
from trainer.extras.api.records import WrittenPerson
from trainer.extras.api.rules import REMEMBERED, Result, refuse_instant
from trainer.organizations.actor import Actor
from trainer.organizations.invitations import invite_all
from trainer.organizations.models import Invitation
from trainer.organizations.queries import lock_organization
from trainer.roster.cells import LABELS, tidy
from trainer.roster.lines import RosterLine
from trainer.roster.names import is_same_name
from trainer.roster.plan import KnownPerson, RosterChoices, RosterEntry, RowOutcome
from trainer.roster.planning import Decided, decide_rows
from trainer.roster.rows import RosterTable
from trainer.roster.writing import ImportResult, write

_COLUMNS: Final = ("employee_number", "name", "email", "job_title", "teams", "hired_on", "ended_on")
_RESULTS: Final = {
    RowOutcome.NEW: Result.NEW,
    RowOutcome.RETURNED: Result.RETURNED,
    RowOutcome.CHANGED: Result.CHANGED,
    RowOutcome.LEAVES: Result.LEFT,
    RowOutcome.GONE: Result.UNCHANGED,
    RowOutcome.UNCHANGED: Result.UNCHANGED,
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why what was said of one person can't be written."""

    row: int
    """Which of the people that were sent, from 1."""
    employee_number: str
    words: LazyString
    clashes: bool
    """True if someone on the roster, or in another row, is in the way."""


class RefusedPeople(Exception):
    """Nothing was written, since some of it can't be."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__(len(refusals))
        self.refusals = refusals


@dataclass(frozen=True, slots=True)
class WriteOutcome:
    """What came of a request."""

    people: Sequence[WrittenPerson]
    new_teams: Sequence[str]


def write_person(actor: Actor, token_id: uuid.UUID, person: NumberedPerson, now: dt.datetime) -> WrittenPerson:
    """Write what is said of one person. Raises Invalid, and Conflict where someone on the roster is in the way."""
    try:
        return write_people(actor, token_id, [person], now).people[0]
    except RefusedPeople as refused:
        refusal = refused.refusals[0]
        raise (Conflict if refusal.clashes else Invalid)(refusal.words) from None


def write_people(actor: Actor, token_id: uuid.UUID, people: Sequence[NumberedPerson], now: dt.datetime) -> WriteOutcome:
    """Write what is said of people, or nothing: then RefusedPeople says of whom it can't be, and why."""
    lock_organization(actor)
    label = get_token(actor, token_id).label
    _refuse_odd(people, now)
    writes = _list_writes(actor, people)
    older = frozenset(
        row
        for row, person in enumerate(people, start=1)
        if (known := writes.get(person.employee_number)) and person.changed_at <= known.changed_at
    )
    news = [row for row in range(1, len(people) + 1) if row not in older]
    same = frozenset(row for row in news if people[row - 1].is_same_person)
    decided = decide_rows(actor, _table(people, news), RosterChoices(same=same), now)
    entries = {entry.line: entry for entry in decided.plan.entries}
    if refusals := [refusal for row in news if (refusal := _refuse(row, entries.get(row), people[row - 1], decided))]:
        raise RefusedPeople(refusals)
    written = write(actor, decided.plan, now, token=label)
    _note_all(actor, decided, written, label, now)
    for row in news:
        _note_write(actor, people[row - 1], writes, now)
    invited = _invite(actor, people, entries, written, now)
    ids = list_numbered(actor, {person.employee_number for person in people})
    return WriteOutcome(
        [_outcome(person, entries.get(row), ids, invited) for row, person in enumerate(people, start=1)],
        decided.plan.new_teams,
    )


def forget_writes(now: dt.datetime) -> None:
    """Delete what is older than a year: nothing older than that comes late."""
    db.session.execute(
        delete(PersonWrite)
        .where(PersonWrite.written_at < now - REMEMBERED)
        .execution_options(synchronize_session=False)
    )


def _refuse_odd(people: Sequence[NumberedPerson], now: dt.datetime) -> None:
    """Refuse a number that we would keep in another spelling, and a time at which nothing can have changed."""
    refusals = []
    for row, person in enumerate(people, start=1):
        number = person.employee_number
        kept = clean_name(tidy({"employee_number": number.strip()})["employee_number"])
        if not kept:
            words = _l("employee_number: this is missing.")
        elif kept != number:
            words = _l("employee_number: write it as “%(number)s”.", number=kept)
        elif refuse_instant(person.changed_at, now):
            words = _l(
                "changed_at: this is in the future or too long ago. Send the time at which it changed in your system."
            )
        else:
            continue
        refusals.append(Refusal(row, number, words, clashes=False))
    if refusals:
        raise RefusedPeople(refusals)


def _list_writes(actor: Actor, people: Sequence[NumberedPerson]) -> dict[str, PersonWrite]:
    query = select(PersonWrite).where(
        PersonWrite.organization_id == actor.organization_id,
        PersonWrite.employee_number.in_({person.employee_number for person in people}),
    )
    return {known.employee_number: known for known in db.session.scalars(query)}


def _table(people: Sequence[NumberedPerson], rows: Sequence[int]) -> RosterTable:
    """Return people as rows of a roster, each with its number."""
    lines = [RosterLine(row, tuple(_cell(getattr(people[row - 1], name)).strip() for name in _COLUMNS)) for row in rows]
    return RosterTable(lines, {name: index for index, name in enumerate(_COLUMNS)}, len(_COLUMNS), is_exact=True)


def _cell(value: str | dt.date | list[str] | None) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    return "\n".join(value) if isinstance(value, list) else value or ""


def _refuse(row: int, entry: RosterEntry | None, person: NumberedPerson, decided: Decided) -> Refusal | None:
    """Return why a row isn't written: for a roster's own reasons, or because nobody looks at a plan and confirms it."""
    number = person.employee_number
    if entry is None:  # a roster would put it together with an earlier row
        words = _l("employee_number: this person is in the request more than once. Send each person once.")
        return Refusal(row, number, words, clashes=True)
    holder = next((known for known in decided.known if known.is_here and known.employee_number == number), None)
    meant = next((known for known in decided.known if known.membership_id == entry.membership_id), None)
    same = meant or holder
    words = entry.problem
    if meant is not None and meant.employee_number not in {None, number}:
        words = _l(
            "the email address %(email)s belongs to %(name)s, who has the employee number %(number)s. "
            "Correct the address, or change the number on the person’s page first.",
            email=entry.email,
            name=meant.name,
            number=meant.employee_number,
        )
    elif same is not None and not person.is_same_person and (entry.old_name or _has_other_name(entry, same)):
        words = _l(
            "%(old)s would be renamed %(new)s. If that is the same person, send it again with "
            "“is_same_person”: true. Otherwise correct the number or the address.",
            old=same.name,
            new=entry.name,
        )
    elif entry.outcome is not RowOutcome.PROBLEM:
        return None
    assert words is not None
    return Refusal(entry.line, number, words, clashes=entry.clashes or entry.outcome is not RowOutcome.PROBLEM)


def _has_other_name(entry: RosterEntry, holder: KnownPerson) -> bool:
    """Return True if all that is wrong is that the number's holder has another name."""
    by_email = not entry.email or entry.email in holder.keys
    return entry.clashes and by_email and not is_same_name(entry.name, holder.name)


def _note_all(actor: Actor, decided: Decided, written: ImportResult, label: str, now: dt.datetime) -> None:
    """Record who was added or changed; `write` records who left."""
    for entry in decided.plan.entries:
        person_id = written.added.get(entry.line)
        if person_id is not None:
            _note(actor, "membership.made", person_id, entry, label, now)
        elif entry.outcome is RowOutcome.CHANGED and entry.membership_id is not None:
            changed = [name for name, words in LABELS.items() if any(change.label is words for change in entry.changes)]
            _note(actor, "membership.changed", entry.membership_id, entry, label, now, changed=", ".join(changed))


def _note(
    actor: Actor, act: str, person_id: uuid.UUID, entry: RosterEntry, label: str, now: dt.datetime, **details: str
) -> None:
    note(
        act,
        now,
        actor_id=actor.user_id,
        organization_id=actor.organization_id,
        subject_id=person_id,
        name=entry.name,
        token=label,
        **details,
    )


def _note_write(actor: Actor, person: NumberedPerson, writes: dict[str, PersonWrite], now: dt.datetime) -> None:
    known = writes.get(person.employee_number)
    if known is None:
        known = PersonWrite(organization_id=actor.organization_id, employee_number=person.employee_number)
        db.session.add(known)
    known.changed_at, known.written_at = person.changed_at, now


def _invite(
    actor: Actor,
    people: Sequence[NumberedPerson],
    entries: dict[int, RosterEntry],
    written: ImportResult,
    now: dt.datetime,
) -> dict[uuid.UUID, bool]:
    """Invite those for whom it was asked; return for each of them whether it was done."""
    asked = [
        person_id
        for row, entry in entries.items()
        if people[row - 1].invite and entry.gets_mail and (person_id := _person_id(entry, written))
    ]
    if not asked:
        return {}
    invite_all(actor, asked, now)
    query = select(Invitation.membership_id).where(
        Invitation.organization_id == actor.organization_id,
        Invitation.membership_id.in_(asked),
        Invitation.created_at == now,
    )
    invited = set(db.session.scalars(query))
    return {person_id: person_id in invited for person_id in asked}


def _person_id(entry: RosterEntry, written: ImportResult) -> uuid.UUID | None:
    return written.added.get(entry.line) or entry.membership_id


def _outcome(
    person: NumberedPerson, entry: RosterEntry | None, ids: dict[str, uuid.UUID], invited: dict[uuid.UUID, bool]
) -> WrittenPerson:
    person_id = (entry.membership_id if entry else None) or ids.get(person.employee_number)
    is_invited = invited.get(person_id) if person_id else None
    if entry is None:
        notes = [_("A write that is as new or newer was applied before. This one changed nothing.")]
    else:
        notes = [str(words) for words in (*entry.warnings, *entry.reasons)]
    if is_invited is False:
        notes.append(
            _("No invitation was sent: one went out less than a day ago, or the firm has reached today’s limit.")
        )
    return WrittenPerson(
        employee_number=person.employee_number,
        result=_RESULTS[entry.outcome] if entry else Result.SUPERSEDED,
        person_id=person_id,
        is_invited=bool(is_invited),
        notes=notes,
    )
