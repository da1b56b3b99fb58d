"""A rater reads scenes blind, gives a verdict that stays, then a first step, and sees nobody else's answers."""

from __future__ import annotations

from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.cast import make_account, sign_in_as
from tests.extras.panel.cast import make_panel, rate_all, rate_scene
from trainer.content.schema import Pool
from trainer.core import clock
from trainer.core.audit import AuditEvent
from trainer.core.db import db, transaction
from trainer.core.feature import ask_extra
from trainer.extras.panel.models import KeyPanel, PanelRater, PanelRating
from trainer.extras.panel.privacy import forget_person
from trainer.extras.panel.queries import get_scene, list_scenes
from trainer.items.judge.payload import ScenePayload

FIRST, SECOND = "rita@example.org", "rolf@example.org"


def scene_at(app: Flask, panel_id: UUID, position: int = 1) -> ScenePayload:
    with app.app_context():
        return get_scene(db.session.get_one(KeyPanel, panel_id), position)


def ratings(app: Flask) -> list[PanelRating]:
    with app.app_context():
        return list(db.session.scalars(select(PanelRating).order_by(PanelRating.position)))


def test_a_scene_shows_its_story_and_neither_title_nor_key(app: Flask) -> None:
    panel, (rita,) = make_panel(app, FIRST, pool=Pool.RESERVED)
    visitor = sign_in_as(app, rita)
    assert "Keys of winter" in visitor.get("/me").text
    assert "Begin" in visitor.get(f"/panels/{panel}").text
    with app.app_context():
        scenes = list_scenes(db.session.get_one(KeyPanel, panel))
    for position, scene in enumerate(scenes[:4], start=1):
        page = visitor.get(f"/panels/{panel}/scenes/{position}").text
        assert scene.narrative in page
        hidden = (scene.title, scene.scenario, *scene.verdicts.values(), *(one.text for one in scene.actions))
        assert [one for one in hidden if f">{one}<" in page or (one == scene.scenario and one in page)] == []


def test_the_verdict_comes_before_the_menu_and_stays(app: Flask) -> None:
    panel, (rita,) = make_panel(app, FIRST)
    visitor, path = sign_in_as(app, rita), f"/panels/{panel}/scenes/1"
    step = scene_at(app, panel).actions[0]
    page = visitor.get(path).text
    assert step.text not in page
    assert 'name="action"' not in page
    assert visitor.post(path, {"version": "0", "verdict": "report-now"}).status_code == 422
    said = {"version": "0", "verdict": "report-now", "confidence": "guessing"}
    assert visitor.post(path, said).headers["Location"] == f"{path}#first-step"
    page = visitor.get(path).text
    assert step.text in page
    assert "Your verdict is recorded and stays." in page
    assert 'name="verdict"' not in page
    assert visitor.post(path, said).status_code == 422  # the first step is asked for now
    sent = visitor.post(path, {"version": "0", "action": step.id, "comment": "The\r\nbag."})
    assert sent.headers["Location"] == f"/panels/{panel}/scenes/2"
    (row,) = ratings(app)
    assert (row.verdict, row.confidence, row.action, row.comment) == ("report-now", "guessing", step.id, "The\nbag.")
    other = scene_at(app, panel).actions[1].id
    visitor.post(path, {"version": "0", "action": other, "comment": ""})
    (row,) = ratings(app)
    assert (row.verdict, row.action, row.comment) == ("report-now", other, None)


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"verdict": "perhaps", "confidence": "certain"}, 400),
        ({"confidence": "certain"}, 422),
        ({}, 422),
    ],
)
def test_an_answer_that_is_not_offered_or_not_whole_is_refused(app: Flask, data: dict[str, str], status: int) -> None:
    panel, (rita,) = make_panel(app, FIRST)
    path = f"/panels/{panel}/scenes/1"
    assert sign_in_as(app, rita).post(path, {"version": "0", **data}).status_code == status
    assert ratings(app) == []


