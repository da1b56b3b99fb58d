"""What the cells of a row say about a person, and why some can't be taken. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from trainer.accounts.rules import clean_name, email_key, is_mailable, is_printable_name
from trainer.organizations.models import LONGEST_NAME, LONGEST_NUMBER, LONGEST_TITLE
from trainer.organizations.rules import Role, fold, has_letter
from trainer.roster.days import Order, read_day
from trainer.roster.lines import UNCALCULATED
from trainer.roster.names import asides_of, find_oddity, is_wrapped, written_name
from trainer.roster.statuses import is_status, is_working

MOST_TEAMS: Final = 20
"""Teams that one person can be put into."""
FIRST_DAY: Final = dt.date(1940, 1, 1)

LABELS: Final = {
    "name": _l("name"),
    "email": _l("email"),
    "job_title": _l("job title"),
    "employee_number": _l("employee number"),
    "hired_on": _l("hire date"),
    "teams": _l("teams"),
}
"""What can change about a person."""
_CELLS: Final = {
    **LABELS,
    "first": _l("first name"),
    "middle": _l("middle name"),
    "last": _l("last name"),
    "second_last": _l("second last name"),
    "suffix": _l("suffix"),
    "role": _l("role"),
    "teams": _l("team"),
    "rehired_on": _l("rehire date"),
    "ended_on": _l("last day"),
    "status": _l("status"),
}
_NO_TEAM: Final = frozenset(("n/a", "n.a.", "-", "--", "–", "—"))
"""What people and programs write where they have nothing to say, and what no team can be called either."""
_NO_DAY: Final = ("00/00/0000", "0000-00-00", "tbd", "t.b.d.", "unknown")
_NO_ADDRESS: Final = ("no email", "sin correo")
_NOTHING: Final = _NO_TEAM.union(
    _NO_DAY, _NO_ADDRESS, ("none", "null", "nil", "not available", "not applicable", "ninguno", "ninguna")
)
"""The same anywhere else, except in names and roles."""
BAD_CHARACTERS: Final = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_PLAIN_LOCAL: Final = re.compile(r"[a-z0-9]+(?:[._+-][a-z0-9]+)*")
_LONGEST_LOCAL, _LONGEST_DOMAIN = 64, 180
"""For a shorter check of plain addresses."""
_FORMULA: Final = re.compile(r"[=@]|[+-](?![\d\s().-]*$)")
"""A formula, which a spreadsheet would run when the firm opens an export; a phone number or a dash isn't one."""
_ERROR: Final = re.compile(
    r"#(n/a|ref!|value!|div/0!|name\?|num!|null!|spill!|calc!|field!|blocked!|connect!|unknown!|busy!|getting_data)"
    r"|err:\d{3}|#{4,}",
    re.IGNORECASE,
)
"""What a spreadsheet shows where a formula went wrong, or where a column is too narrow."""
_ROUNDED: Final = re.compile(r"\d([.,]\d+)?E\+?\d+|0?[.,]\d+", re.IGNORECASE)
"""A long number as a spreadsheet shows it, with its last digits lost, or a percentage."""
_DAY_IN_STATUS: Final = re.compile(r"(?<!\d)\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4}\s*\Z")
_NAMES: Final = ("name", "first", "middle", "last", "second_last")
_ONE_LINE: Final = ("job_title", "employee_number")
"""Cells in which a line break is only where a program wrapped them."""


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


class Problem(Exception):
    """A row can't be taken over; the words say why and what to do."""

    def __init__(self, words: LazyString) -> None:
        super().__init__(words)
        self.words = words


class Clash(Problem):
    """A row can't be taken over because of someone else, on the roster or in another row."""


class SharedAddress(Clash):
    """A row has the address of another row, and an employee number, so that it could do without."""


def tidy(cells: dict[str, str]) -> dict[str, str]:
    """Return cells without what programs add: quotes that keep zeros, angle brackets, "n/a"."""
    told = {name: _unwrapped(cell) for name, cell in cells.items()}
    for name in told.keys() - {"name", "first", "last", "teams", "role"}:
        if is_nothing(told[name]):
            told[name] = ""
    if told.get("teams", "").lower() in _NO_TEAM:
        told["teams"] = ""
    for name in told.keys() & _ONE_LINE:
        told[name] = " ".join(told[name].split())
    if number := told.get("employee_number"):
        told["employee_number"] = re.sub(r"\A'(?=\d)|(?<=\d)\.0\Z", "", number)
    if address := told.get("email"):
        inner = re.search(r"<([^<>]*@[^<>]*)>", address)
        told["email"] = (inner[1] if inner else address).strip().removeprefix("mailto:").rstrip(";, ")
        parts = set(re.split(r"[;,\s]+", told["email"].lower()))
        if told["email"].count("@") > 1 and len(parts) == 1:
            told["email"] = parts.pop()
    if "(" in told.get("name", "") and not told.get("status"):
        told["status"] = next(filter(is_status, asides_of(told["name"])), "")
    return told


