"""Whom the finals let through, held against sums worked out by hand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.content import small
from tests.tools.instrument import bank
from trainer.tools.instrument import passing


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small.write(tmp_path)


def test_it_is_told_for_each_course(folder: Path) -> None:
    lines = [" ".join(line.split()) for line in passing.as_lines(small.read(folder))]
    assert "recognize 1.0: 2 scenes, at most 0 missed and 0 over-reported; 3 tries" in lines
    assert "reports everything 0.0% 0.0%" in lines
    # Both of two scenes right: 0.9 * 0.9 = 0.81 in one try, and 1 - 0.19**3 in three.
    assert "competent (90% / 10%) 81.0% 99.3%" in lines


def test_later_tries_count_by_their_own_bounds(tmp_path: Path) -> None:
    folder = bank.write(tmp_path)
    bounds = "{{missed_at_most: {0}, over_reported_at_most: {0}, harmful_at_most: 0}}".format
    stage = f"    - scenes: 8\n      first_try: {bounds(1)}\n      later_tries: {bounds(0)}\n"
    text = (folder / small.COURSE_FILE).read_text("utf-8")
    text = re.sub(r"    - scenes: 2\n.*?(?=  retry_rule:)", stage, text, flags=re.DOTALL)
    (folder / small.COURSE_FILE).write_text(text, "utf-8")
    first, later = 0.6**4 + 4 * 0.4 * 0.6**3, 0.6**4
    course = small.read(folder).courses["recognize"]
    assert passing.survives(course) == pytest.approx(1 - (1 - first) * (1 - later) ** 2)