def test_nobody_but_its_raters_opens_a_panel_and_a_withdrawn_one_no_longer(app: Flask) -> None:
    panel, (rita,) = make_panel(app, FIRST)
    stranger, rater = sign_in_as(app, make_account(app)), sign_in_as(app, rita)
    for path in (f"/panels/{panel}", f"/panels/{panel}/scenes/1"):
        assert stranger.get(path).status_code == 404
        assert rater.get(path).status_code == 200
    assert rater.get(f"/panels/{panel}/scenes/999").status_code == 404
    with app.app_context(), transaction() as session:
        session.scalars(select(PanelRater)).one().revoked_at = clock.now()
    assert rater.get(f"/panels/{panel}").status_code == 404
    assert rater.post(f"/panels/{panel}/completion").status_code == 404


def test_one_who_stops_goes_on_where_something_is_missing_and_finishes_with_all(app: Flask) -> None:
    panel, (rita,) = make_panel(app, FIRST)
    visitor = sign_in_as(app, rita)
    with app.app_context(), transaction() as session:
        row = session.get_one(KeyPanel, panel)
        rate_scene(row, rita, 1)
        rate_scene(row, rita, 3)
    page = visitor.get(f"/panels/{panel}").text
    assert "2 of 4 rated" in page
    assert f'href="/panels/{panel}/scenes/2"' in page
    visitor.post(f"/panels/{panel}/completion")
    assert "Rate all scenes first" in visitor.get(f"/panels/{panel}").text
    with app.app_context(), transaction() as session:
        row = session.get_one(KeyPanel, panel)
        rate_scene(row, rita, 2)
        rate_scene(row, rita, 4)
    assert "rated every scene" in visitor.get(f"/panels/{panel}").text
    visitor.post(f"/panels/{panel}/completion")
    assert "finished. Thank you." in visitor.get(f"/panels/{panel}").text
    assert visitor.get(f"/panels/{panel}/scenes/1").status_code == 303
    before = [(one.action, one.comment) for one in ratings(app)]
    other = scene_at(app, panel).actions[-1].id  # not what was chosen
    visitor.post(f"/panels/{panel}/scenes/1", {"version": "0", "action": other})
    assert [(one.action, one.comment) for one in ratings(app)] == before
    assert "You’re a rater" not in visitor.get("/me").text


def test_a_rater_learns_how_many_keys_stand_once_all_have_finished_and_not_before(app: Flask) -> None:
    panel, (rita, rolf) = make_panel(app, FIRST, SECOND)
    with app.app_context():
        assert ask_extra("count_key_readers") == (0, 6)
    first = rate_all(app, panel, rita, wrong=1)
    page = first.get(f"/panels/{panel}").text
    assert "1 of 2 raters have finished." in page
    assert "keys stand." not in page.replace("how many keys stand.", "")
    rate_all(app, panel, rolf)
    page = first.get(f"/panels/{panel}").text
    assert "3 of 4 keys stand." in page
    assert "agreed with 3 of them." in page
    with app.app_context():
        assert ask_extra("count_key_readers") == (2, 2)
        acts = db.session.scalars(select(AuditEvent.act).where(AuditEvent.act == "panel.finished")).all()
        assert len(acts) == 2


def test_outside_of_its_days_nothing_is_rated(app: Flask) -> None:
    panel, (rita,) = make_panel(app, FIRST)
    said = {"version": "0", "verdict": "report-now", "confidence": "guessing"}
    for day, says in (("2026-11-20T12:00:00Z", "The panel opens on"), ("2027-01-20T12:00:00Z", "The panel is closed")):
        with time_machine.travel(day):
            visitor = sign_in_as(app, rita)
            assert says in visitor.get(f"/panels/{panel}").text
            assert visitor.get(f"/panels/{panel}/scenes/1").status_code == 303
            visitor.post(f"/panels/{panel}/scenes/1", said)
            assert ratings(app) == []


def test_ratings_of_an_erased_account_stay_without_a_name_if_they_were_handed_in(app: Flask) -> None:
    panel, (rita, rolf) = make_panel(app, FIRST, SECOND)
    rate_all(app, panel, rita, comment="I know him")
    with app.app_context(), transaction() as session:
        rate_scene(session.get_one(KeyPanel, panel), rolf, 1)
        for user in (rita, rolf):
            forget_person(user, clock.now())
        session.expire_all()
        (rater,) = session.scalars(select(PanelRater)).all()
        assert (rater.user_id, rater.number) == (None, 1)
    assert [(one.rater_id, one.comment) for one in ratings(app)] == [(rater.id, None)] * 4
