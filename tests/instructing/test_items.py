"""How scenes work, as approved instructors and administrators read it, and nobody else."""

from __future__ import annotations

import csv
import io
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from tests.cast import (
    add_second_factor,
    appoint,
    approve,
    count,
    make_account,
    make_firm,
    put_on_roster,
    sign_in_as,
)
from tests.crowd import let_answer, rightly, wrongly
from tests.support import Visitor, closed_up
from trainer.assessment import leaks
from trainer.assessment.measures.leaks import Comparison
from trainer.content.library import Library, Scenario
from trainer.content.schema import Pool
from trainer.content.subject import Truth
from trainer.core import clock
from trainer.core.audit import AuditEvent
from trainer.core.db import db, transaction
from trainer.instructing.operations import revoke_instructor
from trainer.organizations.rules import Role

pytestmark = pytest.mark.on_both

PAGE = "/item-analysis"
SCENE = f"{PAGE}/scenes"


def scenes(shelf: Library, pool: Pool = Pool.OPEN, truth: Truth = Truth.CONCERN) -> list[Scenario]:
    return [one for one in shelf.content.pool(pool) if one.file.truth is truth]


def make_instructor(app: Flask) -> UUID:
    ines = make_account(app, "ines@example.org")
    approve(app, ines)
    add_second_factor(app, ines)
    return ines


@pytest.fixture
def ines(app: Flask) -> Visitor:
    """Return an approved instructor's browser."""
    return sign_in_as(app, make_instructor(app))


@pytest.fixture
def administrator(app: Flask) -> Visitor:
    """Return an administrator's browser."""
    user = make_account(app, "root@example.org")
    appoint(app, user)
    add_second_factor(app, user)
    return sign_in_as(app, user)


def fill(app: Flask, shelf: Library) -> tuple[Scenario, Scenario]:
    """Let 30 people answer an open scene, 3 of them wrongly, and a reserved one; return both."""
    open_one, reserved = scenes(shelf)[0], scenes(shelf, Pool.RESERVED)[0]
    people = [
        {open_one.id: (wrongly if number < 3 else rightly)(open_one), reserved.id: rightly(reserved)}
        for number in range(30)
    ]
    let_answer(app, people)
    count(app)
    return open_one, reserved


def test_instructors_see_open_scenes_only_and_administrators_all(
    app: Flask, shelf: Library, ines: Visitor, administrator: Visitor
) -> None:
    open_one, reserved = fill(app, shelf)
    theirs, whole = ines.get(PAGE).text, administrator.get(PAGE).text
    assert open_one.file.title in theirs
    assert "90%" in closed_up(theirs)
    kept = {one.id for pool in (Pool.RESERVED, Pool.SHIFT) for one in shelf.content.pool(pool)}
    assert [one for one in kept if f"{SCENE}/{one}" in theirs] == []
    assert f"{SCENE}/{open_one.id}" in whole
    assert f"{SCENE}/{reserved.id}" in whole
    assert ines.get(f"{SCENE}/{open_one.id}").status_code == 200
    assert ines.get(f"{SCENE}/{reserved.id}").status_code == 404
    assert administrator.get(f"{SCENE}/{reserved.id}").status_code == 200


def test_an_instructor_who_asks_for_the_pool_of_finals_gets_open_scenes(
    app: Flask, shelf: Library, ines: Visitor
) -> None:
    _open_one, reserved = fill(app, shelf)
    assert reserved.id not in ines.get(f"{PAGE}?pool=reserved").text
    assert reserved.id not in ines.post(f"{PAGE}/exports?pool=reserved").text


@pytest.mark.parametrize("role", [Role.OWNER, Role.MANAGER, Role.INSTRUCTOR, Role.MEMBER])
def test_no_role_in_a_firm_opens_it(app: Flask, shelf: Library, role: Role) -> None:
    open_one, _reserved = fill(app, shelf)
    alice, someone = make_account(app, "alice@example.org"), make_account(app, "someone@example.org")
    firm = make_firm(app, alice)
    if role is not Role.OWNER:
        put_on_roster(app, firm, someone, role, manages_all=role is Role.MANAGER)
    who = alice if role is Role.OWNER else someone
    add_second_factor(app, who)
    visitor = sign_in_as(app, who)
    assert visitor.get(PAGE).status_code == 404
    assert visitor.get(f"{SCENE}/{open_one.id}").status_code == 404
    assert visitor.post(f"{PAGE}/exports").status_code == 404


def test_who_is_no_longer_approved_is_out_at_once(app: Flask, ines: Visitor) -> None:
    assert ines.get(PAGE).status_code == 200
    with app.app_context(), transaction():
        revoke_instructor("ines@example.org", clock.now())
    assert ines.get(PAGE).status_code == 404


def test_the_page_of_public_classes_leads_there_for_those_who_may(app: Flask, ines: Visitor) -> None:
    assert PAGE in ines.get("/cohorts").text
    assert PAGE not in sign_in_as(app, make_account(app)).get("/cohorts").text


def test_a_second_step_is_asked_for(app: Flask) -> None:
    ines = make_account(app, "ines@example.org")
    approve(app, ines)
    assert "/account/second-factor" in sign_in_as(app, ines).get(PAGE).headers["Location"]


def test_before_anything_was_counted_the_page_says_so_in_words(ines: Visitor) -> None:
    page = ines.get(PAGE).text
    assert "Nothing counted yet" in page
    assert "<table" not in page


def test_few_answers_are_counts_only(app: Flask, shelf: Library, ines: Visitor) -> None:
    scene = scenes(shelf)[0]
    let_answer(app, [{scene.id: rightly(scene)}] * 29)
    count(app)
    page = closed_up(ines.get(f"{SCENE}/{scene.id}").text)
    assert "too few to tell" in page
    assert "29 times" in page
    assert "100%" not in page


