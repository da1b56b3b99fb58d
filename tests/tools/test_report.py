"""The report for authors: every sign, and the numbers of a folder that is known."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from tests.content import small
from tests.content.small import CONCERN_FILE, NO_CONCERN_FILE, add_to_head, edit, read
from trainer.content.library import Library
from trainer.tools.report import write


def lines_of(folder: Path, today: date = small.TODAY) -> list[str]:
    return write(read(folder), today).split("\n")


def line_with(lines: list[str], start: str) -> str:
    (line,) = [line for line in lines if line.startswith(start)]
    return " ".join(line.split())


def test_every_sign_has_its_lessons_scenes_and_venues(folder: Path) -> None:
    small.add_shift(folder)
    edit(folder, "scenarios/reserved-2-a.md", "venue: hotel", "venue: farm")
    edit(folder, "scenarios/reserved-2-b.md", "venue: hotel", "venue: farm")
    edit(folder, small.LESSON_FILE, "[A1, C1, C2, C5]", "[A1, C1, C2]")
    for letter, truth in (("a", "concern"), ("b", "no_concern")):
        small.put(folder, f"scenarios/reserved-3-{letter}.md", small.scene(truth, "reserved-3", "reserved"))
        small.put(folder, f"scenarios/before-{letter}.md", small.scene(truth, "before", "pretest"))
    lines = lines_of(folder)
    # By course how many lessons teach it; scenes open, pretest, check-in, final, shift.
    assert line_with(lines, "A1 ") == "A1 Never alone (medium) 2 2 1 0 3 2 farm, hotel"
    assert line_with(lines, "C1 ") == "C1 ID kept (strong) 2 2 1 0 3 2 farm, hotel"
    assert line_with(lines, "C2 ") == "C2 No ID (misleading) 2 0 0 0 0 0"
    assert line_with(lines, "C5 ") == "C5 Low pay (medium) 1 0 0 0 0 0"


def test_the_balance_of_each_pool_is_told(folder: Path) -> None:
    small.add_shift(folder, "nncn")
    options = "".join(
        f"      - {{id: {one}, text: T, why: W, key: {key}}}\n" for one, key in (("a", "true"), ("b", "no"))
    )
    add_to_head(
        folder, CONCERN_FILE, f"  - type: single\n    ask: What?\n    options:\n{options}swap: {{man: woman}}\n"
    )
    add_to_head(folder, NO_CONCERN_FILE, "swap: {man: woman}\n")
    edit(folder, CONCERN_FILE, "excuse: none", "excuse: weak")
    lines = lines_of(folder)
    assert line_with(lines, "open:") == (
        "open: 4 scenes, 2 to report, 2 not; 2 pairs, 1 of them also with other people; questions: 1 single"
    )
    assert line_with(lines, "reserved:").endswith("2 pairs, 0 of them also with other people; questions: none")
    assert line_with(lines, "shift:").startswith("shift: 4 scenes, 1 to report, 3 not; 0 pairs, ")
    assert "  difficulty: easy 2, hard 1, medium 1" in lines
    assert "  route: hotline 2, none 2" in lines


def test_the_doors_of_first_actions_are_told(folder: Path) -> None:
    lines = lines_of(folder)
    assert line_with(lines, "  hotline").split() == ["hotline", "8", "best", "50%", "best", "or", "fine", "50%"]
    assert line_with(lines, "  none").split() == ["none", "8", "best", "0%", "best", "or", "fine", "0%"]


def test_a_pool_without_scenes_is_told_as_such(folder: Path) -> None:
    lines = lines_of(folder)
    assert line_with(lines, "shift:").startswith("shift: 0 scenes, 0 to report, 0 not; 0 pairs, ")
    assert len([line for line in lines if line.startswith("  venue:")]) == 2


def test_what_falls_due_is_told_in_order_with_its_day(folder: Path) -> None:
    edit(folder, "help/us.yaml", "seen_on: 2026-11-01", "seen_on: 2026-06-15")
    edit(folder, "pages/privacy.md", "summary: What is kept.", "summary: What is kept.\nseen_on: 2026-01-01")
    lines = lines_of(folder)
    due = lines.index("DUE within 90 days: to be looked at again")
    assert lines[due + 1 : due + 4] == ["  2026-06-30  page privacy", "  2026-12-12  help line hotline", ""]


@pytest.mark.parametrize(("today", "is_due"), [(date(2027, 1, 29), False), (date(2027, 1, 30), True)])
def test_ninety_days_are_ninety_days(folder: Path, today: date, is_due: bool) -> None:
    lines = lines_of(folder, today)
    assert ("  2027-04-30  source N2" in lines) == is_due
    assert ("  nothing; the next falls due on 2027-04-30" in lines) != is_due


def test_the_report_leaves_out_nothing(shelf: Library) -> None:
    report = write(shelf.content, small.TODAY)
    for sign in shelf.content.indicators.values():
        assert re.search(rf"^{sign.id} +{re.escape(sign.name[:20])}", report, re.MULTILINE), sign.id
