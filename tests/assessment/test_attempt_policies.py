"""What differs from one kind of attempt to another."""

from __future__ import annotations

import pytest

from trainer.assessment.attempt_policies import POLICIES
from trainer.assessment.rules import Kind, Points, Tally


@pytest.mark.parametrize(
    ("kind", "is_submitted", "is_passed", "may"),
    [
        (Kind.PRACTICE, False, None, False),
        (Kind.PRACTICE, True, None, True),
        (Kind.FINAL, False, None, False),
        (Kind.FINAL, True, False, False),
        (Kind.FINAL, True, True, True),
    ],
)
def test_answers_are_shown_only_when_they_can_do_no_harm(
    kind: Kind, is_submitted: bool, is_passed: bool | None, may: bool
) -> None:
    assert POLICIES[kind].may_review(is_submitted, is_passed) is may


def test_each_kind_has_a_policy() -> None:
    assert POLICIES.keys() >= set(Kind) - {Kind.RARE}  # which an extra adds


def test_counts_of_an_older_and_of_a_newer_release_can_be_read() -> None:
    tally = Tally(4, 1, 0, 5, 0, 1, 9, 3, 0)
    kept = tally.as_dict()
    del kept["danger_missed"], kept["exact"]
    assert POLICIES[Kind.FINAL].read({**kept, "counted_later": 3}) == tally
    points = Points(2.5, 4, 3)
    assert POLICIES[Kind.DRILL].read({**points.as_dict(), "counted_later": 3}) == points
