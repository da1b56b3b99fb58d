"""Guards find what is planted, and nothing where nothing is."""

from __future__ import annotations

from pathlib import Path

from tests.tools.instrument import bank
from trainer.tools.instrument import guards


def _figures(parent: Path, concern: str = "", innocent: str = "") -> dict[str, float]:
    return {one.name: one.value for one in guards.figures(bank.read(parent, concern=concern, innocent=innocent))}


def test_a_word_that_only_concerns_have_is_found_outside_what_decides(tmp_path: Path) -> None:
    figures = _figures(tmp_path, concern="A heron calls.", innocent="A radio plays.")
    assert figures["(b) without what decides: AUC"] == 1
    assert figures["(b) without what decides: right of two twins"] == 1
    assert (
        figures["(e) words that stand out outside what decides"]
        > figures["(e) words that would by chance, 95th percentile"]
    )
    content = bank.read(tmp_path / "again", concern="A heron calls.")
    assert any(word.startswith("heron (p = 0.0000)") for word in guards.outstanding_words(content))


def test_what_decides_is_cut_out_and_the_rest_tells_nothing(tmp_path: Path) -> None:
    figures = _figures(tmp_path)
    assert figures["(a) words: AUC"] == 1  # "says no" against "hands them over"
    assert figures["(b) without what decides: AUC"] == 0.5
    assert figures["(b) without what decides: right of two twins"] == 0.5
    assert figures["(e) words that stand out outside what decides"] == 0


def test_surface_and_function_words_are_measured_apart(tmp_path: Path) -> None:
    figures = _figures(tmp_path, concern='"Never, never," nobody of them says.', innocent="My own sister and brother.")
    assert figures["(f) negations: AUC"] == 1
    assert figures["(f) quotes: AUC"] == 1
    assert figures["(f) relatives: AUC"] == 0
    assert figures["(f) “own”: AUC"] == 0
    assert figures["(c) function words alone: AUC"] == 1


def test_options_that_tell_the_best_one_are_found(tmp_path: Path) -> None:
    """All scenes offer the same four options: of two twins, one of the two best is always the likelier."""
    assert _figures(tmp_path)["(h) best first action from the texts of options: top 1"] == 0.5
