"""The practice shift: the scenes of one night in clock order, each answered at once."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from tests.assessment import rich
from tests.cast import answer_all, hand_in, make_account, make_guest, sign_in_as
from tests.content import small
from tests.extras.nights.cast import start_shift as start_of
from tests.support import COURSE, Visitor, keys, right_verdict
from trainer.assessment.models import Attempt, Response
from trainer.content.schema import Pool
from trainer.content.serving import served
from trainer.core.db import db

CLOCKS = ["22:00", "23:10", "00:15", "05:40"]


@pytest.fixture
def on_duty(rich_app: Flask) -> tuple[Visitor, str]:
    guest = make_guest(rich_app)
    return sign_in_as(rich_app, guest), f"/attempts/{start_of(rich_app, guest)}"


def test_the_scenes_come_in_clock_order_and_are_answered_at_once(on_duty: tuple[Visitor, str]) -> None:
    visitor, attempt = on_duty
    for position, (truth, action, harmful) in enumerate(keys(visitor.app, attempt), start=1):
        assert visitor.get(attempt).headers["Location"] == f"{attempt}/scenes/{position}"
        page = visitor.get(f"{attempt}/scenes/{position}").text
        assert f"{CLOCKS[position - 1]}, Motel, night" in page
        assert "Why" not in page
        given = action if position > 1 else harmful
        assert visitor.answer(attempt, position, right_verdict(truth), given).status_code == 303
        page = visitor.get(f"{attempt}/scenes/{position}").text
        assert 'aria-label="Line ' in page
        assert ("Your first step could harm someone" in page) == (position == 1)
        assert "twin" not in page.lower()
    assert visitor.get(attempt).headers["Location"] == f"{attempt}/submission"
    result = visitor.get(visitor.post(f"{attempt}/submission").headers["Location"]).text
    assert "You caught 2 of 2." in result
    assert "Practice shift 1" in result
    assert "Scene by scene" in result
    assert "twin" not in result.lower()


def test_the_verdict_of_a_shift_comes_first_and_stays(on_duty: tuple[Visitor, str]) -> None:
    visitor, attempt = on_duty
    path, (_truth, action, harmful) = f"{attempt}/scenes/1", keys(visitor.app, attempt)[0]
    said = {"verdict": "report-now", "confidence": "certain", "version": "0"}
    before = visitor.get(path).text + visitor.post(path, {**said, "autosave": "1"}).text
    assert f'"{action}"' not in before
    assert f'"{harmful}"' not in before
    assert visitor.post(path, said).location == f"{path}#first-step"
    assert f'value="{action}"' in visitor.get(path).text
    changed = {**said, "verdict": "nothing-to-report", "action": action, "version": "2"}
    assert visitor.post(path, changed).status_code == 409


def test_what_was_answered_in_a_shift_cannot_be_changed(on_duty: tuple[Visitor, str]) -> None:
    visitor, attempt = on_duty
    _truth, action, _harmful = keys(visitor.app, attempt)[0]
    visitor.answer(attempt, 1, "report-now", action)
    fields = {"verdict": "nothing-to-report", "confidence": "certain", "action": action, "version": "1"}
    assert visitor.post(f"{attempt}/scenes/1", fields).status_code == 409


def test_a_shift_is_gone_on_with_and_can_be_done_again(on_duty: tuple[Visitor, str]) -> None:
    visitor, attempt = on_duty
    _truth, action, _harmful = keys(visitor.app, attempt)[0]
    visitor.answer(attempt, 1, "report-now", action)
    practice = f"/courses/{COURSE}/practice"
    assert f'href="{attempt}"' in visitor.get(practice).text
    assert "You are on duty." in visitor.get(practice).text
    assert visitor.start("shifts") == attempt
    assert visitor.get(attempt).headers["Location"] == f"{attempt}/scenes/2"
    visitor.post(f"{attempt}/submission")
    again = visitor.start("shifts")
    assert again != attempt
    with visitor.app.app_context():
        rows = db.session.scalars(select(Response).order_by(Response.position)).all()
        order = [[row.item for row in rows if row.attempt_id == UUID(one.split("/")[-1])] for one in (attempt, again)]
    assert order[0] == order[1] == [f"shift-{number}" for number in range(4)]
    assert "Practice shift." in visitor.get(practice).text


def test_a_shift_can_be_left_half_done(on_duty: tuple[Visitor, str]) -> None:
    visitor, attempt = on_duty
    _truth, action, _harmful = keys(visitor.app, attempt)[1]
    visitor.answer(attempt, 2, "report-now", action)
    assert f'href="{attempt}/scenes/4"' in visitor.get(f"{attempt}/scenes/3").text
    result = visitor.get(visitor.post(f"{attempt}/submission").headers["Location"]).text
    assert "3 skipped" in result
    assert "You caught 1 of 1." in result
    with visitor.app.app_context():
        found = db.session.scalars(select(Attempt)).one()
        assert (found.kind, found.is_passed, found.tries) == ("shift", None, None)


def test_a_course_without_a_shift_has_none(rich_app: Flask, tmp_path: Path) -> None:
    rich_app.extensions["library"] = rich.open_library(small.write(tmp_path))
    visitor = sign_in_as(rich_app, make_guest(rich_app))
    assert visitor.post(f"/courses/{COURSE}/shifts").status_code == 404
    assert "/shifts" not in visitor.get(f"/courses/{COURSE}/practice").text
    with rich_app.app_context():
        assert db.session.scalars(select(Attempt)).all() == []


def test_the_practice_shift_is_not_counted(rich_app: Flask) -> None:
    bob = make_account(rich_app)
    attempt = start_of(rich_app, bob)
    answer_all(rich_app, attempt)
    hand_in(rich_app, bob, attempt)
    assert "Nothing to show yet" in sign_in_as(rich_app, bob).get("/progress").text


def test_a_shift_draws_nothing_from_the_pretest(on_duty: tuple[Visitor, str]) -> None:
    with on_duty[0].app.app_context():
        pools = {served().scenarios[row.item].file.pool for row in db.session.scalars(select(Response))}
    assert pools == {Pool.SHIFT}
