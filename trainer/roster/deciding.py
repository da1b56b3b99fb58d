"""Decide what would come of each row of a roster, against the firm's roster as it is. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from uuid import UUID

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from trainer.organizations.models import LONGEST_NAME, LONGEST_NUMBER
from trainer.organizations.rules import Role, fold
from trainer.organizations.words import ROLE_WORDS
from trainer.roster.cells import BAD_CHARACTERS, LABELS, Clash, Problem, SharedAddress
from trainer.roster.names import is_same_name
from trainer.roster.people import Wanted, read_role
from trainer.roster.plan import KnownPerson, RosterChange, RosterChoices, RosterEntry, RosterPlan, RowOutcome, Value
from trainer.roster.rows import RosterRow, RosterTable, read_rows

_MISREAD: Final = re.compile(
    "[\u00c2-\u00c5\u00e2][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2010-\u203a\u20ac\u2122]"
    "|[?\u00a1-\u00a6\u00a8\u00a9\u00ab-\u00b1\u00b6\u00b8\u00b9\u00bb-\u00bf\u201a\u201e\u2020-\u2022\u2026\u2030\u20ac\u2122\u2500-\u259f]"
)
"""Letters read in the wrong coding: two instead of one, or a symbol that no name has."""
_MISTYPED: Final = {
    "gmail.com": "gmial.com gamil.com gmai.com gmal.com gmil.com gnail.com gmaill.com gmali.com gmail.con gmail.cm",
    "yahoo.com": "yaho.com yahooo.com yhoo.com yaoo.com yahoo.con yahoo.cm",
    "hotmail.com": "hotmial.com hotmal.com hotmai.com hotmil.com homail.com hotmail.con",
    "outlook.com": "outlok.com outloook.com outllook.com oulook.com outlook.con",
    "icloud.com": "iclod.com icoud.com icluod.com icloud.con",
}
"""What people type by mistake; another provider's name is none of it, such as mail.com."""
_MEANT: Final = {typed: meant for meant, slips in _MISTYPED.items() for typed in slips.split()}
_NOTHING_SAID: Final = RosterChoices()


@dataclass
class _Roster:
    """The roster as it is, for looking people up, and what earlier rows said."""

    known: Sequence[KnownPerson]
    roles: Collection[Role]
    said: RosterChoices
    is_exact: bool
    by_key: dict[str, KnownPerson] = field(default_factory=dict)
    by_number: dict[str, KnownPerson] = field(default_factory=dict)
    by_bare_number: dict[str, KnownPerson] = field(default_factory=dict)
    """By the employee number without zeros before it."""
    gone: dict[str, KnownPerson] = field(default_factory=dict)
    gone_by_number: dict[str, KnownPerson] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    """Names of the people here, with their parts in alphabetical order."""
    lines_by_key: dict[str, int] = field(default_factory=dict)
    lines_by_number: dict[str, int] = field(default_factory=dict)
    lines_by_person: dict[UUID, int] = field(default_factory=dict)
    unclear_teams: set[str] = field(default_factory=set)
    """Teams with a comma that a row was told about."""
    later_twins: dict[int, int] = field(default_factory=dict)
    """Row -> a later row with the same address or number."""

    def __post_init__(self) -> None:
        for person in self.known:
            for key in person.keys:
                (self.by_key if person.is_here else self.gone)[key] = person
            if person.is_here:
                self.names.add(_sorted(person.name))
            if person.employee_number and person.is_here:
                self.by_bare_number[person.employee_number.lstrip("0")] = person
            if person.employee_number:
                (self.by_number if person.is_here else self.gone_by_number)[person.employee_number] = person


