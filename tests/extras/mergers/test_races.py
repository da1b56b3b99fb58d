"""Joining two entries in the same instant as others do something with them, over two worker processes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.extras.mergers.pair import Pair, make_pair
from tests.extras.pins.slips import add_gus
from tests.live import all_at_once, serving
from tests.organizations.conftest import Acme, acme
from tests.roster.uploads import look
from tests.support import Visitor, keys, right_verdict
from trainer.assessment.models import Attempt, Response
from trainer.core.db import db
from trainer.core.settings import Settings
from trainer.extras.mergers.models import Merger
from trainer.organizations.models import Membership, TeamMembership
from trainer.organizations.team_queries import list_team_ids

pytestmark = pytest.mark.on_both

__all__ = ["acme"]


@pytest.fixture
def server(acme: Acme, settings: Settings) -> Iterator[str]:
    """Serve the test's database with two worker processes."""
    with serving(settings, is_web_alone=True) as address:
        yield address


def count(app: Flask, *conditions: object) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).where(*conditions)) or 0  # type: ignore[arg-type]


def request_of(visitor: Visitor, path: str, **fields: str) -> tuple[str, dict[str, str], str]:
    return path, {"csrf_token": visitor.token(), **fields}, visitor.cookie()


def pair(acme: Acme) -> Pair:
    """Return Maria, who was asked."""
    maria = make_pair(acme)
    maria.ask()
    return maria


def test_two_staff_who_join_both_ways_around_at_once_leave_one_entry(acme: Acme, server: str) -> None:
    first, second = add_gus(acme, "00417"), add_gus(acme, "417")
    alice, mona = acme.enter("alice"), acme.enter("mona")
    paths = [acme.path(f"/people/{one}/merger/{other}") for one, other in ((first, second), (second, first))]
    requests = [request_of(who, path, employee_number="kept") for who in (alice, mona) for path in paths] * 4
    answers = all_at_once(server, requests)
    assert {status for status, _location in answers} <= {303, 404}
    assert count(acme.app, Membership.id.in_((first, second))) == 1
    assert count(acme.app, Merger.joined_at.is_not(None)) == 1
    assert (
        count(acme.app, TeamMembership.team_id == acme.harbor, TeamMembership.membership_id.in_((first, second))) == 1
    )


def test_she_agrees_while_the_firm_withdraws_and_she_declines_in_another_tab(acme: Acme, server: str) -> None:
    maria = pair(acme)
    merger = maria.merger().id
    own, alice = acme.enter_as(maria.own_user), acme.enter("alice")
    requests = [
        *[request_of(own, f"/account/mergers/{merger}", answer="yes")] * 3,
        *[request_of(own, f"/account/mergers/{merger}", answer="no")] * 3,
        *[request_of(alice, acme.path(f"/mergers/{merger}"))] * 3,
    ]
    answers = all_at_once(server, requests)
    assert {status for status, _location in answers} <= {303, 404}
    after = maria.merger()
    entries = count(acme.app, Membership.id.in_((maria.numbered, maria.addressed)))
    is_joined = after.closed_at is None
    assert entries == (1 if is_joined else 2)
    assert after.outcome in {None, "declined", "withdrawn", "undone"}


def test_a_roster_that_changes_the_entry_that_goes_is_taken_before_or_refused_after(acme: Acme, server: str) -> None:
    maria = pair(acme)
    alice, own = acme.enter("alice"), acme.enter_as(maria.own_user)
    path = look(alice, acme, "name,e-mail,employee number,job title\nMaria Gomez,,00446,Lead")
    digest = alice.field("digest")
    requests = [
        request_of(alice, f"{path}/confirmation", digest=digest),
        request_of(own, f"/account/mergers/{maria.merger().id}", answer="yes"),
    ]
    all_at_once(server, requests)
    with acme.app.app_context():
        rows = db.session.scalars(select(Membership).where(Membership.employee_number == "00446")).all()
        assert [row.id for row in rows] == [maria.addressed]
        assert rows[0].job_title in {"Lead", "Guard"}
        assert set(list_team_ids(maria.addressed)) == {acme.harbor, acme.motel}


def test_answers_that_were_under_way_are_saved_or_refused_and_none_is_lost(acme: Acme, server: str) -> None:
    maria = pair(acme)
    attempt, requests = maria.phone.start("practices"), []
    for position, (truth, _action, _harmful) in enumerate(keys(acme.app, attempt), start=1):
        path = f"{attempt}/scenes/{position}"
        maria.phone.get(path)
        given = {"verdict": right_verdict(truth), "confidence": "certain", "version": "0"}
        requests.append(request_of(maria.phone, path, **given, opened_at=maria.phone.field("opened_at"), record="1"))
    own = acme.enter_as(maria.own_user)
    answers = all_at_once(server, [*requests, request_of(own, f"/account/mergers/{maria.merger().id}", answer="yes")])
    assert maria.merger().joined_at is not None
    saved = [location for status, location in answers[:-1] if status == 303 and location.startswith("/attempts/")]
    assert count(acme.app, Response.saved_at.is_not(None)) == len(saved)
    assert count(acme.app, Attempt.user_id == maria.pin_user) == 1
