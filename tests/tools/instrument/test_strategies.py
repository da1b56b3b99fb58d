"""Who goes by something else than the scene, through the real draw and rule."""

from __future__ import annotations

from pathlib import Path

from tests.content import small
from tests.tools.instrument import bank
from trainer.tools.instrument import strategies


def _figures(folder: Path) -> dict[str, float]:
    small.edit(folder, small.COURSE_FILE, "    - scenes: 2", "    - scenes: 8")
    return {one.name: one.value for one in strategies.figures(small.read(folder))}


def test_who_reads_nothing_never_passes(tmp_path: Path) -> None:
    figures = _figures(bank.write(tmp_path))
    assert figures["(g) reports all: passes a try"] == 0
    assert figures["(g) reports none: passes a try"] == 0
    assert figures["(g) always calls: passes a try"] == 0


def test_a_bank_whose_people_or_words_foretell_the_truth_is_found_out(tmp_path: Path) -> None:
    folder = bank.write(tmp_path, concern="A heron calls.")
    for number in range(1, 13):
        small.edit(folder, f"scenarios/reserved-{number}-a.md", "origin: none", "origin: filipino")
    figures = _figures(folder)
    assert figures["(g) by origin: passes a try"] == 1
    assert figures["(g) by words: passes a try"] == 1
    assert figures["(g) by words, knowing how many: passes a try"] == 1
    assert figures["(g) by tone: passes a try"] == 0
