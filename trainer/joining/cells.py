"""What the cells of a row say of a person, and why some can't be taken. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from trainer.accounts.rules import clean_name, email_key, is_printable_name
from trainer.joining.lines import Line
from trainer.organizations.models import LONGEST_NAME, LONGEST_NUMBER, LONGEST_TITLE
from trainer.organizations.rules import Role, fold, has_letter, is_mailable
from trainer.web.language import show_day, show_day_without_year

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
_CELLS: Final = {
    **LABELS,
    "first": _l("first name"),
    "last": _l("last name"),
    "role": _l("role"),
    "teams": _l("team"),
}
BAD_CHARACTERS: Final = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_FORMULA: Final = re.compile(r"[=@]|[+-](?![\d\s().-]*$)")
"""What a spreadsheet would compute when the firm opens an export; a phone number or a dash is none."""
_ROUNDED: Final = re.compile(r"\d([.,]\d+)?E\+?\d+", re.IGNORECASE)
"""A long number as a spreadsheet shows it, with its last digits lost."""


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


class Problem(Exception):
    """A row can't be taken over; the words say why and what to do."""

    def __init__(self, words: LazyString) -> None:
        super().__init__(words)
        self.words = words


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


def refuse_odd_cells(line: Line, columns: dict[str, int], width: int) -> None:
    """Raise Problem on a cell too many, and on one that holds what no name, address or number has."""
    if any(line.cells[width:]):
        raise Problem(_l("there are more cells than headings. Put a cell with a comma in it in quotation marks."))
    for column, index in columns.items():
        cell, name = line.cells[index] if index < len(line.cells) else "", _CELLS[column]
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
        if _FORMULA.match(cell):
            raise Problem(_l("the %(cell)s looks like a formula. Begin it with a letter or a number.", cell=name))
        if "\n" in cell and column != "teams":
            raise Problem(_l("the %(cell)s has a line break in it. Write it in one line.", cell=name))


def read_person(cells: dict[str, str], name: str, today: dt.date) -> tuple[Wanted, LazyString | None]:
    """Return what a row says, without the role, and how its day was read if it could mean another. Raises Problem."""
    key = _read_email(cells["email"], name[:LONGEST_TITLE])
    if not name:
        raise Problem(_l("no name for %(email)s. Add one, or leave the row out.", email=key))
    if not has_letter(name):
        raise Problem(_l("the name for %(email)s has no letter in it. Write it in letters.", email=key))
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
        raise Problem(
            _l("no email address for %(name)s. Add one, or leave the row out.", name=name)
            if name
            else _l("no email address. Add one, or leave the row out.")
        )
    who = _l("the email address for %(name)s", name=name) if name else _l("the email address")
    key = email_key(text)
    if key is None or not is_mailable(key):
        raise Problem(
            _l("%(address)s isn’t one we can write to. Use plain letters, one @, and no spaces.", address=who)
        )
    if not text.isascii():
        raise Problem(
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
        raise Problem(
            _l("“%(text)s” isn’t a date we can read. Write it as 2026-03-04, or month/day/year.", text=text[:40])
        ) from None
    if told and "." in text:  # with dots nearly everybody writes the day first, and some the month
        other = dt.date(day.year, day.day, day.month)
        raise Problem(
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
        raise Problem(_l("the hire date is %(day)s, more than a year ahead. Correct the year.", day=day.isoformat()))
    if day < FIRST_DAY:
        raise Problem(_l("the hire date is %(day)s. Correct the year.", day=day.isoformat()))
    return day, told


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
