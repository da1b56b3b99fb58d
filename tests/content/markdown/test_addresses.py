"""Links: where each kind leads."""

from __future__ import annotations

import pytest

from tests.content.markdown.scopes import ELSEWHERE, shown


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("help:hotline", "/help/all#hotline"),
        ("indicator:C1", "/indicators/C1"),
        ("lesson:basics/first", "/courses/recognize/basics/first"),
        ("page:front", "/"),
        ("page:help", "/help"),
        ("page:leaving", "/leaving"),
        ("glossary:signal", "#word-signal"),
        ("#recap", "#recap"),
    ],
)
def test_internal_links_become_paths(link: str, address: str) -> None:
    assert f'href="{address}"' in shown(f"[x]({link})")


def test_a_glossary_link_outside_lessons_leads_to_the_glossary() -> None:
    assert shown("[x](glossary:signal)", ELSEWHERE) == '<p><a class="term" href="/glossary#signal">x</a></p>'
