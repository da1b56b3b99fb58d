"""Our own few words around a text are in its language."""

from __future__ import annotations

import pytest

from tests.languages import PSEUDO, catalogs, pseudo
from trainer.content import own_words
from trainer.content.catalogue import Source
from trainer.content.markdown import PageScope, Targets, parse, render

SOURCE = Source(id="S1", title="A report", publisher="An office", address="https://example.org/", seen_on="2026-11-01")
TEXT = "A fact.[^S1]\n\n::: reveal\nMore.\n:::\n\n::: recap\n- One.\n:::\n"


@pytest.mark.parametrize("language", ["en", PSEUDO])
def test_each_text_has_our_words_in_its_own_language(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_words, "CATALOGS", catalogs())
    own_words.own_words.cache_clear()
    page = str(render(parse(TEXT, 1), PageScope(Targets(), {"S1": SOURCE}, language=language)).html)
    for word in ("Open the source", "Show", "Take this with you"):
        assert f">{word if language == 'en' else pseudo(word)}<" in page
    assert f'aria-label="{"Source 1" if language == "en" else pseudo("Source 1")}"' in page
    own_words.own_words.cache_clear()
