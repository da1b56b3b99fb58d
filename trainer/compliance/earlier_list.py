"""A list of trainings that people took elsewhere: what each row would do, decided before anything is written."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import or_, select

from trainer.accounts.rules import clean_name, email_key
from trainer.assignments.earlier import TrainingFacts, day_problem, length_problem
from trainer.assignments.earlier_queries import list_keys
from trainer.assignments.models import LONGEST_REASON
from trainer.core.db import db
from trainer.core.errors import Invalid
from trainer.organizations.actor import Actor
from trainer.organizations.models import Membership
from trainer.organizations.queries import seen_by
from trainer.organizations.rules import fold
from trainer.roster.days import DayReading, find_order, read_day
from trainer.roster.headings import HEADINGS_WITHIN, bare, has_social_security, known_as
from trainer.roster.lines import RosterLine
from trainer.roster.reading import Listing, decode_cell

EXAMPLE: Final = "employee number, name, training, provider, completed on, hours"
MOST_ROWS: Final = 1000
LONGEST: Final = 120
_COLUMNS: Final[dict[str, str]] = {
    "title": "training, training title, training name, title, course, course title, course name, class, topic, "
    "curso, capacitacion",
    "issuer": "provider, training provider, issuer, issued by, school, vendor, given by, trainer, proveedor, escuela",
    "completed_on": "completed on, completed, completion date, date completed, training date, date of training, date, "
    "day, completed date, fecha, fecha de capacitacion",
    "hours": "hours, hrs, duration, length, training hours, credit hours, horas, duracion",
    "note": "note, notes, comment, comments, remarks, nota",
}
_KNOWN: Final = {word: name for name, words in _COLUMNS.items() for word in words.split(", ")}
_OF_PERSON: Final = ("employee_number", "email", "name", "first", "last")
_NEEDED: Final[dict[str, LazyString]] = {
    "title": _l("training"),
    "issuer": _l("provider"),
    "completed_on": _l("completed on"),
    "hours": _l("hours"),
}
_HOURS: Final = re.compile(r"(\d{1,4})(?:[.,](\d{1,3}))?\s*(?:h|hr|hrs|hours?|horas?)?\.?", re.IGNORECASE)
_CLOCK: Final = re.compile(r"(\d{1,3}):([0-5]\d)(?::00)?")
_UNSHOWN: Final = re.compile("[\0-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class EarlierOutcome(StrEnum):
    """What importing a row would do."""

    PROBLEM = "problem"
    NEW = "new"
    SAME = "same"  # recorded already, or the same as a row above


@dataclass(frozen=True, slots=True)
class EarlierEntry:
    """A row and its outcome."""

    line: int
    outcome: EarlierOutcome
    name: str
    """As on the roster, or else as in the list."""
    cells: Mapping[str, str]
    reason: LazyString | None = None
    """For a problem: what is wrong and what to do. For a duplicate: of what."""
    warning: LazyString | None = None
    membership_id: UUID | None = None
    facts: TrainingFacts | None = None


@dataclass(frozen=True, slots=True)
class EarlierPlan:
    """What importing a list would do."""

    entries: Sequence[EarlierEntry]

    def of(self, outcome: EarlierOutcome) -> list[EarlierEntry]:
        """Return the rows with an outcome."""
        return [entry for entry in self.entries if entry.outcome is outcome]

    @property
    def rows(self) -> list[tuple[UUID, TrainingFacts]]:
        """What would be recorded."""
        return [
            (entry.membership_id, entry.facts)
            for entry in self.of(EarlierOutcome.NEW)
            if entry.membership_id and entry.facts
        ]

    @property
    def text(self) -> str:
        """The list as it was read, so that it can be sent again with the confirmation."""
        names = ["employee_number", "email", "name", *_COLUMNS]
        file = io.StringIO()
        writer = csv.writer(file)
        writer.writerow(["employee number", "email", "name", *(words.split(", ")[0] for words in _COLUMNS.values())])
        writer.writerows([entry.cells.get(name, "") for name in names] for entry in self.entries)
        return file.getvalue()

    @property
    def digest(self) -> str:
        """What was shown, which is what gets confirmed."""
        told = [(entry.outcome, str(entry.membership_id), str(entry.facts)) for entry in self.entries]
        return hashlib.sha256(repr(told).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _ListedPerson:
    id: UUID
    name: str
    number: str | None
    key: str | None
    has_left: bool


def decide(actor: Actor, listing: Listing, today: dt.date) -> EarlierPlan:
    """Return what each row would do, against the roster that the actor sees and what is recorded. Raises Invalid for
    what isn't such a list."""
    sheet = next((sheet for sheet in listing.sheets if sheet.lines), listing.sheets[0])
    if sheet.refusal is not None:
        raise sheet.refusal
    row, columns = _find_headings(sheet.lines)
    rows = [(line.number, _cells(line, columns, listing.coding)) for line in sheet.lines[row + 1 :]]
    if not rows:
        raise Invalid(_l("There are headings but no rows below them. Add a row for each training."))
    if len(rows) > MOST_ROWS:
        raise Invalid(_l("There are more than %(most)s rows. Send the list in parts.", most=f"{MOST_ROWS:,}"))
    reading = find_order(
        [cells["completed_on"] for _number, cells in rows], sheet.lines[row].cells[columns["completed_on"]]
    )
    if not reading.is_sure:
        raise Invalid(
            _l("A date such as %(day)s could mean two days. Write dates like 2026-11-23.", day=reading.example)
        )
    # From here on a day is written so that it is the same day without the heading, in `EarlierPlan.text` as well.
    rows = [(line, cells | {"completed_on": _plain_day(cells["completed_on"], reading, today)}) for line, cells in rows]
    return EarlierPlan(_decide_rows(actor, rows, today))


