"""What becomes of each row of a roster: new, changed, unchanged, returned, or a problem with its reason. Pure."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Final
from uuid import UUID

from trainer.accounts.rules import clean_name, email_key, is_printable_name
from trainer.core.errors import Invalid
from trainer.joining.sheets import Line
from trainer.organizations.models import LONGEST_NAME, LONGEST_NUMBER, LONGEST_TITLE
from trainer.organizations.rules import Role, fold

MOST_TEAMS: Final = 20
"""Teams that one person can be put into."""
FIRST_DAY: Final = dt.date(1940, 1, 1)
EXAMPLE: Final = "name, e-mail, job title, employee number, hired on, teams"

_COLUMNS: Final = {
    "name": "name, full name, employee, employee name, person, worker",
    "first": "first name, first, given name, forename",
    "last": "last name, last, surname, family name",
    "email": "email, e mail, email address, e mail address, mail, work email, work e mail",
    "job_title": "job title, title, position, job",
    "employee_number": "employee number, employee no, employee id, number, id, no, staff number, badge, badge number",
    "hired_on": "hired on, hired, hire date, date of hire, date hired, start date, started, started on, day of hiring",
    "teams": "teams, team, site, sites, crew, crews, location, locations, group, groups",
    "role": "role, roles",
}
"""Spellings of the headings, without capitals and marks."""
_HEADINGS: Final = {spelling: name for name, spellings in _COLUMNS.items() for spelling in spellings.split(", ")}
_LABELS: Final = {
    "name": "name",
    "email": "e-mail",
    "job_title": "job title",
    "employee_number": "employee number",
    "hired_on": "day of hiring",
    "teams": "teams",
}
_BAD_CHARACTERS: Final = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_FORMULA: Final = re.compile(r"[=@]|[+-](?![\d\s().-]*$)")
"""What a spreadsheet would compute when the firm opens an export; a phone number or a dash is none."""


class Fate(StrEnum):
    """What a row comes to."""

    PROBLEM = "problem"
    NEW = "new"
    RETURNED = "returned"  # was here before: a rehire is a new membership
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Known:
    """Someone on the firm's roster, or who was."""

    membership_id: UUID
    name: str
    email: str | None
    keys: frozenset[str]
    """The address that the firm has, and the confirmed one of the person's account."""
    job_title: str | None
    employee_number: str | None
    hired_on: dt.date | None
    role: str
    teams: frozenset[str]
    """Names of teams, folded."""
    is_here: bool
    has_joined: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a row says of a person. None: it says nothing, and what is known stays."""

    name: str
    email: str
    email_key: str
    job_title: str | None = None
    employee_number: str | None = None
    hired_on: dt.date | None = None
    teams: tuple[str, ...] | None = None
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A row and its fate."""

    line: int
    fate: Fate
    name: str
    email: str
    reason: str = ""
    """Of a problem: what is wrong and what to do. Otherwise what changes, or how a day was read."""
    wanted: Wanted | None = None
    membership_id: UUID | None = None
    """Who is changed."""
    has_other_address: bool = False
    gets_mail: bool = False
    """True for whoever is new here, or has another address and hasn't come in yet."""


@dataclass(frozen=True)
class Plan:
    """What a roster comes to, decided against the roster as it is."""

    entries: tuple[Entry, ...]
    new_teams: tuple[str, ...]
    ignored: tuple[str, ...] = ()
    """Headings of columns that we don't read."""

    @cached_property
    def counts(self) -> dict[Fate, int]:
        """Return how many rows have each fate."""
        found = dict.fromkeys(Fate, 0)
        for entry in self.entries:
            found[entry.fate] += 1
        return found

    @property
    def is_good(self) -> bool:
        """True if no row is a problem; otherwise nothing is taken over."""
        return self.counts[Fate.PROBLEM] == 0

    @property
    def changes(self) -> bool:
        """True if there is anything to write."""
        return any(self.counts[fate] for fate in (Fate.NEW, Fate.RETURNED, Fate.CHANGED))

    @cached_property
    def digest(self) -> str:
        """Return a mark that is another one as soon as any row comes to something else."""
        told = "\n".join(f"{one.line} {one.fate} {one.membership_id} {one.reason}" for one in self.entries)
        return hashlib.sha256(f"{told}\n{self.new_teams}".encode()).hexdigest()[:32]


