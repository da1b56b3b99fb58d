"""Markdown as it is read here: what opens and closes a box, and no text takes long."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.content.markdown.scopes import LESSON, shown
from trainer.content.files import BODY_LIMIT
from trainer.content.markdown import (
    blocks_in,
    boxes_in,
    parse,
    render,
)
from trainer.content.markdown.syntax import parser

LINES = [
    *("He said", '"Yes"', "'tis", "“No", "é", "a | b", "  two", " one", "\tone", "b\\", "x\u0085", "\u3000z", "e  "),
    *("", "", "- item", "* x", "1. one", "> q", "# h", "===", "---", "***", "```", "| a | b |", "|---|---|", "-|-"),
    *("::: ask", "::: choose T", ":::", "[x]: http://a.example", "[x]", "<div>", "&amp;", "[[gift]]", "[^S1]", "*e*"),
]


@given(st.lists(st.sampled_from(LINES), max_size=12).map("\n".join))
def test_the_short_way_to_a_paragraph_finds_what_the_rules_of_markdown_find(text: str) -> None:
    with parser.reset_rules():
        parser.block.ruler.disable("plain")
        parser.enable(["html_block", "html_inline"])
        told = tuple(parser.parse(text))
    assert parse(text).tokens == told


def test_indented_text_is_text() -> None:
    assert shown("    Indented by accident.") == "<p>Indented by accident.</p>"


def test_a_box_that_is_not_closed_ends_where_the_next_begins() -> None:
    boxes = boxes_in(parse("::: story\nA\n\n::: recap\n- b\n:::\n"))
    assert [(box.name, box.is_closed, box.line) for box in boxes] == [("story", False, 1), ("recap", True, 4)]


@pytest.mark.check("T128")
@pytest.mark.parametrize(
    "hostile",
    [
        "[",
        "[[",
        "![",
        "[a](b ",
        "> ",
        "*",
        "_a*",
        "`",
        "[^S1]",
        "<",
        "\\",
        "- ",
        ":::\n",
        "## a\n",
        "a\n=\n",
        "|a|\n|-|\n",
    ],
)
def test_the_longest_hostile_text_is_done_in_seconds(hostile: str) -> None:
    text = (hostile * BODY_LIMIT)[:BODY_LIMIT]
    start = time.process_time()
    body = parse(text)
    render(body, LESSON)
    list(blocks_in(body))
    boxes_in(body)
    assert time.process_time() - start < 5  # a tenth of it here; machines are shared
