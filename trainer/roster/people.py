"""What a row says about a person: address, days, teams, role, and whether they have left. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from trainer.accounts.rules import clean_name, email_key, is_mailable, is_printable_name
from trainer.organizations.models import LONGEST_NAME, LONGEST_NUMBER, LONGEST_TITLE
from trainer.organizations.rules import Role, fold, has_letter
from trainer.roster.cells import CELL_WORDS, Problem
from trainer.roster.days import DayOrder, read_day
from trainer.roster.names import find_oddity
from trainer.roster.statuses import is_working

MOST_TEAMS: Final = 20
"""Teams that one person can be put into."""
FIRST_DAY: Final = dt.date(1940, 1, 1)
_PLAIN_LOCAL: Final = re.compile(r"[a-z0-9]+(?:[._+-][a-z0-9]+)*")
_LONGEST_LOCAL, _LONGEST_DOMAIN = 64, 180
"""For a shorter check of plain addresses."""
_ROUNDED: Final = re.compile(r"\d([.,]\d+)?E\+?\d+|0?[.,]\d+", re.IGNORECASE)
"""A long number as a spreadsheet shows it, with its last digits lost, or a percentage."""
_DAY_IN_STATUS: Final = re.compile(r"(?<!\d)\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4}\s*\Z")
_SEPARATORS: Final = re.compile(r"[;|\n]")
_TAIL: Final = re.compile(r",\s*([A-Z]{2}|inc|llc|llp|ltd|corp|co)\.?\s*\Z", re.IGNORECASE)
"""A state or a company's form behind a comma: one team."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a row says about a person. None: it says nothing, and what we know stays."""

    name: str
    email_key: str | None
    job_title: str | None = None
    employee_number: str | None = None
    hired_on: dt.date | None = None
    teams: tuple[str, ...] | None = None
    role: Role | None = None
    has_left: bool = False
    ended_on: dt.date | None = None
    """The last day of someone who has left, if the row says it."""
    has_odd_status: bool = False
    """True if we don't know whether the row's status means that this person works here."""


def read_person(
    cells: dict[str, str], name: str, order: DayOrder, today: dt.date, *, needs_address: bool = True
) -> tuple[Wanted, list[LazyString]]:
    """Parse a row, without the role, and return it with its warnings. Raises Problem."""
    has_number = bool(cells.get("employee_number"))
    key = _read_email(
        cells.get("email", ""),
        name[:LONGEST_TITLE],
        is_needed=needs_address or not has_number,
        has_way_out=not needs_address,
    )
    label = key or cells.get("employee_number", "")[:LONGEST_NUMBER]
    if not name:
        raise Problem(_l("no name for %(email)s. Add one, or leave the row out.", email=label))
    if not has_letter(name):
        raise Problem(_l("the name for %(email)s has no letter in it. Write it in letters.", email=label))
    if oddity := find_oddity(name):
        raise Problem(_l("the name holds “%(letters)s”. Write the name alone.", letters=oddity))
    title, number = clean_name(cells.get("job_title", "")), clean_name(cells.get("employee_number", ""))
    for column, text, most in (
        ("name", name, LONGEST_NAME),
        ("job_title", title, LONGEST_TITLE),
        ("employee_number", number, LONGEST_NUMBER),
    ):
        if len(text) > most or (column == "name" and len(fold(text)) > most):
            raise Problem(
                _l("the %(cell)s is longer than %(most)s characters. Shorten it.", cell=CELL_WORDS[column], most=most)
            )
    if _ROUNDED.fullmatch(number):
        raise Problem(
            _l(
                "the employee number %(number)s was rounded by a spreadsheet. Format that column as text, "
                "and copy the numbers into it again.",
                number=number,
            )
        )
    hired_on = _read_hired(cells.get("rehired_on") or cells.get("hired_on", ""), order, today)
    has_left, ended_on, warnings = _read_standing(cells, hired_on, order, today)
    person = Wanted(
        name=name,
        email_key=key,
        job_title=title or None,
        employee_number=number or None,
        hired_on=hired_on,
        teams=_read_teams(cells.get("teams", "")),
        has_left=has_left,
        ended_on=ended_on,
        has_odd_status=is_working(cells.get("status", "")) is None and bool(cells.get("status")),
    )
    return person, warnings


