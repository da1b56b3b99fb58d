"""Which PINs are too easy to guess, and how many guesses at one are looked at. Pure: time is given.

The arithmetic. A PIN has six digits or more. Of the 1,000,000 with six, more than 850,000 are left once those are
refused that people choose first (a test counts them). From each of the three ways at most `A_MONTH` wrong PINs of an
account are looked at in any thirty days, `A_DAY` of them in any 24 hours: 90 in all, wherever they come from and
however many networks there are. A guesser who knows firm and number and has all three ways (a stranger's browser, one
that the owner used before, and a site device of the firm) finds a PIN that was drawn at random with a chance of at
most 90 in 850,000: less than 1 in 9,000 an account and month. People don't draw. That leaves a factor of nine for how
they choose before it is 1 in 1,000. Whoever came in with a slip can guess at the PIN before it, with a count of its own
that no further slip resets. A new PIN begins a new count; it takes a slip from the firm, or the old PIN.
Right PINs don't count.

A stranger can also try one PIN, the one that most people choose, on each number of a firm. From strange browsers, at
most `FIRM_A_DAY` wrong PINs of a firm's people are looked at in 24 hours, and `FIRM_A_MONTH` in thirty days, all people
together. At random that finds any PIN of a firm in less than 1 in 1,600 months; with the same factor of nine for how
people choose, in less than 1 in 180. Guessing until no more are looked at keeps out strange browsers alone: site
devices, browsers that were used before, and slips aren't counted with them.

Nobody is locked out for good. Whoever uses up one way leaves the other two open: the owner's own phone, and the
tablet at the site. A slip opens the account whatever was guessed: it isn't a PIN, and wrong codes are counted apart
(40 bits, void after `MOST_SLIP_MISSES`: a chance of less than 1 in 1,000,000 for each slip).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from enum import StrEnum
from itertools import pairwise
from typing import Final

SHORTEST: Final = 6
LONGEST: Final = 12
A_DAY: Final = 10
"""Wrong PINs of an account, from one way, that are looked at in 24 hours."""
A_MONTH: Final = 30
"""The same in thirty days."""
FIRM_A_DAY: Final = 50
"""Wrong PINs of all people of a firm, from strange browsers, that are looked at in 24 hours."""
FIRM_A_MONTH: Final = 500
"""The same in thirty days."""
DAY: Final = dt.timedelta(hours=24)
MONTH: Final = dt.timedelta(days=30)
MOST_SLIP_MISSES: Final = 1_000_000
"""Wrong codes after which a slip is void."""

_RUNS = [run for start in range(7) for run in ("01234567890"[start : start + 5], "09876543210"[start : start + 5])]
_COLUMNS = ("147", "258", "369", "159", "357", "741", "852", "963", "951", "753")
_FIRST_YEAR, _LAST_YEAR = 1930, 2039


class Way(StrEnum):
    """Where a PIN is typed: what is guessed on one leaves the others open."""

    STRANGE = "strange"  # a browser that we don't know
    KNOWN = "known"  # one in which this person was signed in before
    SITE = "site"  # a device that the firm registered for a site
    EARLIER = "earlier"  # the PIN that a slip replaced, by someone who came in with the slip


class Weak(StrEnum):
    """Why a PIN can't be taken."""

    SHAPE = "shape"
    REPEATED = "repeated"
    SEQUENCE = "sequence"
    DATE = "date"
    NUMBER = "number"


def is_pin(given: str) -> bool:
    """Return True if this could be a PIN: digits alone, six to twelve."""
    return given.isascii() and given.isdigit() and SHORTEST <= len(given) <= LONGEST


def weakness_of(pin: str, employee_number: str | None) -> Weak | None:
    """Return why a PIN can't be taken, or None. Nobody here knows when people were born, so no date is taken."""
    if not is_pin(pin):
        return Weak.SHAPE
    if _is_repeated(pin):
        return Weak.REPEATED
    if _is_sequence(pin):
        return Weak.SEQUENCE
    if _is_date(pin):
        return Weak.DATE
    own = "".join(char for char in employee_number or "" if char.isascii() and char.isdigit())
    if own and ((own in pin and len(own) >= SHORTEST - 2) or pin.strip("0") == own.strip("0")):
        return Weak.NUMBER
    return None


def may_look(tries: Collection[dt.datetime], now: dt.datetime) -> bool:
    """Return True while another PIN may be looked at, after those tries by the same way."""
    a_month = sum(1 for at in tries if now - at < MONTH)
    a_day = sum(1 for at in tries if now - at < DAY)
    return a_month < A_MONTH and a_day < A_DAY


def may_look_in_firm(a_day: int, a_month: int) -> bool:
    """Return True while another PIN from a strange browser may be looked at, after so many in the firm."""
    return a_day < FIRM_A_DAY and a_month < FIRM_A_MONTH


def _is_repeated(pin: str) -> bool:
    """Two digits or fewer, or a part of up to half its length again and again: 111111, 121122, 123123."""
    parts = range(1, len(pin) // 2 + 1)
    return len(set(pin)) <= 2 or any((pin[:part] * len(pin))[: len(pin)] == pin for part in parts)


def _is_sequence(pin: str) -> bool:
    """Up or down by one step (123456, 975310), in pairs (112233), with five in a row, or along columns of the keys."""
    pairs = pin[::2] == pin[1::2] and _has_one_step(pin[::2])
    columns = len(pin) % 3 == 0 and all(pin[start : start + 3] in _COLUMNS for start in range(0, len(pin), 3))
    return _has_one_step(pin) or pairs or columns or any(run in pin for run in _RUNS)


def _has_one_step(digits: str) -> bool:
    return len({(int(second) - int(first)) % 10 for first, second in pairwise(digits)}) == 1


def _is_date(pin: str) -> bool:
    """A day in any order with two or four digits for the year, or a year that someone could have been born in."""
    if any(_FIRST_YEAR <= int(year) <= _LAST_YEAR for year in (pin[:4], pin[-4:])):
        return True
    if len(pin) == 6:
        orders = ((pin[:2], pin[2:4]), (pin[2:4], pin[:2]), (pin[2:4], pin[4:]))
    elif len(pin) == 8:
        orders = ((pin[:2], pin[2:4]), (pin[2:4], pin[:2]), (pin[4:6], pin[6:]))
    else:
        return False
    return any(1 <= int(month) <= 12 and 1 <= int(day) <= 31 for month, day in orders)
