"""Tables and links, as a browser gets them."""

from __future__ import annotations

import pytest

from tests.content.markdown.scopes import shown


def test_an_external_link_tells_nothing_to_its_target() -> None:
    assert 'href="https://example.org/a" rel="noreferrer noopener"' in shown("[x](https://example.org/a)")


def test_a_table_has_heads_and_scrolls_in_its_own_place() -> None:
    html = shown("| A | B |\n|---|--:|\n| a | 1 |")
    assert html.startswith(
        '<div class="scroll" tabindex="0" role="region" aria-label="Table"><table class="tbl"><thead>'
    )
    assert '<th scope="col">A</th>' in html
    assert '<td class="r">1</td>' in html
    assert "style" not in html


@pytest.mark.parametrize("number", ["1-800-452-1999", "207-623-7900", "1-855-FLA-SAFE", "800-FLOWERS"])
def test_a_telephone_number_stays_in_one_line(number: str) -> None:
    assert (
        shown(f"| A |\n|---|\n| Hotline, {number}, free |").count(f'Hotline, <span class="nb">{number}</span>, free')
        == 1
    )
    assert f'<b>Call <span class="nb">{number}</span></b>' in shown(
        f"::: choose Q\n- [x] a => **Call {number}**\n:::"
    ).replace("strong>", "b>")


@pytest.mark.parametrize("text", ["2007-2014", "E-1234", "12-345-6789", "a 200-page report"])
def test_another_figure_with_hyphens_may_break(text: str) -> None:
    assert "span" not in shown(text)
