"""Search: finds what may be read, never fails for any query, and never shows a scene."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.content import small
from tests.content.small import edit, read
from trainer.courses.search import LONGEST, MOST, Index, SearchResult

CARD = """\
title: Motel card
venues: [hotel]
together: [{text: Papers and pay., signs: [A1, C5]}]
alone: [{text: The boss keeps a passport., signs: [C1]}]
never: [Tattoos]
do: [Call someone]
dont: [Follow]
"""


@pytest.fixture
def index(folder: Path) -> Index:
    small.put(folder, "cards/motel.yaml", CARD)
    return Index(read(folder))


@pytest.fixture(scope="module")
def kept_index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return Index(read(small.write(tmp_path_factory.mktemp("search"))))


def addresses(found: list[SearchResult]) -> list[str]:
    return [one.address for one in found]


@pytest.mark.parametrize(
    ("query", "kind", "address"),
    [
        ("First lesson", "lesson", "/courses/recognize/basics/first"),
        ("many people is a signal", "lesson", "/courses/recognize/basics/first"),
        ("one contact with the hotline", "term", "/glossary#signal"),
        ("never alone", "indicator", "/indicators/A1"),
        ("family on a trip", "indicator", "/indicators/A1"),
        ("most people leave them at home", "false_cue", "/indicators/C2"),
        ("national hotline", "help", "/help/all#hotline"),
        ("888 373", "help", "/help/all#hotline"),
        ("keep little", "page", "/privacy"),
        ("motel card", "card", "/cards/motel"),
        ("passport", "card", "/cards/motel"),
        ("tattoo", "card", "/cards/motel"),
    ],
)
def test_each_kind_is_found_by_its_title_and_its_text(index: Index, query: str, kind: str, address: str) -> None:
    assert (kind, address) in [(one.kind, one.address) for one in index.search(query)]


@pytest.mark.parametrize("query", ["contact", "contacts", "CONTACT", "contac", "cóntact", "contacting", " contact! "])
def test_endings_case_accents_and_beginnings_do_not_matter(index: Index, query: str) -> None:
    assert "/glossary#signal" in addresses(index.search(query))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("pasport", "passport"), ("hotlnie one", "hotline one"), ("Tatoo", "tattoo"), ("contcat", "contact")],
)
def test_a_misspelled_word_is_corrected_to_one_that_is_found(index: Index, typed: str, meant: str) -> None:
    assert index.search(typed) == []
    assert index.correct(typed) is not None
    assert addresses(index.search(index.correct(typed) or "")) == addresses(index.search(meant)) != []


@pytest.mark.parametrize("query", ["", "xyzzy", "hotline xyzzy", "contact"])
def test_what_is_like_no_word_or_needs_no_correction_has_none(index: Index, query: str) -> None:
    assert index.correct(query) is None


def test_all_words_are_needed_in_any_order(index: Index) -> None:
    assert addresses(index.search("contact hotline one")) == addresses(index.search("one hotline contact")) != []
    assert index.search("contact zebra") == []


def test_what_has_the_word_in_its_title_comes_first(index: Index) -> None:
    assert index.search("second")[0].title == "Second lesson"
    assert index.search("signal")[0].address == "/glossary#signal"


HOSTILE = [
    "", " ", '"', "'", '""', '"a', "signal NEAR(a b)", "a NEAR/2 b", "NEAR", "AND", "OR", "NOT", "signal AND", "*",
    "a*", "-", "-signal", "^signal", "+a", "title:signal", "{title}:a", "title : a", "(", ")", "a)", "\\", "%", "_",
    "__", "a_", "\x00", "a\x00b", "\x02", "\ud800", "²", "١", "ſ", "İ", "😀", "\u202e", "日本語", "?", "a,b", "\n\t\r",
    "'; DROP TABLE documents; --", "x" * 10_000, "a " * 5_000, '"' * 10_000,
]  # fmt: skip


@pytest.mark.parametrize("query", HOSTILE)
def test_no_query_is_an_error(index: Index, query: str) -> None:
    assert isinstance(index.search(query), list)
    assert index.search("signal")  # and nothing is broken by it


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40) | st.text('"*^(){}:-+ANDORNTE signal\x00_', max_size=40))
def test_no_text_at_all_is_an_error(kept_index: Index, query: str) -> None:
    for one in kept_index.search(query):
        assert one.address.startswith("/")


def test_operators_are_words(index: Index) -> None:
    assert index.search("signal NOT hotline") == []
    assert index.search("signal OR zebra") == []
    assert index.search("title:signal") == []


def test_only_the_beginning_of_a_long_query_counts(index: Index) -> None:
    assert index.search("signal " + " " * LONGEST + "zebra") == index.search("signal")


def test_what_was_found_is_marked_and_everything_else_is_escaped(folder: Path) -> None:
    edit(folder, "glossary.yaml", "One contact with", '\'Is "5 < 6" & <script>alert(1)</script> a contact <b>with</b>')
    edit(folder, "glossary.yaml", "the hotline.", "the hotline.'")
    (found,) = Index(read(folder)).search("alert contact")
    assert "&lt;script&gt;<mark>alert</mark>(1)&lt;/script&gt;" in found.excerpt
    assert "<mark>contact</mark> &lt;b&gt;with&lt;/b&gt;" in found.excerpt
    assert "<script>" not in found.excerpt
    assert "5 &lt; 6" in found.excerpt


def test_text_of_a_lesson_is_found_without_its_tags_and_words_stay_apart(index: Index) -> None:
    lesson = next(one for one in index.search("write it down") if one.kind == "lesson")
    assert "&lt;" not in lesson.excerpt
    assert lesson.context == "For everyone · The basics"
    assert index.search("details") == index.search("reveal") == index.search("href") == []


def test_no_scene_is_found(folder: Path) -> None:
    small.add_shift(folder)
    for path in (folder / "scenarios").glob("*.md"):
        text = (
            path.read_text(encoding="utf-8").replace("Room 214", "Zugvogel").replace("You stand", "Zugvogel. You stand")
        )
        path.write_text(
            text.replace("Wait a week", "Zugvogel").replace("It may be late.", "Zugvogel"), encoding="utf-8"
        )
    index = Index(read(folder))
    assert index.search("zugvogel") == []
    assert not [one for one in index.search("desk") if "desk" in one.excerpt]


def test_the_best_thirty_are_shown(folder: Path) -> None:
    terms = "".join(f"- id: t{n}\n  term: Zebra {n}\n  meaning: An animal.\n" for n in range(MOST + 5))
    (folder / "glossary.yaml").write_text(small.GLOSSARY + terms, encoding="utf-8")
    assert len(Index(read(folder)).search("zebra")) == MOST


def test_many_may_search_at_once(index: Index) -> None:
    faults: list[sqlite3.Error] = []

    def search() -> None:
        try:
            for _time in range(50):
                assert index.search("signal")
        except sqlite3.Error as fault:
            faults.append(fault)

    threads = [threading.Thread(target=search) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
