"""The worker counts what many people said of each scene."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from tests.crowd import let_answer, rightly
from tests.support import TASKS
from trainer.assessment import counting
from trainer.assessment.models import ItemCount
from trainer.assessment.tasks import count_answers
from trainer.content.library import Library
from trainer.core.db import db
from trainer.core.feature import HOUR

pytestmark = pytest.mark.on_both


def test_the_worker_counts_each_hour_and_lets_others_work_between_portions(
    app: Flask, shelf: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert {one.label: one.every for one in TASKS}["count answers"] == HOUR
    monkeypatch.setattr(counting, "PORTION", 2)
    scene = next(iter(shelf.content.scenarios.values()))
    let_answer(app, [{scene.id: rightly(scene)}] * 5)
    with app.app_context():
        portions = 0
        for _portion in count_answers():
            assert not db.session().in_transaction()
            portions += 1
        assert portions == 4  # two people, two, one, and writing
        assert {one.drawn for one in db.session.scalars(select(ItemCount))} == {5}


def test_what_was_counted_is_written_at_the_end_only(app: Flask, shelf: Library) -> None:
    scene = next(iter(shelf.content.scenarios.values()))
    let_answer(app, [{scene.id: rightly(scene)}])
    with app.app_context():
        work = count_answers()
        next(work)
        assert db.session.scalars(select(ItemCount)).all() == []
        db.session.rollback()
        next(work)
        assert len(db.session.scalars(select(ItemCount)).all()) == 1
