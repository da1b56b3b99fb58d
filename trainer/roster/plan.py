"""What would come of a roster: the outcome of each row, with its reason, and who isn't in it. Pure."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from uuid import UUID

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from trainer.roster.people import Wanted
from trainer.web.language import show_day

Value = str | dt.date | None


class RowOutcome(StrEnum):
    """What would come of a row."""

    PROBLEM = "problem"
    NEW = "new"
    RETURNED = "returned"  # was here before: a rehire is a new membership
    CHANGED = "changed"
    LEAVES = "leaves"  # is here, and the list says has left
    GONE = "gone"  # isn't here, and the list says has left: nothing is done
    UNCHANGED = "unchanged"


WRITTEN = (RowOutcome.NEW, RowOutcome.RETURNED, RowOutcome.CHANGED, RowOutcome.LEAVES)
"""Outcomes that change something, so that someone may say no to them."""


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """Someone who is or was on the firm's roster."""

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
class RosterChange:
    """What one field of a person would become."""

    label: LazyString
    old: Value
    new: Value

    @property
    def told(self) -> tuple[str | LazyString, str | LazyString]:
        """The old and the new value, as a person reads them."""
        return _told(self.old), _told(self.new)


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """A row and its outcome."""

    line: int
    outcome: RowOutcome
    name: str
    email: str | None
    number: str | None = None
    reasons: tuple[LazyString, ...] = ()
    """For a problem: what is wrong and what to do. For someone who leaves: when."""
    changes: tuple[RosterChange, ...] = ()
    warnings: tuple[LazyString, ...] = ()
    """What to look at before it is confirmed: it stops nothing."""
    rests_on: tuple[str, ...] = ()
    """What we knew about the person that decided this: the role, and the values that would change."""
    wanted: Wanted | None = None
    membership_id: UUID | None = None
    """Who is changed."""
    old_name: str = ""
    """For someone found by address alone: the name that would be replaced. It may be a different person."""
    has_other_address: bool = False
    gets_mail: bool = False
    """True for someone who is new here, or who has a new address and hasn't joined yet."""
    problem: LazyString | None = None
    """For a problem: the reason without the row's number."""
    clashes: bool = False
    """True for a problem that lies in someone else, on the roster or in another row."""
    needs_no_address: bool = False
    """True for a problem that lies in a shared address, of someone with an employee number: a PIN slip would do."""
    is_unlikely: bool = False
    """True if it looks like a slip, as its warnings say: other capitals, another name, or a mistyped address."""
    is_out: bool = False
    """True if nothing is to be done about this row: someone said so, or it is a total."""

    @property
    def is_doubtful(self) -> bool:
        """True if it stays out until someone takes it: it looks like a slip, or we don't know whether this person still
        works here."""
        has_odd_status = self.wanted is not None and self.wanted.has_odd_status
        return (has_odd_status or self.is_unlikely) and self.outcome in WRITTEN

    @property
    def is_total(self) -> bool:
        """True for a row that is no person: it is left out, and nobody has to decide or mend anything."""
        return self.outcome is RowOutcome.PROBLEM and self.is_out

    @property
    def is_taken(self) -> bool:
        """True if it is written once the roster is confirmed."""
        return self.outcome in WRITTEN and not self.is_out

    @property
    def reason(self) -> str:
        """The changes and reasons, in the reader's language."""
        changes = (
            _l("%(cell)s: %(old)s → %(new)s", cell=change.label, old=change.told[0], new=change.told[1])
            for change in self.changes
        )
        return "; ".join(map(str, (*changes, *self.reasons)))

    @property
    def warning(self) -> str:
        """The warnings, in the reader's language."""
        return "; ".join(map(str, self.warnings))


@dataclass(frozen=True, slots=True)
class RosterChoices:
    """What someone said about a plan: which rows are left out, and which people who aren't in the list have left."""

    out: frozenset[int] = frozenset()
    """Numbers of rows."""
    left: frozenset[UUID] = frozenset()
    taken: frozenset[int] = frozenset()
    """Numbers of doubtful rows that are taken."""
    has_slips: bool = False
    """True if rows that share an address come in without it, where they have an employee number."""
    same: frozenset[int] = frozenset()
    """Numbers of rows whose person is the one with that employee number, even under another name."""


