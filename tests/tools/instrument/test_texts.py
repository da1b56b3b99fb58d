"""Scenes as text."""

from __future__ import annotations

from pathlib import Path

from tests.tools.instrument import bank
from trainer.content.schema import Pool
from trainer.tools.instrument.texts import pairs, place_of_decision, text, tokens, undecided


def test_what_decides_can_be_taken_out_and_placed(tmp_path: Path) -> None:
    (pair, *_rest) = pairs(bank.read(tmp_path, pairs=2), Pool.RESERVED)
    assert text(pair.concern).endswith("asks for his papers, and the boss says no.")
    assert undecided(pair.concern).endswith("asks for his papers, and  .")
    assert place_of_decision(pair.concern) == 2


def test_words_are_small_letters_and_apostrophes() -> None:
    assert tokens("He said: “I can’t go at 9.”") == ["he", "said", "i", "can't", "go", "at"]
