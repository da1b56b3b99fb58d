"""Every table has its place in the register, on which the page, the copy and erasing rest."""

from __future__ import annotations

import re
from collections import Counter
from uuid import UUID

import pytest
from flask import Flask

from tests.cast import certify, make_account, sign_in_as, start_practice
from tests.petra import NOBODY, PERSONS, named_in
from tests.support import closed_up
from trainer.app import FEATURES
from trainer.core.db import Base
from trainer.privacy.queries import count_records
from trainer.privacy.register import HOLDINGS

pytestmark = pytest.mark.on_both

FORGOTTEN = "give it a place in the privacy.py of its feature"
HELD = [held for feature in FEATURES for held in feature.held.values()]


def test_every_table_has_one_place_in_the_register() -> None:
    places = Counter([*NOBODY, *(table for held in HELD for table in held.tables)])
    assert Base.metadata.tables.keys() - places.keys() == set(), FORGOTTEN
    assert places.keys() - Base.metadata.tables.keys() == set(), "no such table"
    assert [table for table, times in places.items() if times > 1] == []


def test_every_table_of_a_holding_is_read_and_erased_by_its_feature() -> None:
    named = set().union(*map(named_in, PERSONS))
    held = set().union(*(held.tables for held in HELD))
    assert held - named == {"audit_events", "outbox_messages"}  # read and erased through `core`
    assert {bool(feature.export_person) == bool(feature.forget_person) for feature in FEATURES} == {True}
    assert {sort for feature in FEATURES for sort in feature.held} == {holding.slug for holding in HOLDINGS}


def test_every_kind_that_is_told_has_one_place_in_the_register(app: Flask) -> None:
    bob = make_account(app)
    with app.app_context():
        told = [kind for module in PERSONS for kind in module.export_person(bob)]
    placed = [kind for held in HELD for kind in held.kinds]
    assert [kind for kind, times in Counter(told).items() if times > 1] == []
    assert sorted(told) == sorted(placed), FORGOTTEN


def test_the_page_tells_every_holding_and_how_much_there_is(app: Flask) -> None:
    bob = make_account(app)
    certify(app, bob)
    start_practice(app, bob)
    page = closed_up(sign_in_as(app, bob).get("/account/data").text)
    for holding in HOLDINGS:
        for text in (holding.title, holding.what, holding.why, holding.kept, holding.seen_by, holding.erased):
            assert str(text) in page, text
    assert counted(app, bob)["certificates"] == 1
    assert counted(app, bob)["answers"] > 2
    assert f"{counted(app, bob)['answers']} records" in page
    assert "It doesn’t see: your answers" in page
    assert 'href="/account/data/copy"' in page
    assert 'href="/account/erasure"' in page
    assert not re.search(r"bob@example\.org", page)  # whoever looks over a shoulder reads nothing


def counted(app: Flask, user_id: UUID) -> dict[str, int]:
    """Return how many records there are, by holding."""
    with app.test_request_context():
        return {holding.slug: number for holding, number in count_records(user_id)}
