"""The bank is counted as its authors describe it."""

from __future__ import annotations

from pathlib import Path

from tests.content import small
from tests.tools.instrument import bank
from trainer.tools.instrument import balance


def _figures(folder: Path) -> dict[str, float]:
    return {one.name: one.value for one in balance.figures(small.read(folder))}


def test_pools_and_how_scenes_show_are_counted(tmp_path: Path) -> None:
    folder = bank.write(tmp_path, pairs=4)
    small.edit(folder, "scenarios/reserved-1-a.md", "shown_by: controller", "shown_by: seen")
    small.edit(folder, "scenarios/reserved-2-a.md", "excuse: none", "excuse: plausible")
    small.edit(folder, "scenarios/reserved-3-b.md", "explained: fully", "explained: not")
    small.edit(folder, "scenarios/reserved-3-b.md", small.OTHER_SIGN, "C2: No papers at hand")
    small.edit(folder, "scenarios/reserved-3-b.md", "cues: few", "cues: some")
    figures = _figures(folder)
    assert (figures["open pairs"], figures["reserved pairs"]) == (4, 4)
    assert figures["concern: seen, or a pattern"] == 0.25
    assert figures["concern: said by the controller"] == 0.75
    assert figures["concern: a plausible excuse"] == 0.25
    assert figures["concern: hard by design"] == 0.25
    assert figures["innocent: not explained"] == figures["innocent: hard by design"] == 0.25
    assert figures["innocent: explained fully"] == 0.75
    assert figures["innocent: note and watch is best"] == 0


def test_twins_are_compared_word_by_word(tmp_path: Path) -> None:
    figures = _figures(bank.write(tmp_path, pairs=4))
    assert figures["words in which twins differ, median"] == 3  # "says no." and "hands them over."
    assert figures["places in which twins differ, median"] == 1


def test_a_trait_that_foretells_the_truth_shows(tmp_path: Path) -> None:
    folder = bank.write(tmp_path, pairs=4)
    for number in (1, 2, 3):
        small.edit(folder, f"scenarios/reserved-{number}-a.md", "origin: none", "origin: filipino")
    figures = _figures(folder)
    assert figures["at-risk, foreign: more common in concern by"] == 0.75
    assert figures["at-risk, female: more common in concern by"] == 0
    assert figures["at-risk, foreign, in concern about labor"] == 0.75


def test_signs_that_are_shown_too_seldom_are_counted(tmp_path: Path) -> None:
    few = _figures(bank.write(tmp_path / "few", pairs=2))
    assert few["medium and strong signs in fewer than two concern scenes"] == 2  # A1 and C5; C1 is in both
    assert few["false cues in fewer than two innocent scenes"] == 1