class _Problem(Exception):
    """A row can't be taken over; the text says why and what to do."""


@dataclass
class _Roster:
    """The roster as it is, to look people up, and what the rows before this one said."""

    known: Sequence[Known]
    by_key: dict[str, Known] = field(default_factory=dict)
    by_number: dict[str, Known] = field(default_factory=dict)
    gone: dict[str, Known] = field(default_factory=dict)
    lines_by_key: dict[str, int] = field(default_factory=dict)
    lines_by_number: dict[str, int] = field(default_factory=dict)
    lines_by_person: dict[UUID, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for one in self.known:
            for key in one.keys:
                (self.by_key if one.is_here else self.gone)[key] = one
            if one.is_here and one.employee_number:
                self.by_number[one.employee_number] = one


def plan(
    lines: Sequence[Line], known: Sequence[Known], teams: Collection[str], roles: Collection[Role], today: dt.date
) -> Plan:
    """Decide what each row comes to. `teams`: folded names there are; `roles`: those that may be given.

    Raises Invalid if the first row doesn't name the columns.
    """
    columns, ignored = read_header(lines)
    roster, entries = _Roster(known), []
    for line in lines[1:]:
        entries.append(_decide(line, columns, len(lines[0].cells), roster, roles, today))
    new_teams: dict[str, str] = {}
    for entry in entries:
        for name in (entry.wanted.teams if entry.wanted else None) or ():
            if fold(name) not in teams:
                new_teams.setdefault(fold(name), name)
    return Plan(tuple(entries), tuple(new_teams[key] for key in sorted(new_teams)), ignored)


def read_header(lines: Sequence[Line]) -> tuple[dict[str, int], tuple[str, ...]]:
    """Return which column holds what, and the headings of the others. Raises Invalid."""
    if not lines:
        raise Invalid(f"There is nothing in it yet. Begin with a row of headings, such as: {EXAMPLE}.")
    columns: dict[str, int] = {}
    ignored = []
    for index, heading in enumerate(lines[0].cells):
        name = _HEADINGS.get(" ".join(re.sub(r"[^a-z]+", " ", fold(heading)).split()))
        if name in columns:
            raise Invalid(f"Two columns say the same: “{heading[:LONGEST_TITLE]}” is the second. Keep one of them.")
        if name is not None:
            columns[name] = index
        elif heading:
            ignored.append(heading[:LONGEST_TITLE])
    if "email" not in columns or not ("name" in columns or {"first", "last"} <= columns.keys()):
        raise Invalid(
            "The first row must name the columns, at least name (or first name and last name) and e-mail. "
            f"For example: {EXAMPLE}."
        )
    if len(lines) == 1:
        raise Invalid("There are headings and no people below them. Add a row for each person.")
    return columns, tuple(ignored)


def read_day(text: str, today: dt.date) -> tuple[dt.date, str]:
    """Return the day that a text means, and how it was read if it could mean another. Raises ValueError."""
    bare = text.removesuffix(" 00:00:00")
    if found := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", bare):
        day, is_open = dt.date(int(found[1]), int(found[2]), int(found[3])), False
    elif found := re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})", bare):
        year = int(found[3]) if len(found[3]) == 4 else 2000 + int(found[3])
        if year > today.year + 1 and len(found[3]) == 2:
            year -= 100
        day = dt.date(year, int(found[1]), int(found[2]))
        is_open = day.day <= 12 and day.day != day.month
    else:
        raise ValueError(text)
    return day, f"{text} is read as {day:%B} {day.day}, {day.year}" if is_open else ""