def plan(
    table: RosterTable,
    known: Sequence[KnownPerson],
    teams: Collection[str],
    roles: Collection[Role],
    today: dt.date,
    said: RosterChoices = _NOTHING_SAID,
    *,
    needs_address: bool = True,
) -> RosterPlan:
    """Decide what would come of each row. `teams`: the firm's teams, folded; `roles`: those that may be given.

    Who may give no role but a member's leaves people with another one as they are. Without `needs_address`, someone
    with an employee number needs no email address.
    """
    roster = _Roster(known, roles, said, table.is_exact)
    entries = []
    # A row that is left out is no other row's twin, so that one of two can be chosen.
    rows = read_rows(table, teams, today, needs_address=needs_address)
    for row in sorted(rows, key=lambda row: row.line.number in said.out):
        entry = _decide(row, roster)
        is_out = entry.line in said.out or (entry.is_doubtful and entry.line not in said.taken)
        entries.append(replace(entry, is_out=True) if is_out else entry)
    entries = [_share(entry, roster) for entry in sorted(entries, key=lambda entry: entry.line)]
    new_teams: dict[str, str] = {}
    for entry in entries:
        if entry.is_taken and entry.outcome is not RowOutcome.LEAVES and entry.wanted is not None:
            for name in entry.wanted.teams or ():
                if fold(name) not in teams:
                    new_teams.setdefault(fold(name), name)
    missing = tuple(_list_missing(entries, roster))
    leaving = tuple(person for person in missing if person.membership_id in said.left)
    return RosterPlan(tuple(entries), tuple(new_teams[key] for key in sorted(new_teams)), missing, leaving)


def _share(entry: RosterEntry, roster: _Roster) -> RosterEntry:
    """Return an entry with a warning if a later row has its address or number, and is refused for it."""
    later = roster.later_twins.get(entry.line)
    if later is None or entry.outcome is RowOutcome.PROBLEM:
        return entry
    shared = _l("row %(row)s has the same email address or number: check whose it is", row=later)
    return replace(entry, warnings=(*entry.warnings, shared))


def _list_missing(entries: Sequence[RosterEntry], roster: _Roster) -> list[KnownPerson]:
    """Return who is in no row; a row that can't be taken may mean anyone with its name, address or number."""
    matched = {entry.membership_id for entry in entries}
    vague = [entry for entry in entries if entry.membership_id is None]
    keys = {entry.email for entry in vague if entry.email}
    numbers = {entry.number for entry in vague if entry.number}
    names = {_sorted(entry.name) for entry in vague if entry.outcome is RowOutcome.PROBLEM}
    return [
        person
        for person in roster.known
        if person.is_here
        and person.role == Role.MEMBER
        and person.membership_id not in matched
        and not person.keys & keys
        and person.employee_number not in numbers
        and _sorted(person.name) not in names
    ]


def _decide(row: RosterRow, roster: _Roster) -> RosterEntry:
    if isinstance(row.person, Problem):
        return _refused(row, row.person)
    person, warnings = row.person, list(row.warnings)
    try:
        if not roster.is_exact:
            person, kept_zeros = _with_zeros(person, roster)
            warnings.extend(kept_zeros)
        earlier = roster.lines_by_key.get(person.email_key or "")
        if roster.said.has_slips and person.employee_number and earlier:
            warnings.append(
                _l("row %(row)s has the same email address: added without it, with a PIN slip", row=earlier)
            )
            person = replace(person, email_key=None)
        entry = _compare(row.line.number, person, row.cells.get("role", ""), roster)
    except Problem as problem:
        return _refused(row, problem)
    slips = [] if roster.is_exact else _slips_in(entry)
    warnings = [*slips, *entry.warnings, *warnings, *_warn(row, roster)]
    return replace(entry, number=_shown_number(row), warnings=tuple(warnings), is_unlikely=bool(slips))


def _refused(row: RosterRow, problem: Problem) -> RosterEntry:
    shown_name = BAD_CHARACTERS.sub("", row.name)[:LONGEST_NAME]
    shown = BAD_CHARACTERS.sub("", row.cells.get("email", ""))[:254].lower()
    reason = _l("Row %(row)s: %(problem)s", row=row.line.number, problem=problem.words)
    return RosterEntry(
        *(row.line.number, RowOutcome.PROBLEM, shown_name, shown, _shown_number(row), (reason,)),
        problem=problem.words,
        clashes=isinstance(problem, Clash),
        needs_no_address=isinstance(problem, SharedAddress),
        is_out=row.is_total,
    )


def _shown_number(row: RosterRow) -> str | None:
    return BAD_CHARACTERS.sub("", row.cells.get("employee_number", ""))[:LONGEST_NUMBER] or None


