"""Practice shifts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.content import small
from tests.content.checks.spoiling import told
from tests.content.small import edit, only


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("shift-3", "shift-9", 'there is no scene "shift-9". Add it or correct its id.'),
        ("shift-3", "shift-2", 'scene "shift-2" is listed twice. Take one out.'),
        ("[shift-0, shift-1", "[open-1-b, shift-1", 'scene "open-1-b" is of another pool. Write "pool: shift" in it.'),
        ("shift-0, shift-1, ", "", "fewer than half of the scenes are innocent"),
        ("[shift-0, shift-1,", "[shift-1, shift-0,", "the scenes aren't in the order of the clock"),
        ("title: A night\n", "", '"title" is missing'),
    ],
)
def test_a_shift_is_a_night_of_scenes_in_order(folder: Path, old: str, new: str, complaint: str) -> None:
    small.add_shift(folder, "ncnn" if "fewer" not in complaint else "nncc")
    small.read(folder)
    edit(folder, small.SHIFT_FILE, old, new)
    line = 1 if "missing" in complaint else small.line_of(folder, small.SHIFT_FILE, "scenes:")
    assert only(folder).startswith(f"content/{small.SHIFT_FILE}:{line}: {complaint}")


@pytest.mark.parametrize(
    ("clocks", "is_right"),
    [
        (("22:00", "23:59", "00:00", "06:00"), True),
        (("06:00", "07:00", "07:00", "14:00"), True),
        (("22:00", "21:00", "22:30", "23:00"), True),  # could be a night and nearly a day
        (("22:00", "21:00", "22:30", "05:00"), False),
        (("22:00", "02:00", "23:00", "03:00"), False),
    ],
)
def test_the_clock_goes_over_midnight_once(folder: Path, clocks: tuple[str, ...], is_right: bool) -> None:
    small.add_shift(folder, "ncnc", clocks)
    assert ("the scenes aren't in the order of the clock" not in told(folder)) == is_right


@pytest.mark.parametrize(("truths", "is_right"), [("ncnc", True), ("nnnn", True), ("nccc", False), ("ccnc", False)])
def test_half_of_a_shift_or_more_is_innocent(folder: Path, truths: str, is_right: bool) -> None:
    small.add_shift(folder, truths)
    assert ("fewer than half of the scenes are innocent" not in told(folder)) == is_right


def test_a_scene_that_could_not_be_read_is_no_second_complaint_of_its_shift(folder: Path) -> None:
    small.add_shift(folder)
    edit(folder, "scenarios/shift-2.md", "truth: no_concern", "truth: maybe")
    assert only(folder).startswith("content/scenarios/shift-2.md:4: ")