def _decide(
    line: Line, columns: dict[str, int], width: int, roster: _Roster, roles: Collection[Role], today: dt.date
) -> Entry:
    cells = {name: line.cells[index] if index < len(line.cells) else "" for name, index in columns.items()}
    name = clean_name(cells.get("name", "") or f"{cells.get('first', '')} {cells.get('last', '')}")
    try:
        _refuse_odd_cells(line, columns, width)
        wanted, told = _read(cells, name, roles, today)
        return _compare(line.number, wanted, told, roster)
    except _Problem as problem:
        who = _BAD_CHARACTERS.sub("", name)[:LONGEST_NAME]
        shown = _BAD_CHARACTERS.sub("", cells["email"])[:254]
        return Entry(line.number, Fate.PROBLEM, who, shown, f"Line {line.number}: {problem}")


def _refuse_odd_cells(line: Line, columns: dict[str, int], width: int) -> None:
    if any(line.cells[width:]):
        raise _Problem("there are more cells than headings. Put a cell with a comma in it in quotation marks.")
    for column, index in columns.items():
        cell = line.cells[index] if index < len(line.cells) else ""
        if _BAD_CHARACTERS.search(cell):
            raise _Problem(f"the {_label(column)} holds a character that can’t be shown. Type it again without it.")
        if _FORMULA.match(cell):
            raise _Problem(f"the {_label(column)} looks like a formula. Begin it with a letter or a number.")
        if "\n" in cell and column != "teams":
            raise _Problem(f"the {_label(column)} has a line break in it. Write it in one line.")


def _read(cells: dict[str, str], name: str, roles: Collection[Role], today: dt.date) -> tuple[Wanted, str]:
    who = f" for {name[:LONGEST_TITLE]}" if name else ""
    if not cells["email"]:
        raise _Problem(f"no e-mail{who}. Add one, or leave the row out.")
    key = email_key(cells["email"])
    if key is None or len(cells["email"]) > 254:
        raise _Problem(f"the e-mail{who} isn’t one that we can write to. Use plain letters, one @, and no blanks.")
    if not name:
        raise _Problem(f"no name for {key}. Add one, or leave the row out.")
    if not is_printable_name(name):
        raise _Problem(f"the name for {key} has no letter in it. Write it in letters.")
    title, number = clean_name(cells.get("job_title", "")), clean_name(cells.get("employee_number", ""))
    for column, text, most in (
        ("name", name, LONGEST_NAME),
        ("job_title", title, LONGEST_TITLE),
        ("employee_number", number, LONGEST_NUMBER),
    ):
        if len(text) > most or (column == "name" and len(fold(text)) > most):
            raise _Problem(f"the {_LABELS[column]} is longer than {most} characters. Shorten it.")
    hired_on, told = _read_hired(cells.get("hired_on", ""), today)
    wanted = Wanted(
        name=name,
        email=cells["email"],
        email_key=key,
        job_title=title or None,
        employee_number=number or None,
        hired_on=hired_on,
        teams=_read_teams(cells.get("teams", "")),
        role=_read_role(cells.get("role", ""), roles),
    )
    return wanted, told


def _read_hired(text: str, today: dt.date) -> tuple[dt.date | None, str]:
    if not text:
        return None, ""
    try:
        day, told = read_day(text, today)
    except ValueError:
        raise _Problem(
            f"“{text[:40]}” is no day that we can read. Write it as 2026-03-04, or month/day/year."
        ) from None
    if day > today + dt.timedelta(days=366):
        raise _Problem(f"the day of hiring is {day.isoformat()}, more than a year ahead. Mend the year.")
    if day < FIRST_DAY:
        raise _Problem(f"the day of hiring is {day.isoformat()}. Mend the year.")
    return day, told


def _read_teams(text: str) -> tuple[str, ...] | None:
    names = {fold(name): name for part in re.split(r"[;|\n]", text) if (name := clean_name(part))}
    for key, name in names.items():
        if len(name) > LONGEST_TITLE or len(key) > LONGEST_TITLE:
            raise _Problem(f"a team’s name is longer than {LONGEST_TITLE} characters. Shorten it.")
        if not is_printable_name(name):
            raise _Problem("a team’s name has no letter in it. Write it in letters.")
    if len(names) > MOST_TEAMS:
        raise _Problem(f"there are more than {MOST_TEAMS} teams. Keep those that matter.")
    return tuple(names.values()) or None


