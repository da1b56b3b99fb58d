"""How often pairs are met, and how often an aim yields."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from tests.content import small
from tests.tools.instrument import bank
from trainer.content.objects import Content
from trainer.tools.instrument.computed import as_text, compute
from trainer.tools.instrument.exposure import CourseDraw, as_lines, figures, table

STAGES = """\
    - scenes: 4
      on_duty_at_least: 3
      first_try: {missed_at_most: 1, over_reported_at_most: 1, harmful_at_most: 0}
    - scenes: 2
      first_try: {missed_at_most: 1, over_reported_at_most: 1, harmful_at_most: 0}
"""


@pytest.fixture
def content(tmp_path: Path) -> Content:
    """Return twelve pairs, six of them seen on duty, and a final that asks for three of those among four."""
    folder = bank.write(tmp_path)
    text = (folder / small.COURSE_FILE).read_text("utf-8")
    before, after = text.split("    - scenes: 2\n")
    small.put(folder, small.COURSE_FILE, before + STAGES + after[after.index("  retry_rule:") :])
    for number in range(1, 7):
        for letter in "ab":
            small.edit(folder, f"scenarios/reserved-{number}-{letter}.md", "place: staff", "place: neighbor")
    small.put(folder, "instrument.json", as_text(compute(small.read(folder))))
    return small.read(folder)


def test_chances_and_what_colleagues_share_are_figures(content: Content) -> None:
    there = {figure.name: figure for figure in figures(content)}
    assert there["recognize: largest chance of a pair in a first final"].value == pytest.approx(0.5, abs=1e-5)
    assert there["recognize: smallest chance of a pair in a first final"].value == pytest.approx(1 / 6, abs=1e-5)
    shared = there["recognize: scenes shared by two colleagues’ first finals, mean"]
    # Of two draws that know nothing of each other: half of what pairs they share, as either twin is shown.
    assert 0.3 < shared.value < (6 * 0.25 + 6 / 36) / 2
    assert shared.is_met


def test_a_history_has_fresh_pairs_first_and_no_pair_twice_in_a_try(content: Content) -> None:
    drawing = CourseDraw(content, content.courses["recognize"])
    drawn = list(drawing.history(random.Random(1), 2))
    assert [(each.number, len(each.shown)) for each in drawn] == [(1, 4), (1, 2), (2, 4), (2, 2), (3, 4), (3, 2)]
    pairs = [[pair.tellings[0].scene for pair, _telling in each.shown] for each in drawn]
    first_two, third = {scene for each in pairs[:4] for scene in each}, {*pairs[4], *pairs[5]}
    assert len(first_two) == 12
    assert third == {*pairs[0], *pairs[1]}  # met longest ago


def test_a_report_says_how_often_aims_are_held(content: Content) -> None:
    """Six pairs on duty are enough for two tries with three of them, and for all stages once."""
    _head, alone, all_stages = as_lines(content)
    assert alone == "recognize, 4 scenes: emergencies 10, 10, 10; on duty 10, 10, 0"
    assert all_stages.startswith("recognize, 6 scenes: emergencies 10+10, 10+10, 10+10; on duty 10+10, ")


def test_a_table_has_a_line_for_each_try(content: Content) -> None:
    """In a first try, three of six pairs on duty and one of the six others."""
    _head, first, *others = [" ".join(line.split()) for line in table(content, 100)]
    told = re.fullmatch(r"(.+), try 1 0.(\d\d) to 0.(\d\d) 3.0 ± 0.0 0.0 ± 0.0 0.0 ± 0.0 100; 100", first)
    assert told
    assert told[1] == "recognize, 4 scenes"
    assert 5 <= int(told[2]) <= 17
    assert 50 <= int(told[3]) <= 68
    assert len(others) == 5


def test_without_a_plan_there_are_no_figures(tmp_path: Path) -> None:
    assert list(figures(bank.read(tmp_path))) == []
