"""What is written, cited and noted."""

from __future__ import annotations

import re
from dataclasses import replace

from tests.content.markdown.scopes import LESSON, OTHER, REPORT, shown
from trainer.content.markdown import (
    parse,
    render,
)


def test_a_citation_is_a_number_and_its_source_follows_the_block() -> None:
    html = shown("One.[^S1] Again.[^S1]\n\nTwo.[^N2]")
    assert html.count('<a href="#s1" aria-label="Source 1">1</a>') == 2
    assert html.index('id="s1"') < html.index("Two.") < html.index('id="s2"')
    assert '<p class="note-src" id="s1"><b>1</b> An office, A &lt;b&gt;report, 2020. ' in html
    assert 'href="https://example.org/?a=1&amp;b=2" rel="noreferrer noopener">Open the source</a></p>' in html


def test_a_note_says_of_which_year_the_copy_was_that_was_read() -> None:
    law = OTHER.model_copy(update={"copy_of": 2018})
    html = shown("A law says so.[^N2]", replace(LESSON, sources={"N2": law}))
    assert "A team, Other, read in a copy of 2018. <a" in html


def test_a_source_is_noted_once_and_never_inside_a_list_table_or_box() -> None:
    for text in ("- a[^S1]\n- b", "| a |\n|---|\n| b[^S1] |", "::: callout T\nx[^S1]\n:::", "::: recap\n- x[^S1]\n:::"):
        html = shown(text + "\n\nEnd.[^S1]")
        assert html.count('class="note-src"') == 1
        assert re.search(r'</(ul|div|section)><div class="notes"><p class="note-src"', html), html


def test_several_sources_of_one_block_are_folded() -> None:
    html = shown("a[^S1] b[^N2]")
    assert '<details class="notes"><summary>2 sources</summary><p class="note-src" id="s1">' in html
    assert html.count('class="note-src"') == 2


def test_sources_are_told_in_the_order_of_their_numbers() -> None:
    assert render(parse("a[^N2] b[^S1] c[^N2]"), LESSON).cited == (OTHER, REPORT)


def test_the_words_of_a_lesson_are_those_it_links_to() -> None:
    page = render(parse("[x](glossary:signal) [y](glossary:signal) [z](glossary:nothing)"), LESSON)
    assert [term.id for term in page.words] == ["signal"]


def test_the_opening_question_and_the_boxes_are_written_as_designed() -> None:
    assert shown("::: ask\nHow many?\n:::") == '<p class="ask">How many?</p>'
    assert shown("::: story\nA cook.\n:::") == '<div class="story"><p>A cook.</p></div>'
    assert shown("::: reveal Why *so*?\nYes.\n:::") == (
        '<details class="reveal"><summary>Why <em>so</em>?</summary><p>Yes.</p></details>'
    )
    assert shown("## H\n\n::: callout Care\nText\n:::").endswith(
        '<div class="callout stack gap-2"><h3>Care</h3><p>Text</p></div>'
    )
    assert shown("::: recap\n- One\n- Two\n:::") == (
        '<section class="recap stack gap-2" id="recap"><h2>Take this with you</h2>'
        "<ul><li>One</li><li>Two</li></ul></section>"
    )


def test_a_box_before_the_first_heading_does_not_skip_a_level() -> None:
    assert "<h2>Care</h2>" in shown("::: callout Care\nText\n:::")


def test_a_choice_opens_one_answer_at_a_time() -> None:
    html = shown("## H\n\n::: choose What now?\n- [x] Call *it* => because.\n- [ ] Don't => no good.\n:::")
    assert html.endswith(
        '<section class="pane stack choose"><h3>What now?</h3><ul class="x panes">'
        '<li><details name="choose-1"><summary>Call <em>it</em></summary>'
        '<p class="right"><b>Yes.</b> because.</p></details></li>'
        '<li><details name="choose-1"><summary>Don\'t</summary>'
        '<p class="wrong"><b>No.</b> no good.</p></details></li></ul></section>'
    )


def test_two_choices_on_a_page_have_different_names() -> None:
    box = "::: choose Q\n- [x] a => b\n- [ ] c => d\n:::\n\n"
    assert set(re.findall(r'name="([^"]+)"', shown(box * 2))) == {"choose-1", "choose-2"}


def test_headings_have_ids_that_never_meet_another() -> None:
    ids = re.findall(r'id="([^"]+)"', shown("## Recap\n\n## Recap\n\n### S1\n\n## €\n\na[^S1]\n\n::: recap\n- x\n:::"))
    assert len(ids) == len(set(ids)) == 6
    assert ids[:3] == ["h-recap", "h-recap-2", "h-s1"]


def test_a_heading_never_gets_the_name_that_another_has_by_its_words() -> None:
    ids = re.findall(r'id="([^"]+)"', shown("## Part\n\n## Part 2\n\n## Part\n\n## Part\n\n## Part 2"))
    assert len(set(ids)) == 5, ids
