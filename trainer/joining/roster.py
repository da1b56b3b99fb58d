"""What a roster comes to: the fate of each row, with its reason, and who isn't in it. Pure."""

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

from trainer.joining.cells import Wanted
from trainer.web.language import show_day

Value = str | dt.date | None


class Fate(StrEnum):
    """What a row comes to."""

    PROBLEM = "problem"
    NEW = "new"
    RETURNED = "returned"  # was here before: a rehire is a new membership
    CHANGED = "changed"
    LEAVES = "leaves"  # is here, and the list says has left
    GONE = "gone"  # isn't here, and the list says has left: nothing is done
    UNCHANGED = "unchanged"


WRITTEN = (Fate.NEW, Fate.RETURNED, Fate.CHANGED, Fate.LEAVES)
"""Fates that change something, so that someone may say no to them."""


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
class Change:
    """What one field of a person would become."""

    label: LazyString
    old: Value
    new: Value

    @property
    def told(self) -> tuple[str | LazyString, str | LazyString]:
        """The old and the new value, as a person reads them."""
        return _told(self.old), _told(self.new)


@dataclass(frozen=True, slots=True)
class Entry:
    """A row and its fate."""

    line: int
    fate: Fate
    name: str
    email: str | None
    number: str | None = None
    reasons: tuple[LazyString, ...] = ()
    """Of a problem: what is wrong and what to do. Of someone who leaves: when."""
    changes: tuple[Change, ...] = ()
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
    is_out: bool = False
    """True if someone said that nothing is to be done about this row."""

    @property
    def is_taken(self) -> bool:
        """True if it is written once the roster is confirmed."""
        return self.fate in WRITTEN and not self.is_out

    @property
    def reason(self) -> str:
        """The changes and reasons, in the language of whoever reads them."""
        changes = (
            _l("%(cell)s: %(old)s → %(new)s", cell=one.label, old=one.told[0], new=one.told[1]) for one in self.changes
        )
        return "; ".join(map(str, (*changes, *self.reasons)))

    @property
    def warning(self) -> str:
        """The warnings, in the language of whoever reads them."""
        return "; ".join(map(str, self.warnings))


@dataclass(frozen=True)
class Plan:
    """What a roster comes to, decided against the roster as it is."""

    entries: tuple[Entry, ...]
    new_teams: tuple[str, ...]
    missing: tuple[Known, ...] = ()
    """Who is on the roster and in no row: perhaps they have left. People with a role aren't asked about."""
    leaving: tuple[Known, ...] = ()
    """Those of them of whom someone said that they have."""

    @cached_property
    def counts(self) -> dict[Fate, int]:
        """Return how many rows have each fate, whether they are taken or not."""
        found = dict.fromkeys(Fate, 0)
        for entry in self.entries:
            found[entry.fate] += 1
        return found

    @cached_property
    def taken(self) -> dict[Fate, tuple[Entry, ...]]:
        """Return the rows of each fate that would be written."""
        found: dict[Fate, list[Entry]] = {fate: [] for fate in WRITTEN}
        for entry in self.entries:
            if entry.is_taken:
                found[entry.fate].append(entry)
        return {fate: tuple(entries) for fate, entries in found.items()}

    @property
    def added(self) -> int:
        """How many people would be brought in."""
        return len(self.taken[Fate.NEW]) + len(self.taken[Fate.RETURNED])

    @property
    def ended(self) -> int:
        """How many people would be marked as having left."""
        return len(self.taken[Fate.LEAVES]) + len(self.leaving)

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
        return sum(one.email is None for fate in (Fate.NEW, Fate.RETURNED) for one in self.taken[fate])

    @cached_property
    def renamed(self) -> tuple[Entry, ...]:
        """Who would get another name, which somebody has to say is the same person's."""
        return tuple(entry for entry in self.entries if entry.old_name and entry.is_taken)

    @cached_property
    def refused(self) -> tuple[Entry, ...]:
        """The rows that can't be taken, and that nobody left out yet."""
        return tuple(entry for entry in self.entries if entry.fate is Fate.PROBLEM and not entry.is_out)

    @cached_property
    def left_out(self) -> tuple[Entry, ...]:
        """The rows that stay out: those that can't be taken, and those that somebody said no to."""
        return tuple(
            entry for entry in self.entries if entry.fate is Fate.PROBLEM or (entry.is_out and entry.fate in WRITTEN)
        )

    @cached_property
    def warned(self) -> tuple[Entry, ...]:
        """The rows to look at before they are confirmed."""
        return tuple(entry for entry in self.entries if entry.warnings)

    @cached_property
    def digest(self) -> str:
        """Return a mark that is another one as soon as any row comes to something else, in whatever language."""
        told = "\n".join(
            f"{one.line} {one.fate} {one.membership_id} {one.name} {one.email} {one.wanted} {one.rests_on} {one.is_out}"
            for one in self.entries
        )
        others = [sorted(one.membership_id.hex for one in group) for group in (self.missing, self.leaving)]
        return hashlib.sha256(f"{told}\n{self.new_teams}\n{others}".encode()).hexdigest()[:32]


def _told(value: Value) -> str | LazyString:
    return show_day(value, "long") if isinstance(value, dt.date) else value or _l("nothing")
