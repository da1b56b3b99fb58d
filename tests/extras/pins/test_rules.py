"""PINs that people choose first are refused, and enough are left; how many guesses are looked at."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from trainer.extras.pins.rules import (
    A_DAY,
    A_MONTH,
    FIRM_A_DAY,
    FIRM_A_MONTH,
    MONTH,
    MOST_SLIP_MISSES,
    Way,
    Weak,
    is_pin,
    may_look,
    may_look_in_firm,
    weakness_of,
)
from trainer.organizations.codes import LENGTH

NOON = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("pin", "weak"),
    [
        ("12345", Weak.SHAPE),
        ("1234567890123", Weak.SHAPE),
        ("58320x", Weak.SHAPE),
        ("٥٨٣٢٠٤", Weak.SHAPE),
        ("000000", Weak.REPEATED),
        ("121122", Weak.REPEATED),
        ("583583", Weak.REPEATED),
        ("58325832", Weak.REPEATED),
        ("123456", Weak.SEQUENCE),
        ("987654", Weak.SEQUENCE),
        ("890123", Weak.SEQUENCE),
        ("975319", Weak.SEQUENCE),
        ("112233", Weak.SEQUENCE),
        ("147258", Weak.SEQUENCE),
        ("123459", Weak.SEQUENCE),
        ("041788", Weak.DATE),
        ("170488", Weak.DATE),
        ("880417", Weak.DATE),
        ("04171988", Weak.DATE),
        ("198858", Weak.DATE),
        ("581988", Weak.DATE),
        ("583204", None),
        ("739164", None),
        ("5832047", None),
    ],
)
def test_what_people_choose_first_is_refused(pin: str, weak: Weak | None) -> None:
    assert weakness_of(pin, None) is weak


@pytest.mark.parametrize(("pin", "number"), [("583204", "583204"), ("583204", "G-583204"), ("005832", "5832")])
def test_the_employee_number_is_no_pin(pin: str, number: str) -> None:
    assert weakness_of(pin, number) is Weak.NUMBER


def test_a_short_number_forbids_no_pin_that_only_holds_it() -> None:
    assert weakness_of("583204", "83") is None


def test_a_guess_is_right_less_than_once_in_nine_thousand_accounts_and_months() -> None:
    sample = range(0, 1_000_000, 37)
    left = sum(weakness_of(f"{number:06}", None) is None for number in sample) / len(sample)
    assert left > 0.85
    ways = len(set(Way) - {Way.EARLIER})
    assert A_MONTH * ways / (left * 1_000_000) < 1 / 9_000
    assert A_MONTH * (ways + 1) / (left * 1_000_000) < 1 / 7_000  # where a slip replaced a PIN lately
    assert MOST_SLIP_MISSES / 32**LENGTH < 1 / 1_000_000


def test_after_ten_in_a_day_or_thirty_in_a_month_none_is_looked_at() -> None:
    assert may_look([], NOON)
    today = [NOON - dt.timedelta(hours=23)] * A_DAY
    assert may_look(today[1:], NOON)
    assert not may_look(today, NOON)
    assert may_look(today, NOON + dt.timedelta(hours=1))
    month = [NOON - dt.timedelta(days=29)] * A_MONTH
    assert not may_look(month, NOON)
    assert may_look(month, NOON + dt.timedelta(days=1))
    assert is_pin("583204")


NINE = 9
"""How much likelier than by chance a guess may be, since people don't draw."""
LEFT = 850_000


def looked_at(people: int, days: int, tries_a_day: int) -> list[tuple[dt.datetime, int]]:
    """Return when a guess was looked at, and whose it was, of a stranger who goes through a firm's numbers in turn."""
    looked: list[tuple[dt.datetime, int]] = []
    for number in range(days * tries_a_day):
        at, person = NOON + dt.timedelta(days=1) * number / tries_a_day, number % people
        recent = [row for row in looked if at - row[0] < MONTH] if len(looked) >= FIRM_A_MONTH else looked
        a_day = sum(1 for when, _who in recent[-FIRM_A_DAY:] if at - when < dt.timedelta(hours=24))
        own = [when for when, who in recent if who == person]
        if may_look(own, at) and may_look_in_firm(a_day, len(recent)):
            looked.append((at, person))
    return looked


@pytest.mark.parametrize("tries_a_day", [60, 800])
def test_a_stranger_with_one_pin_for_four_hundred_numbers_is_slowed_by_the_firms_count(tries_a_day: int) -> None:
    looked = looked_at(400, 35, tries_a_day)
    for first, _who in looked:
        month = [who for at, who in looked if first <= at < first + MONTH]
        day = [who for at, who in looked if first <= at < first + dt.timedelta(hours=24)]
        assert len(month) <= FIRM_A_MONTH
        assert len(day) <= FIRM_A_DAY
        assert max(month.count(who) for who in set(month)) * len(Way) * NINE / LEFT < 1 / 1_000
    assert FIRM_A_MONTH / LEFT < 1 / 1_600
    assert FIRM_A_MONTH * NINE / LEFT < 1 / 180


def test_a_months_guesses_at_drawn_pins_find_as_few_as_the_arithmetic_says() -> None:
    """In 2,000 months of a firm, with a pool of PINs a ninth as large, as for people who don't draw."""
    drawing, pool = random.Random(7), LEFT // NINE
    months = [any(drawing.randrange(pool) == 0 for _guess in range(FIRM_A_MONTH)) for _month in range(2_000)]
    assert 0 < sum(months) / len(months) < 1 / 120  # one in 189 is expected, three standard errors are 0.5%