def _plain_day(text: str, reading: DayReading, today: dt.date) -> str:
    try:
        return read_day(text, today, reading.order).isoformat()
    except ValueError:
        return text


def _find_headings(lines: Sequence[RosterLine]) -> tuple[int, dict[str, int]]:
    """Return the row of headings, and which column holds what."""
    best: tuple[int, dict[str, int]] = (0, {})
    for index, line in enumerate(lines[:HEADINGS_WITHIN]):
        columns: dict[str, int] = {}
        for place, heading in enumerate(line.cells):
            meaning = _KNOWN.get(bare(heading)) or known_as(heading)[0]
            if meaning in _COLUMNS or meaning in _OF_PERSON:
                columns.setdefault(meaning, place)
        if len(columns) > len(best[1]):
            best = index, columns
    lacking = [str(word) for name, word in _NEEDED.items() if name not in best[1]]
    if not {"employee_number", "email"} & best[1].keys():
        lacking.insert(0, str(_l("employee number or email")))
    if lacking:
        raise Invalid(
            _l(
                "These columns are missing or have headings we don’t know: %(lacking)s. Start with a row such "
                "as: %(example)s.",
                lacking=", ".join(lacking),
                example=EXAMPLE,
            )
        )
    return best


def _cells(line: RosterLine, columns: Mapping[str, int], coding: str) -> dict[str, str]:
    cells = {name: line.cells[place] if place < len(line.cells) else "" for name, place in columns.items()}
    cells = {name: clean_name(decode_cell(cell, coding) if coding else cell) for name, cell in cells.items()}
    if "name" not in cells:
        cells["name"] = " ".join(cells.get(name, "") for name in ("first", "last")).strip()
    return cells


def _decide_rows(actor: Actor, rows: Sequence[tuple[int, dict[str, str]]], today: dt.date) -> list[EarlierEntry]:
    people = _list_people(actor, [cells for _line, cells in rows])
    by_number = {person.number: person for person in people if person.number}
    by_key = {person.key: person for person in people if person.key}
    recorded = list_keys([person.id for person in people])
    above: dict[tuple[UUID, str, dt.date], int] = {}
    entries = []
    for line, cells in rows:
        person, problem = _match(cells, by_number, by_key)
        facts, trouble = _read(cells, today)
        if person is None or facts is None:
            entries.append(
                EarlierEntry(
                    line, EarlierOutcome.PROBLEM, person.name if person else cells["name"], cells, problem or trouble
                )
            )
            continue
        key = (person.id, *facts.key)
        same = None
        if facts.key in recorded.get(person.id, {}):
            same = _l("Already recorded.") if recorded[person.id][facts.key] else _l("Already waiting for approval.")
        elif key in above:
            same = _l("The same as row %(row)s.", row=above[key])
        above.setdefault(key, line)
        is_other = cells["name"] and fold(cells["name"]) != fold(person.name)
        warning = _l("The list says “%(name)s.” Is that the same person?", name=cells["name"]) if is_other else None
        outcome = EarlierOutcome.NEW if same is None else EarlierOutcome.SAME
        entries.append(EarlierEntry(line, outcome, person.name, cells, same, warning, person.id, facts))
    return entries


