"""Days as people and programs write them, and which of two numbers is the month. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from trainer.organizations.rules import fold


class DayOrder(StrEnum):
    """Which number comes first in a day such as 03.04.2026."""

    MONTH_FIRST = "month"
    DAY_FIRST = "day"


@dataclass(frozen=True, slots=True)
class DayReading:
    """How the days of a file are read."""

    order: DayOrder
    example: str = ""
    """A day of the file that would be a different day in the other order."""
    fits_month: int = 0
    """How many days fit only the order with the month first."""
    fits_day: int = 0

    @property
    def has_both_orders(self) -> bool:
        """True if some days fit only the one order, and some only the other."""
        return self.fits_month > 0 and self.fits_day > 0

    @property
    def is_sure(self) -> bool:
        """False if someone should choose: the file has both orders, or dots, and nothing that decides."""
        if self.has_both_orders:
            return False
        return not ("." in self.example and not self.fits_month and not self.fits_day)


_ISO: Final = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_NUMBERS: Final = re.compile(r"(\d{1,2})([/.-])\s?(\d{1,2})\2\s?(\d{4}|\d{2})")
_COMPACT: Final = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)")
_SERIAL: Final = re.compile(r"(\d{5})(\.\d+)?")
_DAY_MONTH: Final = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|o)?[\s./-]*+(?:del? )?\s*+([a-z]{3,10})[\s.,/-]*+(?:del? )?\s*+(\d{4}|\d{2})"
)
_MONTH_DAY: Final = re.compile(r"([a-z]{3,10})[\s.-]*(\d{1,2})(?:st|nd|rd|th)?[\s.,-]+(\d{4}|\d{2})")
_TIME: Final = re.compile(
    r"((?<![T ])[T ]+\d{1,2}:\d\d(:\d\d([.,]\d+)?)?|-\d\d\.\d\d\.\d\d(\.\d+)?)\s*+([ap]\.?m\.?)?\s*+"
    r"(Z|[+-]\d\d:?\d\d|UTC|GMT)?$",
    re.IGNORECASE,
)
_WEEKDAY: Final = re.compile(r"^(mon|tue|wed|thu|fri|sat|sun)[a-z]*[.,]*\s+", re.IGNORECASE)
_LONGEST: Final = 60
_SERIALS_FROM: Final = dt.date(1899, 12, 30)
_FIRST_SERIAL, _LAST_SERIAL = 14_612, 73_051
"""1940 to 2100: any other number isn't a day that lost its format in a spreadsheet."""
_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "january jan enero ene",
            "february feb febrero",
            "march mar marzo",
            "april apr abril abr",
            "may mayo",
            "june jun junio",
            "july jul julio",
            "august aug agosto ago",
            "september sep sept septiembre setiembre",
            "october oct octubre",
            "november nov noviembre",
            "december dec diciembre dic",
        ),
        start=1,
    )
    for name in names.split()
}


def read_day(text: str, today: dt.date, order: DayOrder = DayOrder.MONTH_FIRST) -> dt.date:
    """Return the day that a text means. Raises ValueError."""
    bare = _bare(text)
    if match := _ISO.fullmatch(bare):
        return dt.date(int(match[1]), int(match[2]), int(match[3]))
    if match := _NUMBERS.fullmatch(bare):
        first, second, year = int(match[1]), int(match[3]), _year(match[4], today)
        return dt.date(year, first, second) if order is DayOrder.MONTH_FIRST else dt.date(year, second, first)
    if match := _COMPACT.fullmatch(bare):
        return dt.date(int(match[1]), int(match[2]), int(match[3]))
    if (match := _SERIAL.fullmatch(bare)) and _FIRST_SERIAL <= int(match[1]) <= _LAST_SERIAL:
        return _SERIALS_FROM + dt.timedelta(days=int(match[1]))
    words = fold(bare)
    if match := _DAY_MONTH.fullmatch(words):
        return dt.date(_year(match[3], today), _month(match[2]), int(match[1]))
    if match := _MONTH_DAY.fullmatch(words):
        return dt.date(_year(match[3], today), _month(match[1]), int(match[2]))
    raise ValueError(text)


def could_be_two(text: str) -> bool:
    """Return True for a text that is another day in the other order."""
    match = _NUMBERS.fullmatch(_bare(text))
    if match is None:
        return False
    first, second = int(match[1]), int(match[3])
    return first != second and min(first, second) > 0 and max(first, second) <= 12


def is_day(text: str) -> bool:
    """Return True for a text that is a day, whichever number comes first."""
    for order in DayOrder:
        try:
            read_day(text, dt.date(2000, 1, 1), order)
        except ValueError:
            continue
        return True
    return False


def find_order(texts: Iterable[str], heading: str = "") -> DayReading:
    """Return how to read the days of a file: like most days that fit only one order, or else as is usual.

    Usual is the day first with dots, and the month first with anything else. A heading such as "Hired (dd/mm/yyyy)"
    decides.
    """
    fits_month = fits_day = dotted = 0
    example = ""
    for text in texts:
        match = _NUMBERS.fullmatch(_bare(text))
        if match is None:
            continue
        first, second = int(match[1]), int(match[3])
        dotted += match[2] == "."
        if first > 12 >= second:
            fits_day += 1
        elif second > 12 >= first:
            fits_month += 1
        elif not example and could_be_two(text):
            example = text if match[4] != "0000" else ""
    if said := re.search(r"\b(d|m)(?:d|m)?[/.-][dm]{1,2}[/.-]y", heading.lower()):
        is_day_first = said[1] == "d"
        example = "" if not (fits_month and fits_day) else example
    elif fits_day != fits_month:
        is_day_first = fits_day > fits_month
    else:
        is_day_first = dotted > 0
    return DayReading(DayOrder.DAY_FIRST if is_day_first else DayOrder.MONTH_FIRST, example, fits_month, fits_day)


def _bare(text: str) -> str:
    if len(text) > _LONGEST:
        return ""
    return _WEEKDAY.sub("", _TIME.sub("", text.strip()))


def _year(text: str, today: dt.date) -> int:
    year = int(text) if len(text) == 4 else 2000 + int(text)
    return year - 100 if year > today.year + 1 and len(text) == 2 else year


def _month(name: str) -> int:
    if name not in _MONTHS:
        raise ValueError(name)
    return _MONTHS[name]
