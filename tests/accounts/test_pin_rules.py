"""PINs that people choose first are refused, and enough are left; how many guesses are looked at."""

from __future__ import annotations

import datetime as dt

import pytest

from trainer.accounts.pin_rules import A_DAY, A_MONTH, MOST_SLIP_MISSES, Way, Weak, is_pin, may_look, weakness_of
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
    guesses = A_MONTH * len(Way)
    assert guesses / (left * 1_000_000) < 1 / 9_000
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