def key_of(text: str) -> str | None:
    """Return what `email_key` does; of many plain addresses at one domain, it checks the domain once."""
    local, _at, domain = text.lower().rpartition("@")
    if _PLAIN_LOCAL.fullmatch(local) and len(local) <= _LONGEST_LOCAL and _is_plain(domain):
        return f"{local}@{domain}"
    return email_key(text)


@lru_cache(maxsize=1000)
def _is_plain(domain: str) -> bool:
    """Return True if an address at this domain is its own key."""
    return email_key(f"a@{domain}") == f"a@{domain}" and len(domain) <= _LONGEST_DOMAIN


def _read_email(text: str, name: str, *, is_needed: bool, has_way_out: bool) -> str | None:
    if not text and not is_needed:
        return None
    if not text and has_way_out:
        raise Problem(
            _l(
                "no email address and no employee number for %(name)s. Add one of them, or leave the row out.",
                name=name,
            )
            if name
            else _l("no email address and no employee number. Add one of them, or leave the row out.")
        )
    if not text:
        raise Problem(
            _l("no email address for %(name)s. Add one, or leave the row out.", name=name)
            if name
            else _l("no email address. Add one, or leave the row out.")
        )
    label = _l("the email address for %(name)s", name=name) if name else _l("the email address")
    key = key_of(text)
    if key is None or not is_mailable(key):
        raise Problem(
            _l("%(address)s isn’t one we can write to. Use plain letters, one @, and no spaces.", address=label)
        )
    if not text.isascii():
        raise Problem(
            _l(
                "%(address)s holds hidden characters, or letters that only look like plain ones. "
                "Type it again with plain letters.",
                address=label,
            )
        )
    return key


def _read_hired(text: str, order: DayOrder, today: dt.date) -> dt.date | None:
    if not text:
        return None
    day = _read_day(text, order, today)
    if day > today + dt.timedelta(days=366):
        raise Problem(_l("the hire date is %(day)s, more than a year ahead. Correct the year.", day=day.isoformat()))
    if day < FIRST_DAY:
        raise Problem(_l("the hire date is %(day)s. Correct the year.", day=day.isoformat()))
    return day


def read_stint(cells: dict[str, str], order: DayOrder, today: dt.date) -> dt.date | None:
    """Return the last day of someone who has left, the first of all days if it isn't known; None for anyone else."""
    try:
        hired_on = _read_hired(cells.get("rehired_on") or cells.get("hired_on", ""), order, today)
        has_left, ended_on, _warnings = _read_standing(cells, hired_on, order, today)
    except Problem:  # it is told where the row is refused
        return None
    return (ended_on or dt.date.min) if has_left else None


def _read_standing(
    cells: dict[str, str], hired_on: dt.date | None, order: DayOrder, today: dt.date
) -> tuple[bool, dt.date | None, list[LazyString]]:
    """Return whether someone has left, on which day if that is known, and what to look at."""
    text, status = cells.get("ended_on", ""), cells.get("status", "")
    is_here = is_working(status)
    if is_here is False and not text and (match := _DAY_IN_STATUS.search(status)):
        text = match[0]
    warnings = []
    if status and is_here is None:
        warnings.append(_l("we don’t know the status “%(status)s”: does this person work here?", status=status[:40]))
    if not text:
        return is_here is False, None, warnings
    day = _read_day(text, order, today)
    if day < FIRST_DAY:
        raise Problem(_l("the last day is %(day)s. Correct the year.", day=day.isoformat()))
    if is_here is False:
        return True, min(day, today), warnings
    if day > today:
        warnings.append(_l("the last day, %(day)s, is still ahead, so this person stays", day=day.isoformat()))
        return False, None, warnings
    if hired_on is not None and hired_on > day:
        if is_here is None and not cells.get("rehired_on"):
            warnings.append(
                _l("the last day, %(day)s, is before the hire date: read as someone who came back", day=day.isoformat())
            )
        return False, None, warnings
    if is_here:
        warnings.append(
            _l(
                "the last day was %(day)s, but the status is “%(status)s”, so this person stays",
                day=day.isoformat(),
                status=status[:40],
            )
        )
        return False, None, warnings
    return True, day, warnings


