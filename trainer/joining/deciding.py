"""Decide what becomes of each row of a roster, against the roster as it is. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from uuid import UUID

from flask_babel import lazy_gettext as _l

from trainer.joining.cells import (
    BAD_CHARACTERS,
    LABELS,
    Problem,
    Wanted,
    read_name,
    read_person,
    read_role,
    refuse_odd_cells,
    tidy,
)
from trainer.joining.days import Order
from trainer.joining.lines import Line
from trainer.joining.names import is_same_name
from trainer.joining.roster import Change, Entry, Fate, Known, Plan, Value
from trainer.organizations.models import LONGEST_NAME, LONGEST_NUMBER
from trainer.organizations.rules import Role, fold
from trainer.organizations.words import ROLE_WORDS

_MISREAD: Final = re.compile(
    "[\u00c2-\u00c5\u00e2][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2010-\u203a\u20ac\u2122]"
    "|[?\u00a1-\u00a6\u00a8\u00a9\u00ab-\u00b1\u00b6\u00b8\u00b9\u00bb-\u00bf\u201a\u201e\u2020-\u2022\u2026\u2030\u20ac\u2122\u2500-\u259f]"
)
"""Letters read in the wrong coding: two for one, or a sign that no name has."""


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of people, which column holds what, and how days are read."""

    lines: Sequence[Line]
    columns: dict[str, int]
    width: int
    """How many columns have a heading."""
    order: Order = Order.MONTH_FIRST


@dataclass(frozen=True, slots=True)
class Said:
    """What someone said about a plan: which rows are left out, and who has left that isn't in the list."""

    out: frozenset[int] = frozenset()
    """Numbers of rows."""
    left: frozenset[UUID] = frozenset()


@dataclass
class _Roster:
    """The roster as it is, to look people up, and what the rows before this one said."""

    known: Sequence[Known]
    roles: Collection[Role]
    by_key: dict[str, Known] = field(default_factory=dict)
    by_number: dict[str, Known] = field(default_factory=dict)
    gone: dict[str, Known] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    """Of those here, with their parts in order."""
    lines_by_key: dict[str, int] = field(default_factory=dict)
    lines_by_number: dict[str, int] = field(default_factory=dict)
    lines_by_person: dict[UUID, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for one in self.known:
            for key in one.keys:
                (self.by_key if one.is_here else self.gone)[key] = one
            if one.is_here:
                self.names.add(_sorted(one.name))
            if one.is_here and one.employee_number:
                self.by_number[one.employee_number] = one


def plan(
    table: Table,
    known: Sequence[Known],
    teams: Collection[str],
    roles: Collection[Role],
    today: dt.date,
    said: Said = Said(),
    *,
    needs_address: bool = True,
) -> Plan:
    """Decide what each row comes to. `teams`: folded names there are; `roles`: those that may be given.

    Who may give no role but a member's leaves people with another one as they are. Without `needs_address`, someone
    with an employee number needs no email address.
    """
    roster, entries = _Roster(known, roles), []
    # A row that is left out is no other row's twin, so that one of two can be chosen.
    for line in sorted(table.lines, key=lambda one: one.number in said.out):
        entry = _decide(line, table, roster, today, needs_address=needs_address)
        entries.append(replace(entry, is_out=True) if line.number in said.out else entry)
    entries.sort(key=lambda entry: entry.line)
    new_teams: dict[str, str] = {}
    for entry in entries:
        if entry.is_taken and entry.fate is not Fate.LEAVES and entry.wanted is not None:
            for name in entry.wanted.teams or ():
                if fold(name) not in teams:
                    new_teams.setdefault(fold(name), name)
    missing = tuple(_list_missing(entries, roster))
    leaving = tuple(one for one in missing if one.membership_id in said.left)
    return Plan(tuple(entries), tuple(new_teams[key] for key in sorted(new_teams)), missing, leaving)


def _list_missing(entries: Sequence[Entry], roster: _Roster) -> list[Known]:
    """Return who is in no row; a row that can't be taken may mean anyone with its name, address or number."""
    found = {entry.membership_id for entry in entries}
    vague = [entry for entry in entries if entry.membership_id is None]
    keys = {entry.email for entry in vague if entry.email}
    numbers = {entry.number for entry in vague if entry.number}
    names = {_sorted(entry.name) for entry in vague if entry.fate is Fate.PROBLEM}
    return [
        one
        for one in roster.known
        if one.is_here
        and one.role == Role.MEMBER
        and one.membership_id not in found
        and not one.keys & keys
        and one.employee_number not in numbers
        and _sorted(one.name) not in names
    ]


def _decide(line: Line, table: Table, roster: _Roster, today: dt.date, *, needs_address: bool) -> Entry:
    raw = {name: line.cells[index] if index < len(line.cells) else "" for name, index in table.columns.items()}
    cells = tidy(raw)
    name = read_name(cells)
    shown_number = BAD_CHARACTERS.sub("", cells.get("employee_number", ""))[:LONGEST_NUMBER] or None
    try:
        refuse_odd_cells(cells, line.cells[table.width :])
        wanted, warnings = read_person(cells, name, table.order, today, needs_address=needs_address)
        entry = _compare(line.number, wanted, cells.get("role", ""), roster)
    except Problem as problem:
        who = BAD_CHARACTERS.sub("", name)[:LONGEST_NAME]
        shown = BAD_CHARACTERS.sub("", cells.get("email", ""))[:254].lower()
        reason = _l("Row %(row)s: %(problem)s", row=line.number, problem=problem.words)
        return Entry(line.number, Fate.PROBLEM, who, shown, shown_number, (reason,))
    warnings = [*entry.warnings, *warnings]
    if line.is_hidden:
        warnings.append(_l("this row is hidden in the spreadsheet"))
    if found := _MISREAD.search(name):
        warnings.append(_l("“%(letters)s” in the name may be a letter that was read wrongly", letters=found[0]))
    return replace(entry, number=shown_number, warnings=tuple(warnings))


def _compare(number: int, wanted: Wanted, role_text: str, roster: _Roster) -> Entry:
    _refuse_twins(number, wanted, roster)
    person = _find(wanted, roster)
    if person is None:
        return _new(number, wanted, role_text, roster)
    earlier = roster.lines_by_person.setdefault(person.membership_id, number)
    if earlier != number:
        raise Problem(
            _l("this is %(name)s, who is in row %(row)s too. Keep one of them.", name=person.name, row=earlier)
        )
    if wanted.has_left:
        return _leaves(number, wanted, person)
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
        rests_on=(person.role, *(str(one.old) for one in changed.values())),
        membership_id=person.membership_id,
    )
    if changed and person.role != Role.MEMBER and set(roster.roles) == {Role.MEMBER}:
        warnings.append(
            _l(
                "%(name)s is %(role)s: this entry stays as it is, only an owner can change it",
                name=person.name,
                role=role,
            )
        )
    elif changed:
        is_elsewhere = "email" in changed
        numbers = person.employee_number, wanted.employee_number
        if "employee_number" in changed and all(numbers) and len({one.lstrip("0") for one in numbers if one}) == 1:
            warnings.append(_l("only the zeros before the employee number change"))
        entry = replace(
            entry,
            fate=Fate.CHANGED,
            changes=tuple(changed.values()),
            wanted=wanted,
            old_name="" if is_elsewhere or is_same_name(wanted.name, person.name) else person.name,
            has_other_address=is_elsewhere,
            gets_mail=is_elsewhere and not person.has_joined,
        )
    return replace(entry, warnings=tuple(warnings))