def is_nothing(cell: str) -> bool:
    """Return True for what people and programs write where they have nothing to say."""
    return cell.lower().replace("e-m", "em") in _NOTHING


def _unwrapped(cell: str) -> str:
    match = re.fullmatch(r'="([^"]*)"', cell)
    return match[1] if match else cell


def read_name(cells: dict[str, str]) -> str:
    """Return the name that a row says, as it is printed."""
    return written_name(cells)


def refuse_odd_cells(cells: dict[str, str], beyond: Sequence[str]) -> None:
    """Raise Problem on a cell too many, and on one that holds what no name, address or number has.

    `beyond`: the cells of the row behind the last heading.
    """
    if any(beyond):
        raise Problem(_l("there are more cells than headings. Put a cell with a comma in it in quotation marks."))
    for column, cell in cells.items():
        name = _CELLS[column]
        if BAD_CHARACTERS.search(cell):
            raise Problem(
                _l("the %(cell)s holds a character that can’t be shown. Type it again without it.", cell=name)
            )
        if "\ufffd" in cell:
            raise Problem(
                _l(
                    "the %(cell)s has lost a letter (%(letter)s). Read the file in another way, or type it again.",
                    cell=name,
                    letter="\ufffd",
                )
            )
        if cell == UNCALCULATED:
            raise Problem(
                _l(
                    "the %(cell)s is a formula whose value isn’t in the file. Open the file in your spreadsheet "
                    "program, save it, and send it again.",
                    cell=name,
                )
            )
        if _ERROR.fullmatch(cell):
            raise Problem(
                _l("the %(cell)s is “%(error)s”, an error of the spreadsheet. Correct it there.", cell=name, error=cell)
            )
        if _FORMULA.match(cell):
            raise Problem(_l("the %(cell)s looks like a formula. Begin it with a letter or a number.", cell=name))
        if "\n" in cell and column != "teams" and not (column in _NAMES and is_wrapped(cell)):
            raise Problem(_l("the %(cell)s has a line break in it. Write it in one line.", cell=name))


def read_person(
    cells: dict[str, str], name: str, order: Order, today: dt.date, *, needs_address: bool = True
) -> tuple[Wanted, list[LazyString]]:
    """Return what a row says, without the role, and what to look at in it. Raises Problem."""
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
                _l("the %(cell)s is longer than %(most)s characters. Shorten it.", cell=_CELLS[column], most=most)
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


def _read_hired(text: str, order: Order, today: dt.date) -> dt.date | None:
    if not text:
        return None
    day = _read_day(text, order, today)
    if day > today + dt.timedelta(days=366):
        raise Problem(_l("the hire date is %(day)s, more than a year ahead. Correct the year.", day=day.isoformat()))
    if day < FIRST_DAY:
        raise Problem(_l("the hire date is %(day)s. Correct the year.", day=day.isoformat()))
    return day


def read_stint(cells: dict[str, str], order: Order, today: dt.date) -> dt.date | None:
    """Return the last day of someone who has left, the first of all days if it isn't known; None for anyone else."""
    try:
        hired_on = _read_hired(cells.get("rehired_on") or cells.get("hired_on", ""), order, today)
        has_left, ended_on, _warnings = _read_standing(cells, hired_on, order, today)
    except Problem:  # it is told where the row is refused
        return None
    return (ended_on or dt.date.min) if has_left else None


def _read_standing(
    cells: dict[str, str], hired_on: dt.date | None, order: Order, today: dt.date
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


def _read_day(text: str, order: Order, today: dt.date) -> dt.date:
    try:
        return read_day(text, today, order)
    except ValueError:
        raise Problem(
            _l("“%(text)s” isn’t a date we can read. Write it as 2026-03-04, or month/day/year.", text=text[:40])
            if order is Order.MONTH_FIRST
            else _l("“%(text)s” isn’t a date we can read. Write it as 2026-03-04, or day.month.year.", text=text[:40])
        ) from None


def _read_teams(text: str) -> tuple[str, ...] | None:
    names = {fold(name): name for part in re.split(r"[;|\n]", text) if (name := clean_name(part))}
    for key, name in names.items():
        if len(name) > LONGEST_TITLE or len(key) > LONGEST_TITLE:
            raise Problem(_l("a team’s name is longer than %(most)s characters. Shorten it.", most=LONGEST_TITLE))
        if not is_printable_name(name):
            raise Problem(_l("a team’s name has no letter in it. Write it in letters."))
    if len(names) > MOST_TEAMS:
        raise Problem(_l("there are more than %(most)s teams. Keep those that matter.", most=MOST_TEAMS))
    return tuple(names.values()) or None
