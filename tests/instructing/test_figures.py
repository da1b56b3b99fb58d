"""A large class is counted by the worker, and its page says when; a small one at once. Both say the same."""

from __future__ import annotations

import random

import pytest

from tests.instructing.conftest import Room, answer_practice
from trainer.content.serving import served
from trainer.core.clock import now
from trainer.core.db import db
from trainer.instructing import figures
from trainer.instructing.figures import find_figures, weigh
from trainer.instructing.models import ClassFigures, Cohort
from trainer.instructing.tasks import count_classes

pytestmark = pytest.mark.on_both


@pytest.fixture
def busy(room: Room) -> Room:
    rng = random.Random(5)
    for user_id in room.add(6):
        for _practice in range(4):
            answer_practice(room.app, user_id, rng)
    return room


def work(room: Room) -> None:
    with room.app.app_context():
        for _portion in count_classes():
            pass
        db.session.remove()


def kept(room: Room) -> ClassFigures | None:
    with room.app.app_context():
        return db.session.get(ClassFigures, room.id)


def test_the_worker_leaves_small_classes_to_their_pages(busy: Room) -> None:
    work(busy)
    assert kept(busy) is None
    assert "First answers of 6 people" in busy.enter().get(busy.path("/briefing")).text


def test_a_large_class_is_counted_by_the_worker_and_says_when(busy: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    ines = busy.enter()
    table = ines.post(busy.path("/misreads/exports"), {"form": "csv"}).text
    monkeypatch.setattr(figures, "AT_ONCE", 20)
    page = ines.get(busy.path("/misreads")).text
    assert "counted in the background" in page
    assert "Too few to say" in ines.get(busy.path("/briefing")).text
    work(busy)
    page = ines.get(busy.path("/misreads")).text
    assert "Counted on" in page
    assert ines.post(busy.path("/misreads/exports"), {"form": "csv"}).text == table
    with busy.app.app_context():
        cohort = db.session.get_one(Cohort, busy.id)
        found = find_figures(cohort, served())
        assert found is not None
        assert found.counted_at is not None
        assert abs((now() - found.counted_at).total_seconds()) < 600
        assert weigh(cohort) == 6 * 4 * 6


def test_what_was_counted_is_counted_again_only_once_more_was_said(busy: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "AT_ONCE", 20)
    work(busy)
    first = kept(busy)
    work(busy)
    second = kept(busy)
    assert first is not None
    assert second is not None
    assert second.counted_at == first.counted_at
    answer_practice(busy.app, busy.acme.users["bob"], random.Random(1))
    work(busy)
    third = kept(busy)
    assert third is not None
    assert third.counted_at > first.counted_at
