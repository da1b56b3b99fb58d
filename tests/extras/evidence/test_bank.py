"""What simple programs make of the scenes: nothing, unless their words give them away."""

from __future__ import annotations

from pathlib import Path

from tests.assessment.swapped import copy_content, open_library
from trainer.content.library import Library
from trainer.content.schema import Pool
from trainer.content.subject import Truth
from trainer.extras.evidence.bank import Guess, describe


def test_every_pair_that_is_kept_for_finals_is_guessed(shelf: Library) -> None:
    content = shelf.content
    found = describe(content)
    concerns = [scene for scene in content.pool(Pool.RESERVED) if scene.file.truth is Truth.CONCERN]
    assert found.pairs == found.by_words.pairs == found.by_length.pairs == len(concerns)
    longer = [len(" ".join(one.paragraphs)) - len(" ".join(content.twin(one).paragraphs)) for one in concerns]
    assert found.by_length.right == sum(more > 0 for more in longer) + longer.count(0) / 2


def test_a_word_that_stands_in_scenes_to_report_alone_gives_them_all_away(tmp_path: Path) -> None:
    folder = copy_content(tmp_path)
    for path in (folder / "scenarios").glob("*.md"):
        text = path.read_text("utf-8")
        if "\ntruth: concern\n" in text:
            path.write_text(text.rstrip() + " " + "Zebras run. " * 40 + "\n", "utf-8")
    found = describe(open_library(folder).content)
    assert found.by_words.right == found.by_length.right == found.pairs > 0


def test_what_a_coin_may_do_as_well_gives_nothing_away() -> None:
    assert [Guess(right, 128).is_as_a_coin for right in (40, 54, 64, 74.5, 80)] == [False, True, True, True, False]
