"""Days in the forms in which people and programs write them, and how a file says which number is the month."""

from __future__ import annotations

import datetime as dt
from itertools import product

import pytest

from trainer.roster.days import DayOrder, find_order, read_day

TODAY = dt.date(2026, 11, 24)
MARCH_4 = dt.date(2026, 3, 4)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-04",
        "2026-3-4",
        "2026/03/04",
        "2026-03-04 00:00:00",
        "2026-03-04T08:15:00Z",
        "2026-03-04T08:15:00.123+02:00",
        "20260304",
        "3/4/2026",
        "03-04-26",
        "3/4/2026 12:00:00 AM",
        "March 4, 2026",
        "Mar 4 2026",
        "Mar. 4th, 2026",
        "4 March 2026",
        "04-Mar-2026",
        "04-MAR-26",
        "Wed, March 4, 2026",
        "4 de marzo de 2026",
        "4-mar.-2026",
        "4/mar/2026",
        "4 de marzo del 2026",
        "2026-03-04-08.15.00.000000",
        "46085",
        "46085.5",
    ],
)
def test_the_same_day_in_many_forms(text: str) -> None:
    assert read_day(text, TODAY) == MARCH_4


@pytest.mark.parametrize("text", ["04.03.2026", "4/3/26", "04-03-2026"])
def test_with_the_day_first(text: str) -> None:
    assert read_day(text, TODAY, DayOrder.DAY_FIRST) == MARCH_4


@pytest.mark.parametrize(
    "text",
    [
        "soon",
        "",
        "13/04/2026",
        "2026-02-30",
        "4 Smarch 2026",
        "417",
        "99999",
        "1/2",
        "3/4-2026",
        "1" * 5000,
        "T" * 5000,
    ],
)
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 the words are the cell's
        read_day(text, TODAY)


def test_a_year_of_two_digits_is_no_more_than_a_year_ahead() -> None:
    assert read_day("12/31/99", TODAY).year == 1999
    assert read_day("12/31/27", TODAY).year == 2027
    assert read_day("12/31/28", TODAY).year == 1928


@pytest.mark.parametrize(
    ("texts", "order", "example", "is_sure"),
    [
        (["2026-03-04", "March 4, 2026"], DayOrder.MONTH_FIRST, "", True),
        (["3/4/2026"], DayOrder.MONTH_FIRST, "3/4/2026", True),
        (["3/4/2026", "13/4/2026"], DayOrder.DAY_FIRST, "3/4/2026", True),
        (["3/4/2026", "3/14/2026"], DayOrder.MONTH_FIRST, "3/4/2026", True),
        (["04.03.2026"], DayOrder.DAY_FIRST, "04.03.2026", False),
        (["04.03.2026", "17.06.2025"], DayOrder.DAY_FIRST, "04.03.2026", True),
        (["04.03.2026", "06.17.2025"], DayOrder.MONTH_FIRST, "04.03.2026", True),
        (["3/4/2026", "13/4/2026", "14/4/2026", "4/14/2026"], DayOrder.DAY_FIRST, "3/4/2026", False),
        (["4.4.2026"], DayOrder.DAY_FIRST, "", True),
    ],
)
def test_a_file_has_one_order_for_all_its_days(texts: list[str], order: DayOrder, example: str, is_sure: bool) -> None:
    found = find_order(texts)
    assert (found.order, found.example, found.is_sure) == (order, example, is_sure)


def test_a_heading_may_say_the_order() -> None:
    assert find_order(["3/4/2026"], "Hired (dd/mm/yyyy)").order is DayOrder.DAY_FIRST
    assert find_order(["04.03.2026"], "Hired (mm.dd.yyyy)").order is DayOrder.MONTH_FIRST
    assert find_order(["04.03.2026"], "Hired (mm.dd.yyyy)").is_sure


@pytest.mark.parametrize("separator", "/.-")
def test_no_day_is_the_example_that_could_not_be_read_in_both_orders(separator: str) -> None:
    taken = 0
    for first, second, year in product(range(100), range(100), ("2026", "26", "0000")):
        text = separator.join((str(first), str(second), year))
        if example := find_order([text]).example:
            days = {read_day(example, TODAY, order) for order in DayOrder}
            assert len(days) == 2
            taken += 1
    assert taken == 2 * 12 * 11
