"""An administrator creates a panel and appoints raters, and reads what they say only once it is closed."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import select

from tests.cast import make_account, sign_in_as
from tests.extras.panel.cast import make_administrator, make_panel, rate_all, rate_scene
from trainer.assessment.models import ItemSnapshot
from trainer.content.library import Library
from trainer.content.schema import Pool
from trainer.core import clock
from trainer.core.audit import AuditEvent
from trainer.core.db import db, transaction
from trainer.extras.panel.models import KeyPanel, PanelRater

PAGE = "/administration/panels"


def fields(**others: str) -> dict[str, str]:
    today = clock.today()
    days = {"opens_on": today.isoformat(), "closes_on": (today + dt.timedelta(days=7)).isoformat()}
    return {"name": "Keys of winter", "pool": "reserved", "seats": "6", **days, **others}


def acts(app: Flask) -> list[str]:
    with app.app_context():
        query = select(AuditEvent.act).where(AuditEvent.act.contains("panel")).order_by(AuditEvent.at)
        return list(db.session.scalars(query))


def test_a_panel_keeps_its_scenes_as_they_are_and_tells_how_far_it_is(app: Flask, shelf: Library) -> None:
    ada = make_administrator(app)
    assert "0 of 6 people have read the keys" in ada.get(PAGE).text
    sent = ada.post(PAGE, fields())
    assert sent.status_code == 303
    with app.app_context():
        panel = db.session.scalars(select(KeyPanel)).one()
        items = db.session.scalars(select(ItemSnapshot.item).where(ItemSnapshot.digest.in_(panel.digests))).all()
        assert sorted(items) == sorted(scene.id for scene in shelf.content.pool(Pool.RESERVED))
    page = ada.get(sent.headers["Location"]).text
    assert "0 of 6 raters have finished." in page
    assert "Nobody is appointed." in page
    assert acts(app) == ["panel.created"]
    assert "Keys of winter" in ada.get(PAGE).text


def test_only_some_pairs_or_scenes_can_be_chosen(app: Flask, shelf: Library) -> None:
    ada = make_administrator(app)
    pool = shelf.content.pool(Pool.RESERVED)
    pair = str(pool[0].file.pair)
    single = next(scene for scene in pool if scene.file.pair != pair)
    assert ada.post(PAGE, fields(only=f"{pair}\n {single.id}")).status_code == 303
    with app.app_context():
        assert len(db.session.scalars(select(KeyPanel)).one().digests) == 3


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"name": ""}, "Enter a name."),
        ({"seats": "1"}, "Enter a number from 2 to 20."),
        ({"closes_on": "2020-01-01"}, "Choose a last day that isn’t before the first."),
        ({"only": "nowhere elsewhere"}, "This pool has no scene or pair called: elsewhere, nowhere"),
        ({"pool": "nothing"}, "Not a valid choice"),
    ],
)
def test_a_form_with_faults_creates_nothing(app: Flask, data: dict[str, str], says: str) -> None:
    refused = make_administrator(app).post(PAGE, fields(**data))
    assert (refused.status_code, says in refused.text) == (422, True)
    assert acts(app) == []


def test_raters_are_appointed_by_address_up_to_the_number_of_seats_and_withdrawn(app: Flask) -> None:
    ada = make_administrator(app)
    panel, _users = make_panel(app, "rita@example.org")
    make_account(app, "rolf@example.org")
    make_account(app, "rosa@example.org")
    path = f"{PAGE}/{panel}"
    for address, says in (
        ("nobody@example.org", "No account has this address."),
        ("Rita@example.org", "This person is a rater already."),
    ):
        refused = ada.post(path, {"email": address})
        assert (refused.status_code, says in refused.text) == (422, True)
    assert ada.post(path, {"email": "rolf@example.org"}).status_code == 303
    assert "All seats of this panel are taken." in ada.post(path, {"email": "rosa@example.org"}).text
    with app.app_context():
        rater = db.session.scalars(select(PanelRater).where(PanelRater.number == 2)).one()
    assert ada.post(f"{path}/raters/{rater.id}/revocation").status_code == 303
    assert ada.post(f"{path}/raters/{rater.id}/revocation").status_code == 404
    assert "Withdrawn" in ada.get(path).text
    assert ada.post(path, {"email": "rosa@example.org"}).status_code == 303
    with app.app_context():
        numbers = db.session.scalars(select(PanelRater.number).order_by(PanelRater.number)).all()
        assert list(numbers) == [1, 2, 3]
    assert acts(app).count("panel.appointed") == 3
    assert acts(app).count("panel.revoked") == 1


def test_until_it_is_closed_nobody_sees_what_raters_say(app: Flask) -> None:
    ada = make_administrator(app)
    panel, (rita, rolf) = make_panel(app, "rita@example.org", "rolf@example.org")
    path = f"{PAGE}/{panel}"
    rate_all(app, panel, rita, wrong=1, comment="=The bag")
    page = ada.get(path).text
    assert "1 of 2 raters have finished." in page
    assert "The bag" not in page
    assert ada.post(f"{path}/exports").status_code == 404
    rate_all(app, panel, rolf)
    page = ada.get(path).text
    assert "3 of 4 keys stand" in page
    assert "1 of 2" in page
    assert "0.50" in page
    assert "=The bag" in page
    lines = ada.post(f"{path}/exports").text.splitlines()
    assert len(lines) == 5
    assert lines[0].endswith("Rater 1,Rater 2")
    assert "; =The bag" in lines[1]
    assert "rita@" not in "".join(lines)
    assert "export.panel" in acts(app)
    assert ada.post(path, {"email": "rita@example.org"}).status_code == 422


def test_an_administrator_closes_it_early_and_whole_ratings_count(app: Flask) -> None:
    ada = make_administrator(app)
    panel, (rita,) = make_panel(app, "rita@example.org")
    path = f"{PAGE}/{panel}"
    with app.app_context(), transaction() as session:
        rate_scene(session.get_one(KeyPanel, panel), rita, 2, comment="Half done")
    assert "0 of 2 raters have finished." in ada.get(f"{path}/closure").text
    assert "Half done" not in ada.get(path).text
    assert ada.post(f"{path}/closure").status_code == 303
    page = ada.get(path).text
    assert "Half done" in page
    assert "0 of 4 keys stand" in page
    assert "0 of 2" in page
    assert "Nobody rated it." in page
    assert ada.post(f"{path}/closure", follow_redirects=True).status_code == 200
    assert acts(app).count("panel.closed") == 1


def test_what_a_withdrawn_rater_said_does_not_count(app: Flask) -> None:
    ada = make_administrator(app)
    panel, (rita, rolf) = make_panel(app, "rita@example.org", "rolf@example.org")
    rate_all(app, panel, rita, wrong=4)
    with app.app_context():
        rater = db.session.scalars(select(PanelRater).where(PanelRater.user_id == rita)).one()
    ada.post(f"{PAGE}/{panel}/raters/{rater.id}/revocation")
    rate_all(app, panel, rolf)
    ada.post(f"{PAGE}/{panel}/closure")
    assert ada.get(f"{PAGE}/{panel}").text.count("1 of 1") >= 4


def test_nobody_else_sees_panels(app: Flask) -> None:
    panel, (rita,) = make_panel(app, "rita@example.org")
    rater = sign_in_as(app, rita)
    for path in (PAGE, f"{PAGE}/{panel}", f"{PAGE}/{panel}/closure"):
        assert rater.get(path).status_code == 404
    assert rater.post(f"{PAGE}/{panel}/exports").status_code == 404