def _list_people(actor: Actor, rows: Sequence[Mapping[str, str]]) -> list[_ListedPerson]:
    """Return which people whom the actor sees have one of the numbers or addresses; those who left come first."""
    numbers = {cells["employee_number"] for cells in rows if cells.get("employee_number")}
    keys = {key for cells in rows if (key := email_key(cells.get("email", "")))}
    query = select(
        Membership.id, Membership.name, Membership.employee_number, Membership.email_key, Membership.ended_at
    ).where(seen_by(actor), or_(Membership.employee_number.in_(numbers), Membership.email_key.in_(keys)))
    people = [_ListedPerson(row[0], row[1], row[2], row[3], row[4] is not None) for row in db.session.execute(query)]
    return sorted(people, key=lambda person: not person.has_left)


def _match(
    cells: Mapping[str, str], by_number: Mapping[str, _ListedPerson], by_key: Mapping[str, _ListedPerson]
) -> tuple[_ListedPerson | None, LazyString | None]:
    """Return whom a row means, or what is wrong with it."""
    number, address = cells.get("employee_number", ""), cells.get("email", "")
    if not number and not address:
        return None, _l("There’s no employee number and no email address. Fill in one of them.")
    key = email_key(address) if address else None
    if address and key is None:
        return None, _l("“%(address)s” isn’t an email address. Correct it or leave it empty.", address=address)
    first, second = by_number.get(number), by_key.get(key) if key else None
    if (number and first is None) or (key and second is None):
        is_number = number and first is None
        return None, _l(
            "Nobody you can see on the firm’s roster has “%(given)s.” Correct it, or add the person first.",
            given=number if is_number else address,
        )
    if first is not None and second is not None and first.id != second.id:
        return None, _l(
            "The employee number and the email address belong to two different people. Correct one of them."
        )
    person = first or second
    if person is not None and person.has_left:
        return None, _l("%(name)s has left the firm. Take this row out.", name=person.name)
    return person, None


def _read(cells: Mapping[str, str], today: dt.date) -> tuple[TrainingFacts | None, LazyString | None]:
    """Return the training that a row describes, or what is wrong with it."""
    for name, word in _NEEDED.items():
        if not cells[name]:
            return None, _l("The cell under “%(column)s” is empty. Fill it in.", column=word)
    texts = [cells["title"], cells["issuer"], cells.get("note", "")]
    if any(_UNSHOWN.search(text) for text in texts) or has_social_security(texts):
        return None, _l("A cell has a character that can’t be shown, or a Social Security number. Take it out.")
    if len(cells["title"]) > LONGEST or len(cells["issuer"]) > LONGEST or len(texts[2]) > LONGEST_REASON:
        return None, _l(
            "A text is too long. Training and provider can each have at most %(most)s characters.", most=LONGEST
        )
    try:
        day = read_day(cells["completed_on"], today)
    except ValueError:
        return None, _l("“%(day)s” isn’t a date. Write it like 2026-11-23.", day=cells["completed_on"][:60])
    minutes = read_hours(cells["hours"])
    if minutes is None:
        return None, _l("“%(hours)s” isn’t a number of hours. Write it like 8 or 1.5.", hours=cells["hours"][:60])
    problem = day_problem(day, today) or length_problem(minutes)
    if problem is not None:
        return None, problem
    return TrainingFacts(cells["title"], cells["issuer"], day, minutes, texts[2] or None), None


def read_hours(text: str) -> int | None:
    """Return the minutes that a number of hours means, such as 8, 1.5, 1,5 h or 1:30, or None."""
    if match := _CLOCK.fullmatch(text.strip()):
        return 60 * int(match[1]) + int(match[2])
    if match := _HOURS.fullmatch(text.strip()):
        return round(60 * float(f"{match[1]}.{match[2] or 0}"))
    return None