def _read_role(text: str, roles: Collection[Role]) -> Role | None:
    bare = fold(text)
    if not bare:
        return None
    if bare == Role.OWNER:
        raise _Problem("a roster can’t make someone an owner. Leave the role empty, and set it on the person’s page.")
    if bare not in set(Role):
        raise _Problem(f"there is no role “{text[:40]}”. Write {_listed(roles)}, or leave it empty.")
    if Role(bare) not in roles:
        raise _Problem(f"you can’t give the role {bare}. Write {_listed(roles)}, or leave it empty.")
    return Role(bare)


def _compare(number: int, wanted: Wanted, told: str, roster: _Roster) -> Entry:
    _refuse_twins(number, wanted, roster)
    person = _find(wanted, roster)
    if person is not None:
        earlier = roster.lines_by_person.setdefault(person.membership_id, number)
        if earlier != number:
            raise _Problem(f"this is {person.name}, who is in line {earlier} too. Keep one of them.")
    if person is None:
        returned = wanted.email_key in roster.gone
        fate = Fate.RETURNED if returned else Fate.NEW
        return Entry(number, fate, wanted.name, wanted.email, told, wanted, gets_mail=True)
    if wanted.role is not None and wanted.role != person.role:
        raise _Problem(f"{person.name} has the role {person.role}. Change that on the person’s page, not here.")
    changed = _changed(wanted, person)
    is_elsewhere = wanted.email_key not in person.keys
    reason = "; ".join(part for part in (", ".join(changed), told if "day of hiring" in changed else "") if part)
    fate = Fate.CHANGED if changed else Fate.UNCHANGED
    gets_mail = is_elsewhere and not person.has_joined
    return Entry(number, fate, wanted.name, wanted.email, reason, wanted, person.membership_id, is_elsewhere, gets_mail)


def _refuse_twins(number: int, wanted: Wanted, roster: _Roster) -> None:
    earlier = roster.lines_by_key.setdefault(wanted.email_key, number)
    if earlier != number:
        raise _Problem(f"the e-mail {wanted.email_key} is in line {earlier} too. Keep one of them.")
    if wanted.employee_number is None:
        return
    earlier = roster.lines_by_number.setdefault(wanted.employee_number, number)
    if earlier != number:
        raise _Problem(f"the employee number {wanted.employee_number} is in line {earlier} too. Mend one of them.")


def _find(wanted: Wanted, roster: _Roster) -> Known | None:
    """Return who of those here is meant: by e-mail, else by employee number and name."""
    by_key = roster.by_key.get(wanted.email_key)
    by_number = roster.by_number.get(wanted.employee_number or "")
    if by_number is not None and by_number is not by_key:
        if by_key is not None or fold(by_number.name) != fold(wanted.name):
            raise _Problem(
                f"the employee number {wanted.employee_number} belongs to {by_number.name}, who is on the roster. "
                "Mend the number, or change it on the person’s page first."
            )
        return by_number
    return by_key


def _changed(wanted: Wanted, person: Known) -> list[str]:
    pairs: Iterable[tuple[str, object, object]] = (
        ("name", wanted.name, person.name),
        ("email", wanted.email_key if wanted.email_key not in person.keys else None, person.email),
        ("job_title", wanted.job_title, person.job_title),
        ("employee_number", wanted.employee_number, person.employee_number),
        ("hired_on", wanted.hired_on, person.hired_on),
        ("teams", None if wanted.teams is None else frozenset(map(fold, wanted.teams)), person.teams),
    )
    return [_LABELS[name] for name, new, old in pairs if new is not None and new != old]


def _label(column: str) -> str:
    return {"first": "first name", "last": "last name", "role": "role", "teams": "team"}.get(column) or _LABELS[column]


def _listed(roles: Collection[Role]) -> str:
    return " or ".join(role.value for role in Role if role in roles)