def _read_day(text: str, order: DayOrder, today: dt.date) -> dt.date:
    try:
        return read_day(text, today, order)
    except ValueError:
        raise Problem(
            _l("“%(text)s” isn’t a date we can read. Write it as 2026-03-04, or month/day/year.", text=text[:40])
            if order is DayOrder.MONTH_FIRST
            else _l("“%(text)s” isn’t a date we can read. Write it as 2026-03-04, or day.month.year.", text=text[:40])
        ) from None


def _read_teams(text: str) -> tuple[str, ...] | None:
    names = {fold(name): name for part in _SEPARATORS.split(text) if (name := clean_name(part))}
    for key, name in names.items():
        if len(name) > LONGEST_TITLE or len(key) > LONGEST_TITLE:
            raise Problem(_l("a team’s name is longer than %(most)s characters. Shorten it.", most=LONGEST_TITLE))
        if not is_printable_name(name):
            raise Problem(_l("a team’s name has no letter in it. Write it in letters."))
    if len(names) > MOST_TEAMS:
        raise Problem(_l("there are more than %(most)s teams. Keep those that matter.", most=MOST_TEAMS))
    return tuple(names.values()) or None


def list_teams(cells: Iterable[str]) -> set[str]:
    """Return the teams in these cells that have no comma in their names, folded."""
    return {fold(part) for cell in set(cells) for part in _SEPARATORS.split(cell) if part.strip() and "," not in part}


def split_teams(cell: str, firm: Collection[str], listed: Collection[str]) -> tuple[list[str], list[str]]:
    """Return the teams of a cell, and those whose comma may separate two teams.

    `firm`: the firm's teams, folded; `listed`: those that stand elsewhere in the list.
    """
    teams, unclear = [], []
    for part in _SEPARATORS.split(cell):
        names = [name.strip() for name in part.split(",") if name.strip()]
        if len(names) < 2 or fold(part) in firm:
            teams.append(part)
        elif all(fold(name) in firm or fold(name) in listed for name in names):
            teams.extend(names)
        else:
            teams.append(part)
            if not _TAIL.search(part):
                unclear.append(part.strip())
    return teams, unclear


def read_role(text: str, roles: Collection[Role]) -> Role | None:
    """Return the role that is to be given; `roles`: those that may be. Raises Problem."""
    bare = fold(text)
    if not bare:
        return None
    if bare == Role.OWNER:
        raise Problem(
            _l("a roster can’t make someone an owner. Leave the role empty, and set it on the person’s page.")
        )
    if bare not in set(Role):
        raise Problem(
            _l(
                "there is no role “%(role)s”. Write %(roles)s, or leave it empty.",
                role=text[:40],
                roles=_listed(roles),
            )
        )
    if Role(bare) not in roles:
        raise Problem(
            _l("you can’t give the role %(role)s. Write %(roles)s, or leave it empty.", role=bare, roles=_listed(roles))
        )
    return Role(bare)


def _listed(roles: Collection[Role]) -> str | LazyString:
    """Return the words that a cell may hold: those are read in one language only."""
    listed, *others = (role.value for role in Role if role in roles)
    for other in others:
        listed = _l("%(one)s or %(other)s", one=listed, other=other)
    return listed
