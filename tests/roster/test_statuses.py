"""Whether a status means that someone still works for the firm."""

from __future__ import annotations

import pytest

from trainer.roster.statuses import is_status, is_working


@pytest.mark.parametrize(
    ("status", "is_here"),
    [
        ("Active", True),
        ("LOA", True),
        ("On leave (FMLA)", True),
        ("Leave - Medical", True),
        ("Full-Time Hourly", True),
        ("Inactive", False),
        ("Involuntary Termination", False),
        ("T", False),
        ("Terminated 11/15/2026", False),
        ("Term - Voluntary", False),
        ("Inactive (seasonal)", False),
        ("Resigned w/o notice", False),
        ("No Show", False),
        ("No longer with us", False),
        ("Deceased", False),
        ("Left 3/1", False),
        ("Medical Leave", True),
        ("Seasonal", True),
        ("Full-Time - Terminated", None),
        ("Termination pending", None),
        ("Zebra", None),
        ("Left-handed", None),
        ("", None),
    ],
)
def test_a_status_says_whether_someone_works_here(status: str, is_here: bool | None) -> None:
    assert is_working(status) is is_here


@pytest.mark.parametrize(("text", "is_so"), [("On Leave", True), ("Terminated", True), ("Al", False), ("D", False)])
def test_a_letter_beside_a_name_is_no_status(text: str, is_so: bool) -> None:
    assert is_status(text) is is_so
