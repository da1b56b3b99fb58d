"""Figures: what is one, and where its source must stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.content import small
from tests.content.checks.spoiling import add
from tests.content.small import only
from trainer.content.checks.figures import find_figure

SHORT = ("211", "911", "988")


@pytest.mark.parametrize(
    "text",
    ["1,042 signals", "about 300 people", "12 %", "12.5%", "five percent", "80 per cent", "26 of the 78", "1 in 2",
     "9 out of 10", "In 2023, 26 of the 78", "$300", "10,000 stays", "911 percent"],
)  # fmt: skip
def test_these_are_figures(text: str) -> None:
    assert find_figure(text, SHORT)


@pytest.mark.parametrize(
    "text",
    ["911", "988 or 211", "1-888-373-7888", "207-555-0100", "in 2023", "2007-2014", "the 1990s", "at 10:45", "24/7",
     "Room 214", "text HELP to 233733", "Text HELP to 233733.", "12 scenes", "module 3, lesson 1", "S121", "17-A"],
)  # fmt: skip
def test_these_are_no_figures(text: str) -> None:
    assert find_figure(text, SHORT) is None


@pytest.mark.parametrize("text", ["There were 1,042 calls.", "- one\n- 40 percent of them", "| a |\n|---|\n| 500 |"])
def test_a_figure_without_a_source_is_refused(folder: Path, text: str) -> None:
    add(folder, text)
    assert "has no source. Cite one in the same paragraph, item or row" in only(folder)


@pytest.mark.parametrize(
    "text",
    [
        "There were 1,042 calls.[^S1]",
        "A made-up 1,042 calls.",
        "| a[^S1] |\n|---|\n| 500 |",
        "| invented |\n|---|\n| 500 |",
        "::: story\nHe is owed 900 dollars.\n:::",
        "Text to 233733.",
    ],
)
def test_a_figure_with_a_source_or_called_made_up_passes(folder: Path, text: str) -> None:
    add(folder, text)
    small.read(folder)


def test_a_number_of_three_digits_is_one_only_where_it_is_called(folder: Path) -> None:
    add(folder, "Call 988.")
    assert only(folder).startswith(f'content/{small.LESSON_FILE}:25: the figure "988" has no source. ')
    small.edit(folder, "help/us.yaml", "  text: HELP", "  more_phones: ['988']\n  text: HELP")
    small.read(folder)


def test_a_citation_in_another_item_does_not_count(folder: Path) -> None:
    add(folder, "- 1,000 here\n- 2,500 there[^S1]")
    assert 'the figure "1,000" has no source' in only(folder)
