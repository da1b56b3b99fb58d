"""What a page asks the database for doesn't grow with the firm: what is looked for is found by an index of its own."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.cast import actor_of
from tests.organizations.conftest import Acme
from tests.organizations.plans import plans
from trainer.core.audit import note
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.organizations import queries, team_queries
from trainer.organizations.models import Membership
from trainer.organizations.views import people as views

pytestmark = pytest.mark.on_both

RARE = ("access.denied", "team.removed")


def log_acts(acme: Acme, number: int) -> None:
    for which in range(number):
        act = RARE[which % 2] if which % 5 == 0 else "membership.changed"
        # Some at the same instant: then the id decides which comes first.
        note(act, now() - dt.timedelta(minutes=which // 3), organization_id=acme.id)


def test_acts_of_one_kind_come_page_by_page_as_they_stand_in_the_log(acme: Acme) -> None:
    with acme.app.app_context(), transaction():
        log_acts(acme, 100)
        db.session.flush()
        alice = actor_of(acme.users["alice"], acme.id)
        wanted = [one.id for one, _name in queries.iterate_events(alice) if one.act in RARE]
        found, after = [], None
        while True:
            page = queries.list_events(alice, after, RARE, most=7)
            found += [one.id for one, _name in page.rows]
            after = page.next_after
            if after is None:
                break
    assert len(wanted) == 20
    assert found == wanted


def test_a_rare_act_is_found_without_going_through_the_log(acme: Acme) -> None:
    with acme.app.app_context(), transaction():
        log_acts(acme, 10)
        db.session.flush()
        alice = actor_of(acme.users["alice"], acme.id)
        with plans() as steps:
            queries.list_events(alice, None, RARE)
    of_log = [one for one in steps if "audit_events" in one]
    assert of_log
    assert all("(organization_id=? AND act=?" in one or "(id=?)" in one for one in of_log), of_log


def test_teams_are_counted_without_a_look_at_each_of_their_people(acme: Acme) -> None:
    with acme.app.app_context(), transaction():
        alice = actor_of(acme.users["alice"], acme.id)
        before = team_queries.count_by_team(alice)
        gone = db.session.get_one(Membership, acme.people["bob"])
        teams = team_queries.list_team_ids(gone.id)
        assert teams
        gone.ended_at, gone.ended_on = now(), now().date()
        db.session.flush()
        with plans() as steps:
            after = team_queries.count_by_team(alice)
    assert {team: before[team] - after[team] for team in before} == {team: int(team in teams) for team in before}
    of_people = [one for one in steps if "membership" in one and "team" not in one]
    assert all("ix_memberships_left" in one for one in of_people), of_people


def test_the_names_of_nobody_are_not_looked_for(acme: Acme) -> None:
    with acme.app.app_context():
        alice = actor_of(acme.users["alice"], acme.id)
        with plans() as steps:
            assert queries.names_of(alice, set()) == {}
    assert steps == []


def test_a_long_list_says_that_it_is_longer_and_counts_no_further(acme: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    with acme.app.app_context():
        alice = actor_of(acme.users["alice"], acme.id)
        exact = queries.count_people(alice)
        assert exact["here"] > 2
        assert queries.count_up_to(alice, 1_000) == exact
        assert queries.count_up_to(alice, 1) == {name: min(number, 2) for name, number in exact.items()}
    people, visitor = acme.path("/people"), acme.enter("alice")
    page = visitor.get(people).text
    assert f"<h1>{exact['here']} people</h1>" in page
    monkeypatch.setattr(views, "MOST_COUNTED", 2)
    page = visitor.get(people).text
    assert "<h1>More than 2 people</h1>" in page
    assert "<b>2+</b>" in page


def test_who_has_left_is_counted_without_those_who_are_here(acme: Acme) -> None:
    with acme.app.app_context():
        alice = actor_of(acme.users["alice"], acme.id)
        with plans() as steps:
            queries.count_up_to(alice, 10)
        assert any("ix_memberships_left" in step for step in steps), steps