def _new(number: int, wanted: Wanted, role_text: str, roster: _Roster) -> Entry:
    if wanted.has_left:
        reason = _l("has left, says the list, and isn’t on the roster")
        return Entry(number, Fate.GONE, wanted.name, wanted.email_key, reasons=(reason,))
    wanted = replace(wanted, role=read_role(role_text, roster.roles))
    if wanted.email_key is None:
        return _new_without_address(number, wanted, roster)
    fate = Fate.RETURNED if wanted.email_key in roster.gone else Fate.NEW
    return Entry(number, fate, wanted.name, wanted.email_key, wanted=wanted, gets_mail=True)


def _new_without_address(number: int, wanted: Wanted, roster: _Roster) -> Entry:
    if wanted.role not in {None, Role.MEMBER}:
        role = ROLE_WORDS[wanted.role or Role.MEMBER]
        raise Problem(_l("the role %(role)s needs an email address. Add one, or leave the role empty.", role=role))
    warnings = []
    if _sorted(wanted.name) in roster.names:
        warnings.append(
            _l("someone called %(name)s is on the roster already: is this the same person?", name=wanted.name)
        )
    return Entry(number, Fate.NEW, wanted.name, None, warnings=tuple(warnings), wanted=wanted)


def _sorted(name: str) -> str:
    return " ".join(sorted(fold(name).split()))


def _leaves(number: int, wanted: Wanted, person: Known) -> Entry:
    role = ROLE_WORDS[Role(person.role)]
    entry = Entry(
        number,
        Fate.UNCHANGED,
        person.name,
        wanted.email_key,
        rests_on=(person.role,),
        membership_id=person.membership_id,
    )
    if person.role != Role.MEMBER:
        stays = _l(
            "has left, says the list, but %(name)s is %(role)s: a roster ends nobody’s role. "
            "Do that on the person’s page.",
            name=person.name,
            role=role,
        )
        return replace(entry, warnings=(stays,))
    hired_on = person.hired_on
    if wanted.ended_on is not None and hired_on is not None and wanted.ended_on < hired_on:
        raise Problem(
            _l(
                "the last day, %(day)s, is before the hire date, %(hired)s. Correct one of them.",
                day=wanted.ended_on.isoformat(),
                hired=hired_on.isoformat(),
            )
        )
    if wanted.ended_on is not None:
        last_day = Change(_l("last day"), None, wanted.ended_on)
        return replace(entry, fate=Fate.LEAVES, changes=(last_day,), wanted=wanted)
    told = _l("has left, says the list, without a day: the last day is today")
    return replace(entry, fate=Fate.LEAVES, reasons=(told,), wanted=wanted)


def _refuse_twins(number: int, wanted: Wanted, roster: _Roster) -> None:
    earlier = roster.lines_by_key.setdefault(wanted.email_key, number) if wanted.email_key else number
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
    by_key = roster.by_key.get(wanted.email_key or "")
    by_number = roster.by_number.get(wanted.employee_number or "")
    if by_number is not None and by_number is not by_key:
        if by_key is not None or not is_same_name(by_number.name, wanted.name):
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


def _changed(wanted: Wanted, person: Known) -> dict[str, Change]:
    """Return of each field that changes: what stands there now, and what would."""
    is_elsewhere = wanted.email_key not in person.keys
    pairs: list[tuple[str, Value, Value]] = [
        ("name", wanted.name, person.name),
        ("email", wanted.email_key if is_elsewhere else None, person.email),
        ("job_title", wanted.job_title, person.job_title),
        ("employee_number", wanted.employee_number, person.employee_number),
        ("hired_on", wanted.hired_on, person.hired_on),
    ]
    if wanted.teams is not None and set(map(fold, wanted.teams)) != set(map(fold, person.teams)):
        pairs.append(("teams", ", ".join(wanted.teams), ", ".join(person.teams)))
    return {name: Change(LABELS[name], old, new) for name, new, old in pairs if new is not None and new != old}
