"""What becomes of each row of a roster: new, changed, unchanged, returned, or a problem with its reason. Pure."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Final
from uuid import UUID

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from trainer.accounts.rules import clean_name, email_key, is_printable_name
from trainer.core.errors import Invalid
from trainer.joining.lines import Line
from trainer.organizations.models import LONGEST_NAME, LONGEST_NUMBER, LONGEST_TITLE
from trainer.organizations.rules import Role, fold, has_letter, is_mailable
from trainer.organizations.words import ROLE_WORDS
from trainer.web.language import show_day, show_day_without_year

MOST_TEAMS: Final = 20
"""Teams that one person can be put into."""
FIRST_DAY: Final = dt.date(1940, 1, 1)
EXAMPLE: Final = "name, email, job title, employee number, hired on, teams"

_COLUMNS: Final = {
    "name": "name, full name, employee name",
    "first": "first name, first, given name, forename",
    "last": "last name, last, surname, family name",
    "email": "email, e mail, email address, e mail address, mail, work email, work e mail",
    "job_title": "job title, title, position, job",
    "employee_number": "employee number, employee no, employee id, number, id, no, staff number, badge, badge number",
    "hired_on": "hired on, hired, hire date, date of hire, date hired, start date, started, started on, day of hiring",
    "teams": "teams, team, site, sites, crew, crews, location, locations, group, groups",
    "role": "role, roles",
}
"""Spellings of the headings, without capitals and marks; “#” is read as “number”."""
_HEADINGS: Final = {spelling: name for name, spellings in _COLUMNS.items() for spelling in spellings.split(", ")}
_PERHAPS_NAMES: Final = frozenset({"employee", "person", "worker"})
"""Headings of names where no other column is one."""
_LABELS: Final = {
    "name": _l("name"),
    "email": _l("email"),
    "job_title": _l("job title"),
    "employee_number": _l("employee number"),
    "hired_on": _l("hire date"),
    "teams": _l("teams"),
}
_CELLS: Final = {
    **_LABELS,
    "first": _l("first name"),
    "last": _l("last name"),
    "role": _l("role"),
    "teams": _l("team"),
}
_BAD_CHARACTERS: Final = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_FORMULA: Final = re.compile(r"[=@]|[+-](?![\d\s().-]*$)")
"""What a spreadsheet would compute when the firm opens an export; a phone number or a dash is none."""
_ROUNDED: Final = re.compile(r"\d([.,]\d+)?E\+?\d+", re.IGNORECASE)
"""A long number as a spreadsheet shows it, with its last digits lost."""
_MISREAD: Final = re.compile(
    "[\u00c2-\u00c5\u00e2][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2010-\u203a\u20ac\u2122]"
    "|[?\u00a1-\u00a6\u00a8\u00a9\u00ab-\u00b1\u00b6\u00b8\u00b9\u00bb-\u00bf\u201a\u201e\u2020-\u2022\u2026\u2030\u20ac\u2122\u2500-\u259f]"
)
"""Letters read in the wrong coding: two for one, or a sign that no name has."""


_Field = str | dt.date | None


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
    teams: Collection[str]
    """Names of teams, in their order."""
    is_here: bool
    has_joined: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a row says of a person. None: it says nothing, and what is known stays."""

    name: str
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
    reasons: tuple[LazyString, ...] = ()
    """Of a problem: what is wrong and what to do. Otherwise what changes, or how a day was read."""
    warnings: tuple[LazyString, ...] = ()
    """What to look at before it is confirmed: it stops nothing."""
    rests_on: tuple[str, ...] = ()
    """What was known of someone and decided this: the role, and what would be changed."""
    wanted: Wanted | None = None
    membership_id: UUID | None = None
    """Who is changed."""
    old_name: str = ""
    """Of someone known by the address alone: the name that would be another one. It may be another person."""
    has_other_address: bool = False
    gets_mail: bool = False
    """True for whoever is new here, or has another address and hasn't come in yet."""

    @property
    def reason(self) -> str:
        """The reasons, in the language of whoever reads them."""
        return "; ".join(map(str, self.reasons))

    @property
    def warning(self) -> str:
        """The warnings, in the language of whoever reads them."""
        return "; ".join(map(str, self.warnings))


