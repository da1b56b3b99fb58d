"""Papers to print: one tagged page with the number and all texts, the same bytes each time."""

from __future__ import annotations

import io
import re
from html import unescape
from pathlib import Path
from typing import cast

import pypdf
import pytest
from pypdf.generic import DictionaryObject

from tests.content import small
from tests.content.regions import add_region
from tests.content.small import read
from tests.courses.papers import ADDRESS, open_pdf, squeeze, text_of
from tests.support import Visitor, closed_up
from trainer.content.library import Library
from trainer.content.papers import Card, Together
from trainer.courses.papers import draw_card, draw_observation

CARD = Card(
    title="Hotel and motel",
    venues=["hotel"],
    together=[Together(text="Never alone, and paid too little.", signs=["A1", "C5"])],
    alone=[Together(text="The boss keeps the papers.", signs=["C1"])],
    never=["Color, accent, dress."],
    do=["Danger now: call at once.", "Write down exact words."],
    dont=["Don't follow anyone."],
)


def card(folder: Path, **changes: object) -> bytes:
    return draw_card(read(folder), CARD.model_copy(update=changes), ADDRESS)


def test_a_card_says_all_that_it_should(folder: Path) -> None:
    text = text_of(card(folder))
    for part in (
        "Which line fits first?", "One strong sign", CARD.title, "Never alone, and paid too little.",
        "The boss keeps the papers.", *CARD.never, *CARD.do,
        *CARD.dont, "Danger now: 911", "National hotline", "1-888-373-7888", "text HELP to 233733 to 233733",
        "Number seen on November 1, 2026.", "not legal advice", ADDRESS, "Would I think this if",
    ):  # fmt: skip
        assert squeeze(part) in text, part


def test_signs_that_count_alone_stand_before_those_that_count_together(folder: Path) -> None:
    text = text_of(card(folder))
    places = [
        text.index(squeeze(part)) for part in ("Report on one", "The boss keeps", "Report together", "Never alone,")
    ]
    assert places == sorted(places)


def test_the_observation_template_has_the_number_and_leads_to_the_site(folder: Path) -> None:
    text = text_of(draw_observation(read(folder), "https://training.example.org/observation"))
    for part in ("National hotline", "1-888-373-7888", "https://training.example.org/observation", "911"):
        assert squeeze(part) in text, part


@pytest.mark.parametrize("paper", ["card", "observation"])
def test_a_paper_is_one_tagged_page_or_two_with_title_and_language(folder: Path, paper: str) -> None:
    reader = open_pdf(card(folder) if paper == "card" else draw_observation(read(folder), ADDRESS))
    assert len(reader.pages) == (2 if paper == "card" else 1)  # a card has the rule on its back
    root = reader.root_object
    assert cast(DictionaryObject, root["/MarkInfo"])["/Marked"]
    assert cast(DictionaryObject, root["/StructTreeRoot"])["/K"]
    assert str(root["/Lang"]).startswith("en")
    assert reader.metadata is not None
    assert reader.metadata.title


def test_papers_say_in_whose_region_their_numbers_are_right(folder: Path) -> None:
    add_region(folder)
    for name, content in read(folder).regions.items():
        for paper in (draw_card(content, CARD, ADDRESS), draw_observation(content, ADDRESS)):
            assert squeeze(f"{content.site.name} · {content.region.name}") in text_of(paper), name


def test_the_same_texts_give_the_same_bytes(folder: Path) -> None:
    assert card(folder) == card(folder) != card(folder, title="Another")
    assert draw_observation(read(folder), ADDRESS) == draw_observation(read(folder), ADDRESS)


def test_without_a_text_number_the_card_names_none(folder: Path) -> None:
    small.edit(folder, "help/us.yaml", "  text: HELP to 233733\n  text_number: 233733\n", "")
    text = text_of(card(folder))
    assert "233733" not in text
    assert "1-888-373-7888" in text


@pytest.mark.parametrize(
    "hostile",
    ["#panic()", '#read("/etc/passwd")', "*bold* _x_ $1+1$", "= Heading", "@ref <label>", '"); #x', "\\ \\u{41}"],
)
def test_texts_are_printed_as_they_are_and_never_run(folder: Path, hostile: str) -> None:
    text = text_of(card(folder, title=f"T {hostile}", never=[hostile], alone=[Together(text=hostile, signs=["C1"])]))
    assert text.count(squeeze(hostile)) == 3


def test_a_card_shows_how_much_each_group_of_signs_says(shelf: Library) -> None:
    """Three circles: each is drawn with curves, and nothing else on a card is."""
    here = shelf.content
    for card in here.cards.values():
        page = pypdf.PdfReader(io.BytesIO(draw_card(here, card, "https://example.org/cards/x"))).pages[0]
        drawn = page.get_contents().get_data()  # type: ignore[union-attr]
        assert len(re.findall(rb"\bc\b", drawn)) == 4 * 4  # the half one is two: a ring, and what fills it


def test_a_log_entry_stands_on_its_cards_page_with_the_line_that_it_went_by(visitor: Visitor, shelf: Library) -> None:
    log = shelf.content.cards["hotel"].log
    assert log is not None
    page = unescape(closed_up(visitor.get("/cards/hotel").text))
    words = shelf.content.vocabulary
    place = words.find_rung(log.rule)
    assert place is not None
    for name, told in (("When", log.when), ("Saw", log.saw), ("Heard", log.heard), ("Thought", log.thought)):
        assert f"<dt>{name}</dt><dd>{told}</dd>" in page
    assert "<dt>Don’t know</dt>" not in page  # it says nothing of that
    assert page.index("<dt>Heard</dt>") < page.index("<dt>Thought</dt>")
    assert f"<p>{log.after}</p>" in page
    assert f'aria-label="Line {place} of 6"' in page
    assert words.ladder[place - 1].seen in page
    assert 'id="log"' not in visitor.get("/cards/farm").text


def test_a_card_has_the_picture_of_the_lesson_on_its_place(visitor: Visitor, shelf: Library) -> None:
    pictures = {lesson.slug: lesson.picture for course in shelf.content.courses.values() for lesson in course.lessons}
    venues = [venue for venue in shelf.content.cards if pictures.get(venue)]
    assert venues
    for venue in venues:
        assert str(pictures[venue]) in visitor.get(f"/cards/{venue}").text
        assert str(pictures[venue]) in visitor.get("/cards").text


def test_a_telephone_number_on_a_card_stays_in_one_line(visitor: Visitor, shelf: Library) -> None:
    assert any("1-888-373-7888" in one for one in shelf.content.cards["hotel"].do)
    page = closed_up(visitor.get("/cards/hotel").text)
    assert page.count('<span class="nb">1-888-373-7888</span>') == 2  # among what to do, and with the line
