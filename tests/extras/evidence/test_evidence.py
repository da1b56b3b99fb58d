"""The page about what is known: public, of enough people only, and nothing invented where there is nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from tests.assessment.swapped import copy_content, edit_front, open_library
from tests.cast import make_account, measure, sign_in_as
from tests.crowd import let_answer, rightly, wrongly
from tests.support import COURSE, Visitor, closed_up
from trainer.app import create_app
from trainer.assessment.measures.reliability import Reliability
from trainer.assessment.rules import Kind
from trainer.assessment.site_figures import Everyone, Interval, SiteGain, keep
from trainer.content.library import Library
from trainer.content.schema import Pool
from trainer.core import clock
from trainer.core.db import transaction
from trainer.core.settings import Settings

PAGE = "/evidence"


def page_of(visitor: Visitor) -> str:
    answer = visitor.get(PAGE)
    assert answer.status_code == 200
    return closed_up(answer.text)


def finals(app: Flask, shelf: Library, *, right: int, wrong: int) -> None:
    scenes = shelf.content.pool(Pool.RESERVED)
    people = [{one.id: rightly(one) for one in scenes}] * right + [{one.id: wrongly(one) for one in scenes}] * wrong
    let_answer(app, people, kind=Kind.FINAL)
    measure(app)


def test_anybody_may_read_it_and_it_leaves_nothing(app: Flask) -> None:
    answer = Visitor(app).get(PAGE)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert "Nobody knows yet." in answer.text
    assert "<script" not in answer.text.partition("<main")[2]


def test_where_an_evaluator_looks_leads_to_it(app: Flask) -> None:
    visitor = Visitor(app)
    for path in ("/", "/for-firms", f"/courses/{COURSE}/rule"):
        assert f'href="{PAGE}"' in visitor.get(path).text
    assert visitor.get(f"/courses/{COURSE}/rule").text.count(f'href="{PAGE}"') == 2
    assert f'href="/courses/{COURSE}/rule"' in page_of(visitor)


def test_before_anyone_answered_every_place_is_empty(app: Flask, shelf: Library) -> None:
    page = page_of(Visitor(app))
    assert "Nothing counted yet." in page
    assert "Too few yet. It opens at 30 people who took both forms." in page
    assert "Too few yet. It opens at 30 first finals." in page
    lessons = len(shelf.content.courses[COURSE].lessons)
    assert f"0 of {lessons} lessons were reviewed by a person." in page


@pytest.mark.parametrize(("right", "wrong", "is_told"), [(2, 2, False), (5, 0, False), (4, 1, True)])
def test_figures_are_those_of_five_people_who_do_not_all_say_the_same(
    app: Flask, shelf: Library, right: int, wrong: int, is_told: bool
) -> None:
    visitor = Visitor(app)
    assert "Nothing counted yet." in page_of(visitor)
    finals(app, shelf, right=right, wrong=wrong)
    page = page_of(visitor)  # made anew once there is something to tell
    row = page[page.index("First final, first part") :].split("</tr>")[0]
    assert ('data-l="Caught"><span>80%' in row) is is_told
    assert row.count("Too few yet") == (0 if is_told else 3)


def test_what_thirty_people_tell_stands_with_its_range(app: Flask) -> None:
    gain = SiteGain(31, Interval(0.2, 0.05, 0.35), Interval(-0.1, -0.2, 0.0))
    with app.app_context(), transaction():
        keep(Everyone((), 40, Reliability(0.61, 0.4, 0.78), gain=gain), clock.now())
    page = page_of(Visitor(app))
    assert "31 people answered one form before" in page
    assert "Caught: +20 points (+5 to +35)" in page
    assert "Over-reported: −10 points (−20 to 0)" in page
    assert "Reliability 0.61 (0.40 to 0.78), from both halves of 40 first finals" in page


def test_a_review_that_took_place_is_named(tmp_path: Path, settings: Settings) -> None:
    folder = copy_content(tmp_path)
    lesson = next((folder / "courses" / COURSE).glob("*/*.md"))
    review = {"who": "Dr. Pat Poe", "role": "a lawyer", "date": "2026-11-20"}
    edit_front(lesson, lambda front: front.update(reviews=[review]))
    visitor = Visitor(create_app(settings, open_library(folder)))
    page = page_of(visitor)
    assert "1 of " in page
    assert ": Dr. Pat Poe, a lawyer, November 20, 2026" in page


def test_what_other_extras_offer_to_find_out_stands_beside_it(app: Flask) -> None:
    page = page_of(Visitor(app))
    assert "A study your firm can run" in page
    assert "An open short form" in page
    assert "So far, 0 people let us keep the answers." in page
    assert "0 of 6 people have judged the scenes blind." in page


def test_who_is_signed_in_keeps_their_own_navigation(app: Flask) -> None:
    assert "Sign out" not in page_of(Visitor(app))
    assert "Sign out" in page_of(sign_in_as(app, make_account(app)))
    assert "Sign out" not in page_of(Visitor(app))
