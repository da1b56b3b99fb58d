"""Each place has a log entry that is filled in as the lessons ask."""

from __future__ import annotations

import re

from trainer.content.library import Library
from trainer.content.subject import Truth

_GUESSES = re.compile(r"\b(?:probably|obviously|clearly|must be|looks like|foreign|accent|victim|traffick)", re.I)


def test_every_card_has_a_log_entry_some_a_report_and_some_of_nothing(shelf: Library) -> None:
    here = shelf.content
    truths = []
    for venue, card in here.cards.items():
        assert card.log, venue
        rule = here.vocabulary.find_rule(card.log.rule)
        assert rule, venue
        truths.append(rule.signs.truth)
        assert card.log.after.startswith("A report" if rule.signs.truth is Truth.CONCERN else "Nothing."), venue
        seen = " ".join(filter(None, (card.log.saw, card.log.heard, card.log.did)))
        assert not _GUESSES.search(seen), venue
        assert re.search(r"\d (?:am|pm)", card.log.when), venue
    reports = truths.count(Truth.CONCERN)
    assert abs(2 * reports - len(truths)) <= 1
