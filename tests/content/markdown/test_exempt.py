"""Words that are exempt: shown without their marks."""

from __future__ import annotations

from tests.content.markdown.scopes import shown


def test_exempt_words_are_shown_plain() -> None:
    assert shown("The law on [[engaging in *it* <x>]].") == "<p>The law on engaging in *it* &lt;x&gt;.</p>"
