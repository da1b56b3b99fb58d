"""How all people of the site judge together: administrators read it, and nobody else."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.cast import add_second_factor, appoint, approve, make_account, measure, sign_in_as
from tests.crowd import let_answer, rightly, wrongly
from tests.support import Visitor, closed_up
from trainer.assessment.rules import Kind
from trainer.content.library import Library
from trainer.content.schema import Pool

PAGE = "/item-analysis/everyone"


@pytest.fixture
def administrator(app: Flask) -> Visitor:
    """Return an administrator's browser."""
    user = make_account(app, "root@example.org")
    appoint(app, user)
    add_second_factor(app, user)
    return sign_in_as(app, user)


def answer(app: Flask, shelf: Library, right: int, wrong: int) -> None:
    scenes = shelf.content.pool(Pool.RESERVED)
    people = [{one.id: rightly(one) for one in scenes}] * right + [{one.id: wrongly(one) for one in scenes}] * wrong
    let_answer(app, people, kind=Kind.FINAL)
    measure(app)


def test_only_administrators_read_it(app: Flask) -> None:
    ines = make_account(app, "ines@example.org")
    approve(app, ines)
    add_second_factor(app, ines)
    assert sign_in_as(app, ines).get("/item-analysis").status_code == 200
    assert sign_in_as(app, ines).get(PAGE).status_code == 404
    assert sign_in_as(app, make_account(app)).get(PAGE).status_code == 404


def test_before_anything_was_counted_it_says_so(administrator: Visitor) -> None:
    assert "Nothing counted yet" in administrator.get(PAGE).text
    assert f'href="{PAGE}"' in administrator.get("/administration").text


def test_of_enough_people_it_shows_each_figure_with_its_range(
    app: Flask, shelf: Library, administrator: Visitor
) -> None:
    answer(app, shelf, right=24, wrong=6)
    page = closed_up(administrator.get(PAGE).text)
    row = page[page.index("First final, first part") :].split("</tr>")[0]
    assert "Too few yet" not in row
    assert 'data-l="Caught, %"><span>80<span' in row
    assert 'data-l="Over-reported, %"><span>20<span' in row
    assert row.count(" to ") == 5
    assert "from both halves of 30 first finals." in page


def test_of_four_people_it_shows_nothing(app: Flask, shelf: Library, administrator: Visitor) -> None:
    answer(app, shelf, right=2, wrong=2)
    page = closed_up(administrator.get(PAGE).text)
    assert page.count(">Too few yet<") == page.count('colspan="5"') == 5
    assert "Too few yet: 4 first finals of 30." in page
