"""Duties and people are counted apart, and the worst site comes first."""

from __future__ import annotations

from tests.compliance.paper_rows import row
from trainer.assignments.rules import Status
from trainer.compliance.rules import StatusGroup
from trainer.compliance.tallies import by_site, tally


def test_someone_with_two_duties_is_one_person() -> None:
    first = row(status=Status.CURRENT)
    second = first._replace(status=Status.OVERDUE)
    counted = tally([first, second, row(status=Status.CURRENT)])
    assert (counted.counts.total, counted.counts.people, counted.counts.people_current) == (3, 2, 1)
    assert [counted.people_in(group) for group in (StatusGroup.CURRENT, StatusGroup.LATE, StatusGroup.DUE)] == [2, 1, 0]


def test_sites_are_in_order_of_the_share_of_current_people() -> None:
    rows = [
        *(row(teams=("All well",), status=Status.CURRENT) for _number in range(2)),
        *(row(teams=("Half", "A half late"), status=status) for status in (Status.CURRENT, Status.DUE_SOON)),
        row(teams=("A half late",), status=Status.EXPIRED),
        row(teams=("A half late",), status=Status.CURRENT),
        row(status=Status.OVERDUE),
    ]
    assert [(site.name, site.tally.counts.people) for site in by_site(rows)] == [
        ("A half late", 4),
        ("Half", 2),
        ("All well", 2),
        (None, 1),
    ]


def test_nobody_is_nothing() -> None:
    assert tally([]).counts.people == 0
    assert by_site([]) == []
