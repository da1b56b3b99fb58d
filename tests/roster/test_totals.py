"""Which rows sum up others or belong to the printed page, and which are people with an odd name."""

from __future__ import annotations

import pytest

from tests.roster.decisions import decide
from trainer.roster.cells import is_total
from trainer.roster.plan import RowOutcome


@pytest.mark.parametrize(
    "label",
    [
        "Total",
        "TOTAL:",
        "Subtotal",
        "Sub-total Harbor Mall",
        "Grand Total",
        "Harbor Mall Total",
        "Total Employees: 3",
        "Total general",
        "Count",
        "Average",
        "Headcount: 23",
        "Count of guards",
        "Page 1 of 3",
        "Página 2 de 3",
        "*** END OF REPORT ***",
        "Printed on 11/24/2026",
        "23 employees",
    ],
)
def test_a_label_in_place_of_a_name_is_a_total_unless_it_has_an_address(label: str) -> None:
    assert is_total({"name": label, "employee_number": "4"}, label)
    assert not is_total({"name": label, "email": "t@example.org"}, label)


@pytest.mark.parametrize("name", ["Suma Rao", "Ann Count", "Count Basie", "Sum Wong", "Page Turner", "Totally Fine"])
def test_a_person_with_such_a_name_is_no_total(name: str) -> None:
    assert not is_total({"name": name, "employee_number": "4"}, name)


def test_a_row_without_a_name_is_a_total_if_any_cell_says_so() -> None:
    assert is_total({"name": "", "teams": "Harbor Mall Count", "employee_number": "4"}, "")
    assert is_total({"name": "4", "teams": "Harbor Mall Total"}, "4")
    assert not is_total({"name": "", "teams": "Harbor Mall", "employee_number": "4"}, "")
    assert not is_total({"name": "Bob Stone", "teams": "Total Wine"}, "Bob Stone")


def test_totals_stay_out_without_a_tick_and_are_not_refused_rows() -> None:
    plan = decide("Bob Stone,,,4,,,\nGrand Total,,,1,,,\n", [], needs_address=False)
    person, total = plan.entries
    assert person.outcome is RowOutcome.NEW
    assert (total.outcome, total.is_out, plan.refused, plan.left_out) == (RowOutcome.PROBLEM, True, (), (total,))
    assert "looks like a total" in total.reason
    assert (plan.counts[RowOutcome.PROBLEM], plan.counts[RowOutcome.NEW]) == (0, 1)