@dataclass(frozen=True)
class Plan:
    """What a roster comes to, decided against the roster as it is."""

    entries: tuple[Entry, ...]
    new_teams: tuple[str, ...]

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
    def added(self) -> int:
        """How many people would be brought in."""
        return self.counts[Fate.NEW] + self.counts[Fate.RETURNED]

    @property
    def changes(self) -> bool:
        """True if there is anything to write."""
        return self.added + self.counts[Fate.CHANGED] > 0

    @cached_property
    def mailed(self) -> int:
        """How many people could be invited."""
        return sum(entry.gets_mail for entry in self.entries)

    @cached_property
    def renamed(self) -> tuple[Entry, ...]:
        """Who would get another name, which somebody has to say is the same person's."""
        return tuple(entry for entry in self.entries if entry.old_name)

    @cached_property
    def warned(self) -> tuple[Entry, ...]:
        """The rows to look at before they are confirmed."""
        return tuple(entry for entry in self.entries if entry.warnings)

    @cached_property
    def digest(self) -> str:
        """Return a mark that is another one as soon as any row comes to something else, in whatever language."""
        told = "\n".join(
            f"{one.line} {one.fate} {one.membership_id} {one.name} {one.email} {one.wanted} {one.rests_on}"
            for one in self.entries
        )
        return hashlib.sha256(f"{told}\n{self.new_teams}".encode()).hexdigest()[:32]


class _Problem(Exception):
    """A row can't be taken over; the words say why and what to do."""

    def __init__(self, words: LazyString) -> None:
        super().__init__(words)
        self.words = words


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
    lines: Sequence[Line],
    known: Sequence[Known],
    teams: Collection[str],
    roles: Collection[Role],
    today: dt.date,
) -> Plan:
    """Decide what each row comes to. `teams`: folded names there are; `roles`: those that may be given.

    Who may give no role but a member's leaves people with another one as they are.
    Raises Invalid if the first row doesn't name the columns.
    """
    columns = read_header(lines)
    roster, entries = _Roster(known), []
    for line in lines[1:]:
        entries.append(_decide(line, columns, len(lines[0].cells), roster, roles, today))
    new_teams: dict[str, str] = {}
    for entry in entries:
        for name in (entry.wanted.teams if entry.wanted else None) or ():
            if fold(name) not in teams:
                new_teams.setdefault(fold(name), name)
    return Plan(tuple(entries), tuple(new_teams[key] for key in sorted(new_teams)))


def read_header(lines: Sequence[Line]) -> dict[str, int]:
    """Return which column holds what. Raises Invalid."""
    if not lines:
        raise Invalid(
            _l("There is nothing in it yet. Start with a row of headings, such as: %(example)s.", example=EXAMPLE)
        )
    headings = [_bare(heading) for heading in lines[0].cells]
    columns: dict[str, int] = {}
    for index, heading in enumerate(headings):
        name = _HEADINGS.get(heading)
        if name in columns:
            shown = lines[0].cells[index][:LONGEST_TITLE]
            raise Invalid(_l("Two columns mean the same: “%(shown)s” is the second. Keep one of them.", shown=shown))
        if name is not None:
            columns[name] = index
    has_name = "name" in columns or {"first", "last"} <= columns.keys()
    perhaps = [index for index, heading in enumerate(headings) if heading in _PERHAPS_NAMES]
    if not has_name and len(perhaps) == 1:
        columns["name"], has_name = perhaps[0], True
    if "email" not in columns or not has_name:
        raise Invalid(
            _l(
                "The first row must name the columns, at least name (or first name and last name) and email. "
                "For example: %(example)s.",
                example=EXAMPLE,
            )
        )
    if len(lines) == 1:
        raise Invalid(_l("There are headings and no people below them. Add a row for each person."))
    return columns


def read_columns_only(lines: Sequence[Line]) -> tuple[list[Line], tuple[str, ...]]:
    """Return the rows without the columns that we don't read, and the headings of those. Raises Invalid."""
    read, width = sorted(read_header(lines).values()), len(lines[0].cells)
    ignored = tuple(
        heading[:LONGEST_TITLE] for index, heading in enumerate(lines[0].cells) if heading and index not in read
    )
    kept = []
    for line in lines:
        cells = [line.cells[index] if index < len(line.cells) else "" for index in read]
        if any(line.cells[width:]):  # a row out of step: anything may stand there, also what we must not keep
            cells += ["..."] if ignored else line.cells[width:]
        kept.append(Line(line.number, tuple(cells), line.is_hidden))
    return kept, ignored