@dataclass(frozen=True)
class RosterPlan:
    """What would come of a roster that was sent, decided against the firm's roster as it is."""

    entries: tuple[RosterEntry, ...]
    new_teams: tuple[str, ...]
    missing: tuple[KnownPerson, ...] = ()
    """People on the firm's roster who are in no row: they may have left. We don't ask about people with a role."""
    leaving: tuple[KnownPerson, ...] = ()
    """The people among them who have left, as someone confirmed."""

    @cached_property
    def counts(self) -> dict[RowOutcome, int]:
        """Return how many rows have each outcome, whether they are taken or not; totals have none."""
        counts = dict.fromkeys(RowOutcome, 0)
        for entry in self.entries:
            counts[entry.outcome] += not entry.is_total
        return counts

    @cached_property
    def taken(self) -> dict[RowOutcome, tuple[RosterEntry, ...]]:
        """Return the rows of each outcome that would be written."""
        taken: dict[RowOutcome, list[RosterEntry]] = {outcome: [] for outcome in WRITTEN}
        for entry in self.entries:
            if entry.is_taken:
                taken[entry.outcome].append(entry)
        return {outcome: tuple(entries) for outcome, entries in taken.items()}

    @property
    def added(self) -> int:
        """How many people would be brought in."""
        return len(self.taken[RowOutcome.NEW]) + len(self.taken[RowOutcome.RETURNED])

    @property
    def ended(self) -> int:
        """How many people would be marked as having left."""
        return len(self.taken[RowOutcome.LEAVES]) + len(self.leaving)

    @property
    def changes(self) -> bool:
        """True if there is anything to write."""
        return any(self.taken.values()) or bool(self.leaving)

    @cached_property
    def mailed(self) -> int:
        """How many people could be invited."""
        return sum(entry.gets_mail for entry in self.entries if entry.is_taken)

    @property
    def without_address(self) -> int:
        """How many of the people who would be brought in have no address, and need a PIN slip."""
        return sum(
            entry.email is None for outcome in (RowOutcome.NEW, RowOutcome.RETURNED) for entry in self.taken[outcome]
        )

    @cached_property
    def renamed(self) -> tuple[RosterEntry, ...]:
        """Rows that would change a person's name, and stay out until someone says that it is the same person."""
        return tuple(entry for entry in self.entries if entry.old_name and entry.is_out)

    @cached_property
    def refused(self) -> tuple[RosterEntry, ...]:
        """The rows that can't be taken and haven't been left out yet."""
        return tuple(entry for entry in self.entries if entry.outcome is RowOutcome.PROBLEM and not entry.is_total)

    @property
    def sharing(self) -> int:
        """How many refused rows could come in without the address that they share."""
        return sum(entry.needs_no_address for entry in self.refused)

    @cached_property
    def left_out(self) -> tuple[RosterEntry, ...]:
        """The rows that stay out: those that can't be taken, and those that someone left out."""
        return tuple(
            entry
            for entry in self.entries
            if entry.outcome is RowOutcome.PROBLEM or (entry.is_out and entry.outcome in WRITTEN)
        )

    @cached_property
    def warned(self) -> tuple[RosterEntry, ...]:
        """The rows to look at before they are confirmed."""
        return tuple(entry for entry in self.entries if entry.warnings)

    @cached_property
    def digest(self) -> str:
        """Return a digest that changes whenever the outcome of any row does; it is the same in every language."""
        told = "\n".join(
            f"{entry.line} {entry.outcome} {entry.membership_id} {entry.name} {entry.email} "
            f"{entry.wanted} {entry.rests_on} {entry.is_out}"
            for entry in self.entries
        )
        others = [sorted(person.membership_id.hex for person in group) for group in (self.missing, self.leaving)]
        return hashlib.sha256(f"{told}\n{self.new_teams}\n{others}".encode()).hexdigest()[:32]


def _told(value: Value) -> str | LazyString:
    return show_day(value, "long") if isinstance(value, dt.date) else value or _l("nothing")
