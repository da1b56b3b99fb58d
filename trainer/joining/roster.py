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

from trainer.accounts.rules import clean_name
from trainer.joining.cells import BAD_CHARACTERS, LABELS, Problem, Wanted, read_person, read_role, refuse_odd_cells
from trainer.joining.headings import read_header
from trainer.joining.lines import Line
from trainer.organizations.models import LONGEST_NAME
from trainer.organizations.rules import Role, fold
from trainer.organizations.words import ROLE_WORDS
from trainer.web.language import show_day

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


def _decide(
    line: Line, columns: dict[str, int], width: int, roster: _Roster, roles: Collection[Role], today: dt.date
) -> Entry:
    cells = {name: line.cells[index] if index < len(line.cells) else "" for name, index in columns.items()}
    name = clean_name(cells.get("name", "") or f"{cells.get('first', '')} {cells.get('last', '')}")
    try:
        refuse_odd_cells(line, columns, width)
        wanted, told = read_person(cells, name, today)
        entry = _compare(line.number, wanted, told, cells.get("role", ""), roster, roles)
    except Problem as problem:
        who = BAD_CHARACTERS.sub("", name)[:LONGEST_NAME]
        shown = BAD_CHARACTERS.sub("", cells["email"])[:254]
        reason = _l("Row %(row)s: %(problem)s", row=line.number, problem=problem.words)
        return Entry(line.number, Fate.PROBLEM, who, shown, (reason,))
    warnings = [*entry.warnings]
    if line.is_hidden:
        warnings.append(_l("this row is hidden in the spreadsheet"))
    if found := _MISREAD.search(name):
        warnings.append(_l("“%(letters)s” in the name may be a letter that was read wrongly", letters=found[0]))
    return replace(entry, warnings=tuple(warnings)) if warnings else entry


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
        wanted = replace(wanted, role=read_role(role_text, roles))
        fate = Fate.RETURNED if wanted.email_key in roster.gone else Fate.NEW
        reasons = (told,) if told else ()
        return Entry(number, fate, wanted.name, wanted.email_key, reasons, wanted=wanted, gets_mail=True)
    earlier = roster.lines_by_person.setdefault(person.membership_id, number)
    if earlier != number:
        raise Problem(
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
                    _l("%(cell)s: %(old)s → %(new)s", cell=LABELS[name], old=_told(old), new=_told(new))
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
        raise Problem(
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
        raise Problem(
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
            raise Problem(
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