def _bare(heading: str) -> str:
    return " ".join(re.sub(r"[^a-z]+", " ", fold(heading).replace("#", " number ")).split())


def read_day(text: str, today: dt.date) -> tuple[dt.date, LazyString | None]:
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
    return day, _l("%(text)s is read as %(day)s", text=text, day=show_day(day, "long")) if is_open else None


def _decide(
    line: Line, columns: dict[str, int], width: int, roster: _Roster, roles: Collection[Role], today: dt.date
) -> Entry:
    cells = {name: line.cells[index] if index < len(line.cells) else "" for name, index in columns.items()}
    name = clean_name(cells.get("name", "") or f"{cells.get('first', '')} {cells.get('last', '')}")
    try:
        _refuse_odd_cells(line, columns, width)
        wanted, told = _read(cells, name, today)
        entry = _compare(line.number, wanted, told, cells.get("role", ""), roster, roles)
    except _Problem as problem:
        who = _BAD_CHARACTERS.sub("", name)[:LONGEST_NAME]
        shown = _BAD_CHARACTERS.sub("", cells["email"])[:254]
        reason = _l("Row %(row)s: %(problem)s", row=line.number, problem=problem.words)
        return Entry(line.number, Fate.PROBLEM, who, shown, (reason,))
    warnings = [*entry.warnings]
    if line.is_hidden:
        warnings.append(_l("this row is hidden in the spreadsheet"))
    if found := _MISREAD.search(name):
        warnings.append(_l("“%(letters)s” in the name may be a letter that was read wrongly", letters=found[0]))
    return replace(entry, warnings=tuple(warnings)) if warnings else entry


def _refuse_odd_cells(line: Line, columns: dict[str, int], width: int) -> None:
    if any(line.cells[width:]):
        raise _Problem(_l("there are more cells than headings. Put a cell with a comma in it in quotation marks."))
    for column, index in columns.items():
        cell, name = line.cells[index] if index < len(line.cells) else "", _CELLS[column]
        if _BAD_CHARACTERS.search(cell):
            raise _Problem(
                _l("the %(cell)s holds a character that can’t be shown. Type it again without it.", cell=name)
            )
        if "\ufffd" in cell:
            raise _Problem(
                _l(
                    "the %(cell)s has lost a letter (%(letter)s). Read the file in another way, or type it again.",
                    cell=name,
                    letter="\ufffd",
                )
            )
        if _FORMULA.match(cell):
            raise _Problem(_l("the %(cell)s looks like a formula. Begin it with a letter or a number.", cell=name))
        if "\n" in cell and column != "teams":
            raise _Problem(_l("the %(cell)s has a line break in it. Write it in one line.", cell=name))


def _read(cells: dict[str, str], name: str, today: dt.date) -> tuple[Wanted, LazyString | None]:
    key = _read_email(cells["email"], name[:LONGEST_TITLE])
    if not name:
        raise _Problem(_l("no name for %(email)s. Add one, or leave the row out.", email=key))
    if not has_letter(name):
        raise _Problem(_l("the name for %(email)s has no letter in it. Write it in letters.", email=key))
    title, number = clean_name(cells.get("job_title", "")), clean_name(cells.get("employee_number", ""))
    for column, text, most in (
        ("name", name, LONGEST_NAME),
        ("job_title", title, LONGEST_TITLE),
        ("employee_number", number, LONGEST_NUMBER),
    ):
        if len(text) > most or (column == "name" and len(fold(text)) > most):
            raise _Problem(
                _l("the %(cell)s is longer than %(most)s characters. Shorten it.", cell=_CELLS[column], most=most)
            )
    if _ROUNDED.fullmatch(number):
        raise _Problem(
            _l(
                "the employee number %(number)s was rounded by a spreadsheet. Format that column as text, "
                "and copy the numbers into it again.",
                number=number,
            )
        )
    hired_on, told = _read_hired(cells.get("hired_on", ""), today)
    wanted = Wanted(
        name=name,
        email_key=key,
        job_title=title or None,
        employee_number=number or None,
        hired_on=hired_on,
        teams=_read_teams(cells.get("teams", "")),
    )
    return wanted, told


