"""What is done to several people at once is what may be done to each, and is written down for each."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from tests.cast import actor_of
from tests.organizations.conftest import Acme
from trainer.core.audit import AuditEvent
from trainer.core.db import db, transaction
from trainer.organizations.models import Membership
from trainer.organizations.team_queries import team_names

ACTS_ON_PEOPLE = ("membership.changed", "membership.removed")


def chosen(acme: Acme, *people: str) -> str:
    return "?" + "&".join(f"person={acme.people[name]}" for name in people)


def test_several_people_are_chosen_listed_and_moved_with_an_entry_for_each(acme: Acme) -> None:
    alice = acme.enter("alice")
    listed = alice.get(acme.path("/people")).text
    assert f'value="{acme.people["bob"]}"' in listed
    page = alice.get(acme.path(f"/people/chosen{chosen(acme, 'bob', 'dana')}")).text
    assert "2 chosen people" in page
    assert page.index("Bob Builder") < page.index("Dana Dow")
    both = [str(acme.people[name]) for name in ("bob", "dana")]
    answer = alice.post(acme.path("/people/chosen/teams"), {"person": both, "teams": [str(acme.motel)]})
    assert "Changed the teams of 2 people." in alice.get(answer.location).text
    with acme.app.app_context():
        actor = actor_of(acme.users["alice"], acme.id)
        people = [acme.people["bob"], acme.people["dana"]]
        assert team_names(actor, people) == {person: ["Motel 95"] for person in people}
        events = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "membership.changed")).all()
        assert {(event.subject_id, event.details["changed"]) for event in events} == {
            (acme.people[name], "teams") for name in ("bob", "dana")
        }


def test_nobody_loses_their_teams_because_none_was_checked(acme: Acme) -> None:
    given = {"person": [str(acme.people["bob"])]}
    answer = acme.enter("alice").post(acme.path("/people/chosen/teams"), given)
    assert (answer.status_code, "Choose at least one team." in answer.text) == (422, True)
    with acme.app.app_context():
        assert team_names(actor_of(acme.users["alice"], acme.id), [acme.people["bob"]])


def test_several_people_leave_at_once_or_nobody_does_and_each_can_come_back(acme: Acme) -> None:
    alice, both = acme.enter("alice"), [str(acme.people[name]) for name in ("bob", "dana")]
    with acme.app.app_context(), transaction():
        db.session.get_one(Membership, acme.people["dana"]).hired_on = dt.date(2026, 3, 1)
    early = alice.post(acme.path("/people/chosen/removal"), {"person": both, "ended_on": "2026-02-01"})
    assert early.status_code == 422
    assert "before the hire date" in early.text
    assert "Bob Builder" in alice.get(acme.path("/people")).text
    answer = alice.post(acme.path("/people/chosen/removal"), {"person": both, "ended_on": str(acme.today())})
    left = alice.get(answer.location).text
    assert "2 people are off the roster." in left
    assert 'name="person"' not in left
    with acme.app.app_context():
        events = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "membership.removed")).all()
        assert {event.subject_id for event in events} == {acme.people["bob"], acme.people["dana"]}
    assert alice.post(acme.path(f"/people/{both[0]}/return")).status_code == 303
    assert "Bob Builder" in alice.get(acme.path("/people")).text


@pytest.mark.check("T003")
@pytest.mark.parametrize(
    ("who", "people"),
    [
        ("mark", ["bob", "dana"]),  # another site's
        ("mona", ["bob", "ines"]),  # someone with a role
        ("mona", ["mona"]),
    ],
)
def test_what_may_not_be_done_to_one_is_done_to_none_of_several(acme: Acme, who: str, people: list[str]) -> None:
    visitor = acme.enter(who)
    ids = {"person": [str(acme.people[name]) for name in people]}
    assert visitor.get(acme.path(f"/people/chosen{chosen(acme, *people)}")).status_code == 404
    for path, given in (("teams", {"teams": [str(acme.harbor)]}), ("removal", {"ended_on": str(acme.today())})):
        assert visitor.post(acme.path(f"/people/chosen/{path}"), ids | given).status_code == 404
    with acme.app.app_context():
        assert not db.session.scalars(select(AuditEvent).where(AuditEvent.act.in_(ACTS_ON_PEOPLE))).all()


def test_an_owner_is_not_among_those_they_choose(acme: Acme) -> None:
    with acme.app.app_context():
        own = db.session.scalars(select(Membership.id).where(Membership.user_id == acme.users["alice"])).one()
    given = {"person": [str(acme.people["bob"]), str(own)], "ended_on": str(acme.today())}
    assert acme.enter("alice").post(acme.path("/people/chosen/removal"), given).status_code == 404


def test_people_are_only_offered_to_be_chosen_where_they_may_be(acme: Acme) -> None:
    assert "person=" not in acme.enter("ines").get(acme.path("/people")).text
    mona = acme.enter("mona").get(acme.path("/people")).text
    offered = {name for name, person in acme.people.items() if f'name="person" value="{person}"' in mona}
    assert "bob" in offered
    assert not offered & {"mona", "ines", "mark"}
    assert acme.enter("mona").get(acme.path("/people/chosen")).location == acme.path("/people")
    assert acme.enter("mona").post(acme.path("/people/chosen/removal")).location == acme.path("/people")