def _warn(row: RosterRow, roster: _Roster) -> list[LazyString]:
    """Return the warnings about how a row was read."""
    warnings = []
    if row.line.repeats:
        repeats = ", ".join(map(str, row.line.repeats))
        warnings.append(_l("also in row %(rows)s: read as one person", rows=repeats))
    if row.line.stints:
        stints = ", ".join(map(str, row.line.stints))
        warnings.append(_l("row %(rows)s is about an earlier time that has ended, and isn’t read", rows=stints))
    for team in row.unclear_teams:
        if team not in roster.unclear_teams:
            roster.unclear_teams.add(team)
            warnings.append(_l("“%(team)s” is read as one team: put a semicolon between two", team=team[:80]))
    if row.line.is_hidden:
        warnings.append(_l("this row is hidden in the spreadsheet"))
    if match := _MISREAD.search(row.name):
        warnings.append(_l("“%(letters)s” in the name may be a letter that was read wrongly", letters=match[0]))
    return warnings


def _with_zeros(row: Wanted, roster: _Roster) -> tuple[Wanted, list[LazyString]]:
    """Return a row with the zeros before its number that a spreadsheet ate, where its person has them here."""
    person = roster.by_bare_number.get((row.employee_number or "").lstrip("0"))
    kept = person.employee_number if person is not None else None
    is_person = person is not None and (row.email_key in person.keys or is_same_name(person.name, row.name))
    if not kept or not is_person or len(row.employee_number or "") >= len(kept):
        return row, []
    warning = _l("employee number %(number)s without its zeros: the same person, and %(number)s stays", number=kept)
    return replace(row, employee_number=kept), [warning]