def _read_email(text: str, name: str) -> str:
    if not text:
        raise _Problem(
            _l("no email address for %(name)s. Add one, or leave the row out.", name=name)
            if name
            else _l("no email address. Add one, or leave the row out.")
        )
    who = _l("the email address for %(name)s", name=name) if name else _l("the email address")
    key = email_key(text)
    if key is None or not is_mailable(key):
        raise _Problem(
            _l("%(address)s isn’t one we can write to. Use plain letters, one @, and no spaces.", address=who)
        )
    if not text.isascii():
        raise _Problem(
            _l(
                "%(address)s holds hidden characters, or letters that only look like plain ones. "
                "Type it again with plain letters.",
                address=who,
            )
        )
    return key


def _read_hired(text: str, today: dt.date) -> tuple[dt.date | None, LazyString | None]:
    if not text:
        return None, None
    try:
        day, told = read_day(text, today)
    except ValueError:
        raise _Problem(
            _l("“%(text)s” isn’t a date we can read. Write it as 2026-03-04, or month/day/year.", text=text[:40])
        ) from None
    if told and "." in text:  # with dots nearly everybody writes the day first, and some the month
        other = dt.date(day.year, day.day, day.month)
        raise _Problem(
            _l(
                "“%(text)s” could be %(day)s or %(other)s. Write it as %(iso)s or %(other_iso)s.",
                text=text[:40],
                day=show_day_without_year(day),
                other=show_day_without_year(other),
                iso=day.isoformat(),
                other_iso=other.isoformat(),
            )
        )
    if day > today + dt.timedelta(days=366):
        raise _Problem(_l("the hire date is %(day)s, more than a year ahead. Correct the year.", day=day.isoformat()))
    if day < FIRST_DAY:
        raise _Problem(_l("the hire date is %(day)s. Correct the year.", day=day.isoformat()))
    return day, told


def _read_teams(text: str) -> tuple[str, ...] | None:
    names = {fold(name): name for part in re.split(r"[;|\n]", text) if (name := clean_name(part))}
    for key, name in names.items():
        if len(name) > LONGEST_TITLE or len(key) > LONGEST_TITLE:
            raise _Problem(_l("a team’s name is longer than %(most)s characters. Shorten it.", most=LONGEST_TITLE))
        if not is_printable_name(name):
            raise _Problem(_l("a team’s name has no letter in it. Write it in letters."))
    if len(names) > MOST_TEAMS:
        raise _Problem(_l("there are more than %(most)s teams. Keep those that matter.", most=MOST_TEAMS))
    return tuple(names.values()) or None


def _read_role(text: str, roles: Collection[Role]) -> Role | None:
    bare = fold(text)
    if not bare:
        return None
    if bare == Role.OWNER:
        raise _Problem(
            _l("a roster can’t make someone an owner. Leave the role empty, and set it on the person’s page.")
        )
    if bare not in set(Role):
        raise _Problem(
            _l(
                "there is no role “%(role)s”. Write %(roles)s, or leave it empty.",
                role=text[:40],
                roles=_listed(roles),
            )
        )
    if Role(bare) not in roles:
        raise _Problem(
            _l("you can’t give the role %(role)s. Write %(roles)s, or leave it empty.", role=bare, roles=_listed(roles))
        )
    return Role(bare)