def test_filters_are_in_the_address(app: Flask, shelf: Library, ines: Visitor) -> None:
    fill(app, shelf)
    concern, innocent = scenes(shelf)[1], scenes(shelf, truth=Truth.NO_CONCERN)[0]
    page = ines.get(f"{PAGE}?truth=no_concern").text
    assert f"{SCENE}/{innocent.id}" in page
    assert f"{SCENE}/{concern.id}" not in page
    let_answer(app, [{concern.id: wrongly(concern)}] * 30)
    count(app)
    flagged = ines.get(f"{PAGE}?flag=mostly_wrong").text
    assert f"{SCENE}/{concern.id}" in flagged
    assert f"{SCENE}/{scenes(shelf)[0].id}" not in flagged
    assert "not shown" in flagged  # thirty who all judged it wrong: flagged, and no figure
    assert "No matches." in ines.get(f"{PAGE}?flag=against_the_rest").text
    assert f"{SCENE}/{concern.id}" in ines.get(f"{PAGE}?truth=maybe&order=whatever&course=none&page=99").text


def test_the_order_is_in_the_address(app: Flask, shelf: Library, ines: Visitor) -> None:
    first, second, *_rest = sorted(scenes(shelf), key=lambda one: one.id)
    people = [{first.id: rightly(first), second.id: wrongly(second)}] * 30
    let_answer(app, [*people, {first.id: wrongly(first), second.id: rightly(second)}])
    count(app)

    def places(order: str) -> list[int]:
        page = ines.get(f"{PAGE}?order={order}").text
        return [page.index(f"{SCENE}/{one.id}") for one in (first, second)]

    assert places("scene") == sorted(places("scene"))
    assert places("right") == sorted(places("right"), reverse=True)
    assert places("") == places("flags") == sorted(places("flags"), reverse=True)


def test_a_course_counts_the_answers_given_in_it(app: Flask, shelf: Library, ines: Visitor) -> None:
    scene, (first, second) = scenes(shelf)[0], list(shelf.content.courses)[:2]
    let_answer(app, [{scene.id: rightly(scene)}] * 30, course=first)
    count(app)
    assert "30 times" in ines.get(f"{SCENE}/{scene.id}?course={first}").text
    assert "0 times" in ines.get(f"{SCENE}/{scene.id}?course={second}").text


def test_the_csv_has_the_rows_of_the_page_and_is_written_down(app: Flask, shelf: Library, ines: Visitor) -> None:
    open_one, _reserved = fill(app, shelf)
    answer = ines.post(f"{PAGE}/exports?truth=concern")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    titles = {one.file.title for one in scenes(shelf)}
    assert {row["Title"] for row in rows} == titles
    (row,) = [row for row in rows if row["Scene"] == open_one.id and row["Version"] == "current"]
    assert (row["First answers"], row["Judged right, %"], row["Pool"]) == ("30", "90.0", "open")
    with app.app_context():
        assert db.session.scalars(select(AuditEvent.act).where(AuditEvent.act == "export.items")).all()


def test_distractors_stand_on_the_page_of_the_scene(app: Flask, shelf: Library, ines: Visitor) -> None:
    open_one, _reserved = fill(app, shelf)
    page = closed_up(ines.get(f"{SCENE}/{open_one.id}").text)
    assert "Report now" in page
    assert "90% (27)" in page
    assert "10% (3)" in page
    assert "0% (0)" in page
    assert "Right in other scenes" in page


def test_no_person_is_on_any_of_it(app: Flask, shelf: Library, administrator: Visitor) -> None:
    bob = make_account(app, "bob@example.org")
    open_one, _reserved = fill(app, shelf)
    everything = "".join(administrator.get(path).text for path in (PAGE, f"{SCENE}/{open_one.id}"))
    everything += administrator.post(f"{PAGE}/exports").text
    assert "bob@" not in everything
    assert bob.hex not in everything


def test_administrators_alone_see_whether_scenes_leak(
    app: Flask, shelf: Library, ines: Visitor, administrator: Visitor
) -> None:
    page = f"{PAGE}/leaks"
    assert ines.get(page).status_code == 404
    assert page not in ines.get(PAGE).text
    assert page in administrator.get(PAGE).text
    assert "Nothing to compare yet" in administrator.get(page).text
    scene, totals = scenes(shelf, Pool.RESERVED)[0], leaks.LeakTotals()
    for number in range(40):
        part = Comparison(1, 0.8, 0.2) if number % 2 else Comparison(1, 0.6, 0.2)
        totals.add({f"2026-{10 + (number < 3)}": {scene.file.pair or "": part}})
    with app.app_context(), transaction():
        leaks.write(totals, clock.now())
    told = closed_up(administrator.get(page).text)
    assert "3.5 ×" in told
    assert told.count("they do better: it leaks") == 3  # in all, in October, and for the pair
    assert told.count("too few to tell") == 1  # November
    assert scene.file.title in told


def test_the_difference_that_people_make_is_for_administrators(
    app: Flask, shelf: Library, ines: Visitor, administrator: Visitor
) -> None:
    both = [one for one in shelf.content.scenarios.values() if one.other and one.file.truth is Truth.CONCERN][:2]
    for scene in both:
        for telling, right in ((scene, 10), (scene.other, 15)):
            assert telling is not None
            people = [{scene.id: (rightly if number < right else wrongly)(scene)} for number in range(20)]
            let_answer(app, people, scenes={scene.id: telling})
    count(app)
    assert "To report: +25 (+25 to +25), from 2 pairs" in closed_up(administrator.get(PAGE).text)
    assert "from 2 pairs" not in closed_up(ines.get(PAGE).text)
