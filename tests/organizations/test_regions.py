"""Whose numbers and laws someone in a firm is shown."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from flask import Flask

from tests.assignments.firm import EVERYONE
from tests.assignments.firm import make_firm as make_acme
from tests.cast import actor_of, make_account, make_firm, sign_in_as
from tests.web.region_line import LESSON, shown
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.organizations.models import Organization, Team, TeamMembership


def put(app: Flask, user_id: UUID, firm_id: UUID, *, firm: str | None, teams: tuple[str | None, ...] = ()) -> None:
    """Give a firm and new teams of one of its people these regions."""
    with app.app_context(), transaction():
        actor = actor_of(user_id, firm_id)
        db.session.get_one(Organization, firm_id).region = firm
        for number, region in enumerate(teams):
            team = Team(
                organization_id=firm_id,
                name=f"{number} {region}",
                name_key=f"{number} {region}",
                region=region,
                created_at=now(),
            )
            db.session.add(team)
            db.session.flush()
            db.session.add(TeamMembership(membership_id=actor.membership.id, team_id=team.id))


@pytest.mark.on_both
@pytest.mark.parametrize(
    ("firm", "teams", "region"),
    [
        (None, (), "Maine"),
        ("us", (), "United States"),
        ("us", ("us-me",), "Maine"),
        ("us-me", ("us", None), "United States"),
        ("us-me", ("us", "us-me"), "Maine"),
        ("us-gone", (), "Maine"),
    ],
)
def test_an_account_is_shown_the_region_of_its_team_or_firm(
    app: Flask, firm: str | None, teams: tuple[str | None, ...], region: str
) -> None:
    alice = make_account(app, "alice@example.org")
    put(app, alice, make_firm(app, alice), firm=firm, teams=teams)
    visitor = sign_in_as(app, alice)
    assert shown(visitor.get(LESSON).text) == region
    assert shown(visitor.get(f"{LESSON}?region=us").text) == "United States"


def test_another_region_of_the_firm_is_shown_on_the_next_page(app: Flask) -> None:
    alice = make_account(app, "alice@example.org")
    firm_id = make_firm(app, alice)
    visitor = sign_in_as(app, alice)
    assert shown(visitor.get("/me").text) == "Maine"
    put(app, alice, firm_id, firm="us")
    assert shown(visitor.get("/me").text) == "United States"


def test_what_a_requirement_leads_to_is_shown_for_its_region(app: Flask) -> None:
    firm = make_acme(app)
    firm.require(replace(EVERYONE, region="us"))
    alice = sign_in_as(app, firm.owner_id)
    assert f'action="/courses/{EVERYONE.course}/enrollments?region=us"' in alice.get("/me").text
    page = alice.get(f"/organizations/{firm.id}/requirements").text
    assert "Shown with the numbers and laws of: United States" in page


def test_firms_teams_and_the_audit_log_say_which_region(app: Flask) -> None:
    firm = make_acme(app)
    alice, pages = sign_in_as(app, firm.owner_id), f"/organizations/{firm.id}"
    given = {"name": "Acme Security", "time_zone": "America/New_York"}
    assert alice.post(f"{pages}/settings", {**given, "region": "us-zz"}).status_code == 422
    assert alice.post(f"{pages}/settings", {**given, "region": "us"}).status_code == 303
    assert alice.post(f"{pages}/teams", {"name": "Harbor", "region": "us-me"}).status_code == 303
    assert '<option selected value="us">United States</option>' in alice.get(f"{pages}/settings").text
    with app.app_context():
        team = db.session.query(Team).one()
        assert (db.session.get_one(Organization, firm.id).region, team.region) == ("us", "us-me")
        team_id = team.id
    assert alice.post(f"{pages}/teams/{team_id}", {"name": "Harbor", "region": ""}).status_code == 303
    with app.app_context():
        assert db.session.query(Team).one().region is None
    log = alice.get(f"{pages}/audit").text
    assert log.count("region") >= 2
