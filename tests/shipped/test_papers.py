"""The field cards fit on two pages, the rule on the second, and the observation page on one."""

from __future__ import annotations

import pytest

from tests.courses.papers import (
    ADDRESS,
    open_pdf,
    squeeze,
    text_of,
)
from trainer.content.library import Library
from trainer.courses.papers import draw_card, draw_observation


@pytest.mark.parametrize("region", ["us", "us-me", "us-nh"])
def test_every_card_fits_on_its_two_pages_and_keeps_all_its_texts(shelf: Library, region: str) -> None:
    here = shelf.content.regions[region]
    assert here.cards
    for venue, card in here.cards.items():
        data = draw_card(here, card, f"https://training.example.org/cards/{venue}")
        assert len(open_pdf(data).pages) == 2, venue
        text = text_of(data)
        for part in (card.title, *(sign.text for sign in (*card.together, *card.alone)), *card.never, *card.do):
            assert squeeze(part) in text, (venue, part)
        assert all(squeeze(part) in text for part in card.dont), venue
        assert squeeze(here.strip_lines()[0].phone or "") in text
    assert len(open_pdf(draw_observation(here, ADDRESS)).pages) == 1


def test_cards_give_the_numbers_of_their_region(shelf: Library) -> None:
    """Maine's card names who helps there; that of the nation has no number or service of Maine."""
    maine, nation = (shelf.content.regions[region] for region in ("us-me", "us"))
    in_maine, elsewhere = (
        "".join(card.model_dump_json() for card in there.cards.values()) for there in (maine, nation)
    )
    numbers = {line.id: line.phone for line in maine.help_lines["us-me"] if line.phone}
    assert [name for name in (*numbers.values(), "Maine", "Pine Tree", "Intake") if name in elsewhere] == []
    assert numbers["maine-child-protection"] in in_maine
    assert numbers["pine-tree-farmworker"] in in_maine
