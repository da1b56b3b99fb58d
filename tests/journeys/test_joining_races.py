"""Many come in at the same instant over two worker processes: one link, one use, one entry."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.cast import actor_of, make_account, make_firm, put_on_roster, sign_in_as
from tests.live import all_at_once, serving
from tests.support import PASSWORD, Visitor
from trainer.core import clock
from trainer.core.db import Base, db, transaction
from trainer.core.settings import Settings
from trainer.organizations.codes import make_join_code
from trainer.organizations.invitation_links import shown_token_of, token_of
from trainer.organizations.invitations import invite
from trainer.organizations.models import Invitation, JoinCode, Membership
from trainer.organizations.queries import get_person
from trainer.organizations.rules import Role

pytestmark = pytest.mark.on_both

AT_ONCE = 64


@pytest.fixture
def server(app: Flask, settings: Settings) -> Iterator[str]:
    """Serve the test's database with two worker processes."""
    with serving(settings, is_web_alone=True) as address:
        yield address


def count(app: Flask, record: type[Base], *conditions: object) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(record).where(*conditions)) or 0  # type: ignore[arg-type]


def invitation_for(app: Flask, email: str, *, is_shown: bool = False) -> str:
    """Create a firm that invites someone; return the path of the link."""
    alice = make_account(app, "alice@example.org")
    firm = make_firm(app, alice)
    person_id = put_on_roster(app, firm, None, name="Dana Dow", email=email)
    with app.app_context(), transaction():
        actor = actor_of(alice, firm)
        invite(actor, get_person(actor, person_id), clock.now())
    with app.app_context():
        one = db.session.scalars(select(Invitation)).one()
        return f"/i/{shown_token_of(one) if is_shown else token_of(one)}"


@pytest.mark.check("T058")
def test_one_invitation_used_many_times_at_once_makes_one_entry(app: Flask, server: str) -> None:
    path = invitation_for(app, "dana@example.org")
    dana = sign_in_as(app, make_account(app, "dana@example.org"))
    request = (f"{path}/acceptance", {"csrf_token": dana.token()}, dana.cookie())
    statuses = [status for status, _location in all_at_once(server, [request] * AT_ONCE)]
    assert statuses.count(303) == 1
    assert set(statuses) <= {303, 404, 409, 429}
    assert count(app, Membership, Membership.user_id.is_not(None), Membership.role == "member") == 1
    assert count(app, Membership, Membership.name == "Dana Dow") == 1


@pytest.mark.check("T058")
def test_many_who_make_an_account_by_one_invitation_make_one(app: Flask, server: str) -> None:
    path = invitation_for(app, "dana@example.org", is_shown=True)
    visitors = [Visitor(app) for _one in range(16)]
    fields = {"password": PASSWORD, "is_old_enough": "y"}
    requests = [(f"{path}/acceptance", {**fields, "csrf_token": one.token()}, one.cookie()) for one in visitors]
    statuses = [status for status, _location in all_at_once(server, requests)]
    assert statuses.count(303) == 1
    assert count(app, Membership, Membership.name == "Dana Dow", Membership.user_id.is_not(None)) == 1


@pytest.mark.on_both(each_case=True)
@pytest.mark.asvs("2.3.4")
@pytest.mark.check("T058")
@pytest.mark.parametrize("most_uses", [1, 5])
def test_a_code_lets_no_more_in_than_it_says(app: Flask, server: str, most_uses: int) -> None:
    alice = make_account(app, "alice@example.org")
    firm = make_firm(app, alice)
    with app.app_context(), transaction():
        until = clock.now() + dt.timedelta(days=1)
        code = make_join_code(actor_of(alice, firm), Role.MEMBER, None, until, most_uses, clock.now()).code
    people = [sign_in_as(app, make_account(app, f"p{number}@example.org")) for number in range(AT_ONCE)]
    requests = [
        (f"/join/{code}/acceptances", {"name": f"Person {number}", "csrf_token": one.token()}, one.cookie())
        for number, one in enumerate(people)
    ]
    statuses = [status for status, _location in all_at_once(server, requests)]
    assert statuses.count(303) == most_uses
    assert set(statuses) <= {303, 409, 429}
    assert count(app, Membership, Membership.role == "member") == most_uses
    with app.app_context():
        assert db.session.scalars(select(JoinCode.uses)).one() == most_uses
