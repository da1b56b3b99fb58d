"""The field cards fit on two pages, the rule on the second, and the observation page on one."""

from __future__ import annotations

from tests.courses.papers import (
    ADDRESS,
    open_pdf,
    squeeze,
    text_of,
)
from trainer.content.library import Library
from trainer.courses.papers import draw_card, draw_observation


def test_every_card_fits_on_its_two_pages_and_keeps_all_its_texts(shelf: Library) -> None:
    here = shelf.content
    assert here.cards
    for venue, one in here.cards.items():
        data = draw_card(here, one, f"https://training.example.org/cards/{venue}")
        assert len(open_pdf(data).pages) == 2, venue
        text = text_of(data)
        for part in (one.title, *(sign.text for sign in (*one.together, *one.alone)), *one.never, *one.do, *one.dont):
            assert squeeze(part) in text, (venue, part)
        assert squeeze(here.strip_lines()[0].phone or "") in text
    assert len(open_pdf(draw_observation(here, ADDRESS)).pages) == 1