def _compare(
    number: int,
    wanted: Wanted,
    told: LazyString | None,
    role_text: str,
    roster: _Roster,
    roles: Collection[Role],
) -> Entry:
    _refuse_twins(number, wanted, roster)
    person = _find(wanted, roster)
    if person is None:
        wanted = replace(wanted, role=_read_role(role_text, roles))
        fate = Fate.RETURNED if wanted.email_key in roster.gone else Fate.NEW
        reasons = (told,) if told else ()
        return Entry(number, fate, wanted.name, wanted.email_key, reasons, wanted=wanted, gets_mail=True)
    earlier = roster.lines_by_person.setdefault(person.membership_id, number)
    if earlier != number:
        raise _Problem(
            _l("this is %(name)s, who is in row %(row)s too. Keep one of them.", name=person.name, row=earlier)
        )
    warnings = []
    role = ROLE_WORDS[Role(person.role)]
    if role_text and fold(role_text) != person.role:
        warnings.append(_l("%(name)s stays %(role)s: a roster changes nobody’s role", name=person.name, role=role))
    changed = _changed(wanted, person)
    entry = Entry(
        number,
        Fate.UNCHANGED,
        wanted.name,
        wanted.email_key,
        rests_on=(person.role, *(str(old) for old, _new in changed.values())),
        membership_id=person.membership_id,
    )
    if changed and person.role != Role.MEMBER and set(roles) == {Role.MEMBER}:
        warnings.append(
            _l(
                "%(name)s is %(role)s: this entry stays as it is, only an owner can change it",
                name=person.name,
                role=role,
            )
        )
    elif changed:
        is_elsewhere = wanted.email_key not in person.keys
        numbers = person.employee_number, wanted.employee_number
        if "employee_number" in changed and all(numbers) and len({one.lstrip("0") for one in numbers if one}) == 1:
            warnings.append(_l("only the zeros before the employee number change"))
        entry = replace(
            entry,
            fate=Fate.CHANGED,
            reasons=(
                *(
                    _l("%(cell)s: %(old)s → %(new)s", cell=_LABELS[name], old=_told(old), new=_told(new))
                    for name, (old, new) in changed.items()
                ),
                *((told,) if told and "hired_on" in changed else ()),
            ),
            wanted=wanted,
            old_name=person.name if not is_elsewhere and fold(wanted.name) != fold(person.name) else "",
            has_other_address=is_elsewhere,
            gets_mail=is_elsewhere and not person.has_joined,
        )
    return replace(entry, warnings=tuple(warnings))


def _refuse_twins(number: int, wanted: Wanted, roster: _Roster) -> None:
    earlier = roster.lines_by_key.setdefault(wanted.email_key, number)
    if earlier != number:
        raise _Problem(
            _l(
                "the email address %(email)s is in row %(row)s too. Keep one of them.",
                email=wanted.email_key,
                row=earlier,
            )
        )
    if wanted.employee_number is None:
        return
    earlier = roster.lines_by_number.setdefault(wanted.employee_number, number)
    if earlier != number:
        raise _Problem(
            _l(
                "the employee number %(number)s is in row %(row)s too. Correct one of them.",
                number=wanted.employee_number,
                row=earlier,
            )
        )


def _find(wanted: Wanted, roster: _Roster) -> Known | None:
    """Return who of those here is meant: by email, else by employee number and name."""
    by_key = roster.by_key.get(wanted.email_key)
    by_number = roster.by_number.get(wanted.employee_number or "")
    if by_number is not None and by_number is not by_key:
        if by_key is not None or fold(by_number.name) != fold(wanted.name):
            raise _Problem(
                _l(
                    "the employee number %(number)s belongs to %(name)s, who is on the roster. "
                    "Correct the number, or change it on the person’s page first.",
                    number=wanted.employee_number,
                    name=by_number.name,
                )
            )
        return by_number
    return by_key


def _changed(wanted: Wanted, person: Known) -> dict[str, tuple[_Field, _Field]]:
    """Return of each field that changes: what stands there now, and what would."""
    is_elsewhere = wanted.email_key not in person.keys
    pairs: list[tuple[str, _Field, _Field]] = [
        ("name", wanted.name, person.name),
        ("email", wanted.email_key if is_elsewhere else None, person.email),
        ("job_title", wanted.job_title, person.job_title),
        ("employee_number", wanted.employee_number, person.employee_number),
        ("hired_on", wanted.hired_on, person.hired_on),
    ]
    if wanted.teams is not None and set(map(fold, wanted.teams)) != set(map(fold, person.teams)):
        pairs.append(("teams", ", ".join(wanted.teams), ", ".join(person.teams)))
    return {name: (old, new) for name, new, old in pairs if new is not None and new != old}


def _told(value: _Field) -> str | LazyString:
    return show_day(value, "long") if isinstance(value, dt.date) else value or _l("nothing")


def _listed(roles: Collection[Role]) -> str | LazyString:
    """Return the words that a cell may hold: those are read in one language only."""
    listed, *others = (role.value for role in Role if role in roles)
    for other in others:
        listed = _l("%(one)s or %(other)s", one=listed, other=other)
    return listed
