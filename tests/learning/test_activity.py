"""Active minutes: only of pages that were served, at most what reading them takes, and each second once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.cast import make_account, sign_in_as
from tests.support import COURSE, Visitor
from trainer.content.library import Lesson, Library
from trainer.core.db import db
from trainer.learning.models import Enrollment
from trainer.learning.rules import longest_reading, slowest_reading

BEATS = f"/courses/{COURSE}/activity"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2026-11-24T12:00:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def bob(app: Flask, clock: time_machine.Traveller) -> Visitor:
    visitor = sign_in_as(app, make_account(app))
    visitor.enroll()
    return visitor


def opened(visitor: Visitor, lesson: Lesson) -> str:
    """Open the page of a lesson; return the mark that it carries."""
    visitor.get(f"/courses/{COURSE}/{lesson.id}")
    return visitor.field("opened_at")


def beat(visitor: Visitor, mark: str) -> str:
    answer = visitor.post(BEATS, {"opened_at": mark})
    assert answer.json is not None
    return str(answer.json["opened_at"])


def seconds(app: Flask) -> int:
    with app.app_context():
        return db.session.scalars(select(Enrollment.active_seconds)).one()


@pytest.mark.on_both
def test_a_page_that_sends_beats_for_hours_counts_as_a_slow_reading(
    app: Flask, bob: Visitor, clock: time_machine.Traveller, shelf: Library
) -> None:
    first, second = shelf.content.courses[COURSE].lessons[:2]
    for _again in range(2):  # opening it anew changes nothing
        mark = opened(bob, first)
        for _beat in range(200):
            clock.shift(60)
            mark = beat(bob, mark)
    assert seconds(app) == slowest_reading(first.file.minutes) > longest_reading(first.file.minutes).total_seconds()
    mark = opened(bob, second)
    clock.shift(60)
    beat(bob, mark)
    assert seconds(app) == slowest_reading(first.file.minutes) + 60


def test_a_page_that_was_never_served_counts_nothing(
    app: Flask, bob: Visitor, clock: time_machine.Traveller, shelf: Library
) -> None:
    first, second = shelf.content.courses[COURSE].lessons[:2]
    of_first = opened(bob, first)
    bob.get(f"{bob.start('practices')}/scenes/1")
    of_scene = bob.field("opened_at")
    clock.shift(60)
    assert bob.post(BEATS, {"opened_at": of_scene}).status_code == 422
    for mark in (of_first, of_scene, "forged"):
        assert bob.post(f"/courses/{COURSE}/{second.id}/completions", {"opened_at": mark}).status_code == 303
    assert seconds(app) == 0
    bob.post(f"/courses/{COURSE}/{first.id}/completions", {"opened_at": of_first})
    assert seconds(app) == 60


def test_many_tabs_count_once(app: Flask, bob: Visitor, clock: time_machine.Traveller, shelf: Library) -> None:
    marks = [opened(bob, lesson) for lesson in shelf.content.courses[COURSE].lessons[:3] for _tab in range(3)]
    clock.shift(60)
    for mark in marks:
        beat(bob, mark)
    assert seconds(app) == 60
