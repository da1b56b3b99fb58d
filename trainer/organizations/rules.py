"""Whether a firm is open, who may do what in it, names that count as the same, and its days. Pure: time is given."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

UNDO_LASTS: Final = dt.timedelta(days=30)
"""How long a removal can be undone. After that a person who returns is hired again."""
REOPENING_LASTS: Final = dt.timedelta(days=30)
"""How long a firm that an owner closed can be opened again. After that its records are deleted."""
MOST_ZEROS: Final = 8
"""Zeros before an employee number that may be left out."""
FOLLOW_UPS: Final = (3, 10, 20)
"""Days after an invitation on which it goes out again, as long as nobody has answered it."""
_DAYTIME: Final = (dt.time(8), dt.time(20))
"""Between these people are written to automatically, by the firm's clock."""
EVENING: Final = dt.timedelta(hours=4)
"""From the end of daytime to midnight."""


class FirmState(StrEnum):
    """Whether anything can be done in a firm."""

    OPEN = "open"
    SUSPENDED = "suspended"  # by whoever runs the installation
    CLOSED = "closed"  # by an owner


def firm_state(suspended_at: dt.datetime | None, closed_at: dt.datetime | None) -> FirmState:
    """Return the state of a firm; one that was closed and then suspended is suspended."""
    if suspended_at is not None:
        return FirmState.SUSPENDED
    return FirmState.OPEN if closed_at is None else FirmState.CLOSED


def can_reopen(state: FirmState, deletes_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Return True while a closed firm can be opened again."""
    return state is FirmState.CLOSED and deletes_at is not None and now < deletes_at


def is_to_be_deleted(state: FirmState, deletes_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Return True once a closed firm can't be opened again; while it is suspended, nothing of it is deleted."""
    return state is FirmState.CLOSED and deletes_at is not None and now >= deletes_at


class Role(StrEnum):
    """What a person is in a firm."""

    OWNER = "owner"
    MANAGER = "manager"
    INSTRUCTOR = "instructor"
    MEMBER = "member"


class May(StrEnum):
    """What someone in a firm may do."""

    BELONG = "belong"  # see what everybody in the firm sees: its name, and what it sees of them
    SEE_PEOPLE = "see people"
    CHANGE_PEOPLE = "change people"
    BRING_IN = "bring people in"
    SEE_TRAINING = "see training status"
    SET_TEAMS = "set teams"
    REQUIRE = "set requirements"
    TEACH = "teach"
    SET_ROLES = "set roles"
    SET_FIRM = "set the firm"
    READ_AUDIT = "read the audit log"


_OF_MANAGERS: Final = {May.BELONG, May.SEE_PEOPLE, May.CHANGE_PEOPLE, May.BRING_IN, May.SEE_TRAINING}
_OF_MANAGERS_OF_ALL: Final = {*_OF_MANAGERS, May.SET_TEAMS, May.REQUIRE}
_ALLOWED: Final[dict[Role, set[May]]] = {
    Role.OWNER: set(May),
    Role.MANAGER: _OF_MANAGERS,
    Role.INSTRUCTOR: {May.BELONG, May.TEACH},
    Role.MEMBER: {May.BELONG},
}
STAFF: Final = frozenset({Role.OWNER, Role.MANAGER, Role.INSTRUCTOR})
"""They see other people's records, so they sign in with a second step."""


def is_allowed(role: Role, permission: May, *, manages_all: bool) -> bool:
    """Return True if the role may do it. A manager of chosen teams may do less than one of all."""
    if role is Role.MANAGER and manages_all:
        return permission in _OF_MANAGERS_OF_ALL
    return permission in _ALLOWED[role]


def padded(number: str) -> list[str]:
    """Return what a number may be that was typed without the zeros before it, itself first."""
    return ["0" * zeros + number for zeros in range(MOST_ZEROS + 1)]


def fold(name: str) -> str:
    """Return a name to compare and sort by: no accents, no capitals, single blanks."""
    if name.isascii():
        return " ".join(name.lower().split())
    bare = "".join(char for char in unicodedata.normalize("NFKD", name) if not unicodedata.combining(char))
    return " ".join(bare.casefold().split())


def has_letter(name: str) -> bool:
    """Return True if a person's name has a letter: a number alone is none."""
    return any(char.isalpha() for char in name)


def names_an_address(name: str) -> bool:
    """Return True if mail programs would make a link of it: our mails open with the firm's name."""
    return re.search(r"://|\bwww\.|\b[^\W_][\w-]{1,62}\.[^\W\d_]{2,}(?![\w-])", name, re.IGNORECASE) is not None


def is_time_zone(name: str) -> bool:
    """Return True for a time zone of the IANA database."""
    return name in available_timezones()


def local_day(time_zone: str, now: dt.datetime) -> dt.date:
    """Return the day that it is in a time zone."""
    return now.astimezone(ZoneInfo(time_zone)).date()


def day_begins(day: dt.date, zone: str) -> dt.datetime:
    """Return the instant at which a day begins by the firm's clock."""
    return dt.datetime.combine(day, dt.time(), ZoneInfo(zone)).astimezone(dt.UTC)


def is_daytime(instant: dt.datetime, zone: str) -> bool:
    """Return True if people may be written to by the firm's clock."""
    begins, ends = _DAYTIME
    return begins <= instant.astimezone(ZoneInfo(zone)).time() < ends


def next_turn_of_day(now: dt.datetime, zone: str) -> dt.datetime:
    """Return when the next day begins by the firm's clock, or the time at which people may be written to."""
    today = local_day(zone, now)
    turns = [
        dt.datetime.combine(day, time, ZoneInfo(zone)).astimezone(dt.UTC)
        for day in (today, today + dt.timedelta(days=1))
        for time in (dt.time(), _DAYTIME[0])
    ]
    return min(turn for turn in turns if turn > now)


def next_follow_up(invited_on: dt.date, sent: int, today: dt.date) -> tuple[int, dt.date] | None:
    """Return the number and the day of an invitation's next follow-up, or None after the last.

    `sent`: the number of the newest one, 0 if there is none. Where several days have passed without one, only the
    latest follows.
    """
    days = {number: invited_on + dt.timedelta(days=after) for number, after in enumerate(FOLLOW_UPS, start=1)}
    due = [number for number, day in days.items() if day <= today]
    number = max(due[-1] if due else 1, sent + 1)
    return (number, max(days[number], today)) if number in days else None


def can_undo(ended_at: dt.datetime, now: dt.datetime) -> bool:
    """Return True while a removal can be undone."""
    return now - ended_at <= UNDO_LASTS


def was_here(zone: str, last_day: dt.date | None, issued_at: dt.datetime) -> bool:
    """Return True if something was earned before leaving: what came later is none of the firm's business."""
    if last_day is None or last_day == dt.date.max:
        return True
    return issued_at < day_begins(last_day + dt.timedelta(days=1), zone)