def _compare(number: int, row: Wanted, role_text: str, roster: _Roster) -> RosterEntry:
    if row.has_left and _find(number, row, roster) is None:  # it takes nobody's address or number
        reason = _l("has left, says the list, and isn’t on the roster")
        return RosterEntry(number, RowOutcome.GONE, row.name, row.email_key, reasons=(reason,))
    _refuse_twins(number, row, roster)
    person = _find(number, row, roster)
    if person is None:
        return _new(number, row, role_text, roster)
    earlier = roster.lines_by_person.setdefault(person.membership_id, number)
    if earlier != number:
        raise Clash(_l("this is %(name)s, who is in row %(row)s too. Keep one of them.", name=person.name, row=earlier))
    if row.has_left:
        return _leaves(number, row, person)
    warnings = []
    role = ROLE_WORDS[Role(person.role)]
    if role_text and fold(role_text) != person.role:
        warnings.append(_l("%(name)s stays %(role)s: a roster changes nobody’s role", name=person.name, role=role))
    changed = _changes_of(row, person)
    entry = RosterEntry(
        number,
        RowOutcome.UNCHANGED,
        row.name,
        row.email_key,
        rests_on=(person.role, *(str(change.old) for change in changed.values())),
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
        numbers = person.employee_number, row.employee_number
        if (
            "employee_number" in changed
            and all(numbers)
            and len({digits.lstrip("0") for digits in numbers if digits}) == 1
        ):
            warnings.append(_l("only the zeros before the employee number change"))
        entry = replace(
            entry,
            outcome=RowOutcome.CHANGED,
            changes=tuple(changed.values()),
            wanted=row,
            old_name="" if is_elsewhere or is_same_name(row.name, person.name) else person.name,
            has_other_address=is_elsewhere,
            gets_mail=is_elsewhere and not person.has_joined,
        )
    return replace(entry, warnings=tuple(warnings))


def _changes_of(row: Wanted, person: KnownPerson) -> dict[str, RosterChange]:
    """Return the old and the new value of each field that would change."""
    is_elsewhere = row.email_key not in person.keys
    pairs: list[tuple[str, Value, Value]] = [
        ("name", row.name, person.name),
        ("email", row.email_key if is_elsewhere else None, person.email),
        ("job_title", row.job_title, person.job_title),
        ("employee_number", row.employee_number, person.employee_number),
        ("hired_on", row.hired_on, person.hired_on),
    ]
    if row.teams is not None and set(map(fold, row.teams)) != set(map(fold, person.teams)):
        pairs.append(("teams", "; ".join(row.teams), "; ".join(person.teams)))
    return {name: RosterChange(LABELS[name], old, new) for name, new, old in pairs if new is not None and new != old}


def _slips_in(entry: RosterEntry) -> list[LazyString]:
    """Return why a row is likely to be a slip."""
    changed = {name: change for change in entry.changes for name, label in LABELS.items() if change.label is label}
    slips = []
    if list(changed) == ["name"] and str(changed["name"].old).casefold() == str(changed["name"].new).casefold():
        slips.append(_l("only capitals differ"))
    if entry.old_name:
        slips.append(_l("the same address, another name. Check this row only if it’s the same person."))
    domain = (entry.email or "").rpartition("@")[2]
    if domain in _MEANT and ("email" in changed or entry.outcome in (RowOutcome.NEW, RowOutcome.RETURNED)):
        slips.append(_l("the address ends with %(typed)s. Did you mean %(meant)s?", typed=domain, meant=_MEANT[domain]))
    return slips


def _leaves(number: int, row: Wanted, person: KnownPerson) -> RosterEntry:
    """Return the outcome for someone here who has left, as a row says. Raises Problem."""
    role = ROLE_WORDS[Role(person.role)]
    entry = RosterEntry(
        number,
        RowOutcome.UNCHANGED,
        person.name,
        row.email_key,
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
    if row.ended_on is not None and hired_on is not None and row.ended_on < hired_on:
        raise Problem(
            _l(
                "the last day, %(day)s, is before the hire date, %(hired)s. Correct one of them.",
                day=row.ended_on.isoformat(),
                hired=hired_on.isoformat(),
            )
        )
    if row.ended_on is not None:
        last_day = RosterChange(_l("last day"), None, row.ended_on)
        return replace(entry, outcome=RowOutcome.LEAVES, changes=(last_day,), wanted=row)
    told = _l("has left, says the list, without a day: the last day is today")
    return replace(entry, outcome=RowOutcome.LEAVES, reasons=(told,), wanted=row)


def _new(number: int, row: Wanted, role_text: str, roster: _Roster) -> RosterEntry:
    row = replace(row, role=read_role(role_text, roster.roles))
    if row.email_key is None:
        return _new_without_address(number, row, roster)
    outcome = RowOutcome.RETURNED if row.email_key in roster.gone else RowOutcome.NEW
    return RosterEntry(number, outcome, row.name, row.email_key, wanted=row, gets_mail=True)


def _new_without_address(number: int, row: Wanted, roster: _Roster) -> RosterEntry:
    if row.role not in {None, Role.MEMBER}:
        role = ROLE_WORDS[row.role or Role.MEMBER]
        raise Problem(_l("the role %(role)s needs an email address. Add one, or leave the role empty.", role=role))
    warnings = []
    if _sorted(row.name) in roster.names:
        warnings.append(_l("someone called %(name)s is on the roster already: is this the same person?", name=row.name))
    gone = roster.gone_by_number.get(row.employee_number or "")
    outcome = RowOutcome.RETURNED if gone is not None and is_same_name(gone.name, row.name) else RowOutcome.NEW
    return RosterEntry(number, outcome, row.name, None, warnings=tuple(warnings), wanted=row)


def _sorted(name: str) -> str:
    return " ".join(sorted(fold(name).split()))


def _refuse_twins(number: int, row: Wanted, roster: _Roster) -> None:
    earlier = roster.lines_by_key.setdefault(row.email_key, number) if row.email_key else number
    if earlier != number:
        roster.later_twins[earlier] = number
        raise (SharedAddress if row.employee_number else Clash)(
            _l(
                "the email address %(email)s is in row %(row)s too. Keep one of them.",
                email=row.email_key,
                row=earlier,
            )
        )
    if row.employee_number is None:
        return
    earlier = roster.lines_by_number.setdefault(row.employee_number, number)
    if earlier != number:
        roster.later_twins[earlier] = number
        raise Clash(
            _l(
                "the employee number %(number)s is in row %(row)s too. Correct one of them.",
                number=row.employee_number,
                row=earlier,
            )
        )


def _find(number: int, row: Wanted, roster: _Roster) -> KnownPerson | None:
    """Return the person here whom a row means: by email, or else by employee number and name."""
    by_key = roster.by_key.get(row.email_key or "")
    by_number = roster.by_number.get(row.employee_number or "")
    if by_number is not None and by_number is not by_key:
        if by_key is not None or not (number in roster.said.same or is_same_name(by_number.name, row.name)):
            raise Clash(
                _l(
                    "the employee number %(number)s belongs to %(name)s, who is on the roster. "
                    "Correct the number, or change it on the person’s page first.",
                    number=row.employee_number,
                    name=by_number.name,
                )
            )
        return by_number
    return by_key
