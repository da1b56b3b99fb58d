"""Seconds after a firm has changed something, who has which duty is as its roster and its requirements say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.assignments.firm import COURSE, EVERYONE, Firm, make_firm
from tests.cast import certify, sign_in_as
from tests.organizations.conftest import Acme
from tests.organizations.conftest import acme as acme
from tests.roster.uploads import confirm, look
from trainer.assessment.renewals import renew
from trainer.assignments.models import Assignment, Requirement
from trainer.assignments.operations import change_requirement, end_requirement, waive
from trainer.assignments.queries import meant
from trainer.assignments.rules import Audience, Group
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.jobs.upkeep import keep_up_all, keep_up_changed
from trainer.learning.queries import get_enrollment
from trainer.learning.rules import Conditions
from trainer.organizations.models import Membership, Organization
from trainer.organizations.operations import (
    PersonFacts,
    add_person,
    change_person,
    make_team,
    remove_person,
    undo_removal,
)
from trainer.organizations.queries import is_catching_up

pytestmark = pytest.mark.on_both

BEING_UPDATED = "<span>Being updated</span>"


@pytest.fixture
def moved() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2026-11-24T17:00:00Z", tick=False) as clock_hands:
        yield clock_hands


@pytest.fixture
def firm(app: Flask, moved: time_machine.Traveller) -> Firm:
    """Return a firm in which everyone has to take a course, looked at a while ago."""
    firm = make_firm(app)
    firm.require(EVERYONE)
    for name in ("Bob", "Dana"):
        firm.add(name)
    moved.shift(1)
    with app.app_context():
        for _portion in keep_up_all():
            pass
    moved.shift(600)
    return firm


def person(firm: Firm, name: str) -> Membership:
    return db.session.scalars(
        select(Membership).where(Membership.organization_id == firm.id, Membership.name == name)
    ).one()


def facts(name: str) -> PersonFacts:
    return PersonFacts(name, f"{name.lower()}@example.org", None, None, None)


def add(firm: Firm) -> None:
    add_person(firm.actor(), facts("Nia"), [], clock.now())


def remove(firm: Firm) -> None:
    remove_person(firm.actor(), person(firm, "Bob"), clock.today(), clock.now())


def bring_back(firm: Firm) -> None:
    undo_removal(firm.actor(), person(firm, "Bob"), clock.now())


def ask_only_one_site(firm: Firm) -> None:
    night = make_team(firm.actor(), "Night", clock.now())
    (requirement,) = db.session.scalars(select(Requirement))
    wanted = replace(EVERYONE, audience=Audience(chosen=Group(teams=frozenset({night.id}))))
    change_requirement(firm.actor(), requirement.id, wanted, served().courses, clock.now())


def move_to_that_site(firm: Firm) -> None:
    night = make_team(firm.actor(), "Night", clock.now())
    change_person(firm.actor(), person(firm, "Dana"), facts("Dana"), [night.id], clock.now())


def end_it(firm: Firm) -> None:
    (requirement,) = db.session.scalars(select(Requirement))
    end_requirement(firm.actor(), requirement.id, clock.now())


def excuse(firm: Firm) -> None:
    duty = db.session.scalars(select(Assignment.id).where(Assignment.membership_id == person(firm, "Bob").id)).one()
    waive(firm.actor(), duty, "On leave", clock.today() + dt.timedelta(days=30), clock.now())


def follow() -> None:
    for _portion in keep_up_changed():
        pass
    db.session.rollback()


def duties(firm: Firm) -> set[tuple[UUID, UUID]]:
    rows = db.session.execute(
        select(Assignment.membership_id, Assignment.requirement_id).where(
            Assignment.organization_id == firm.id, Assignment.ended_at.is_(None)
        )
    )
    return {(row.membership_id, row.requirement_id) for row in rows}


def roster(firm: Firm) -> set[tuple[UUID, UUID]]:
    """Return who is meant by which requirement, from the roster alone."""
    organization = db.session.get_one(Organization, firm.id)
    return {
        (membership_id, requirement.id)
        for requirement in db.session.scalars(select(Requirement).where(Requirement.ended_at.is_(None)))
        for membership_id in db.session.scalars(
            select(Membership.id).where(
                Membership.organization_id == firm.id, meant(Audience.read(requirement.audience), organization)
            )
        )
    }


ACTS = [[add], [remove], [remove, bring_back], [ask_only_one_site], [move_to_that_site], [end_it], [excuse]]


@pytest.mark.parametrize("acts", ACTS)
def test_after_each_act_duties_are_as_the_roster_says(
    firm: Firm, moved: time_machine.Traveller, acts: list[Callable[[Firm], None]]
) -> None:
    with firm.app.app_context():
        for act in acts:
            with transaction():
                act(firm)
            assert is_catching_up(firm.id)
            moved.shift(2)
            follow()
            assert not is_catching_up(firm.id)
            assert duties(firm) == roster(firm)
            moved.shift(10)


def test_a_course_that_someone_begins_has_the_firms_conditions_seconds_later(
    firm: Firm, moved: time_machine.Traveller
) -> None:
    with firm.app.app_context():
        bob = person(firm, "Bob").user_id
        assert bob is not None
    certify(firm.app, bob)
    moved.shift(dt.timedelta(days=320))
    with firm.app.app_context():
        for _portion in keep_up_all():
            pass
        moved.shift(60)
        with transaction():
            renew(bob, served().courses[COURSE], clock.now())
        assert Conditions.read(get_enrollment(bob, COURSE).conditions).asked_minutes == 0
        moved.shift(2)
        follow()
        assert Conditions.read(get_enrollment(bob, COURSE).conditions).asked_minutes == EVERYONE.least_minutes


def test_a_firm_that_changes_all_the_time_is_looked_at_every_few_seconds(
    firm: Firm, moved: time_machine.Traveller
) -> None:
    looks, before = 0, set[tuple[UUID, UUID]]()
    with firm.app.app_context():
        for number in range(20):
            with transaction():
                add_person(firm.actor(), facts(f"Nia{number}"), [], clock.now())
            moved.shift(1)
            follow()
            looks += duties(firm) != before
            before = duties(firm)
        assert 3 <= looks <= 5
        for _second in range(12):
            moved.shift(1)
            follow()
        assert duties(firm) == roster(firm)


def test_the_pages_of_the_firm_say_that_they_are_being_updated(firm: Firm, moved: time_machine.Traveller) -> None:
    alice = sign_in_as(firm.app, firm.owner_id)
    pages = (f"/organizations/{firm.id}", f"/organizations/{firm.id}/training")
    assert not any(BEING_UPDATED in alice.get(path).text for path in pages)
    with firm.app.app_context(), transaction():
        remove(firm)
    assert all(BEING_UPDATED in alice.get(path).text for path in pages)
    moved.shift(2)
    with firm.app.app_context():
        follow()
    assert not any(BEING_UPDATED in alice.get(path).text for path in pages)


def test_people_of_a_list_have_their_duties_with_it_and_those_who_left_have_none_seconds_later(
    acme: Acme, moved: time_machine.Traveller
) -> None:
    firm = Firm(acme.app, acme.id, acme.users["alice"])
    firm.require(EVERYONE)
    visitor = acme.enter("alice")
    path = look(visitor, acme, "name,e-mail\nNia New,nia@example.org\n")
    assert confirm(visitor, path).status_code == 303
    with acme.app.app_context():
        nia = person(firm, "Nia New").id
        assert nia in {membership_id for membership_id, _requirement in duties(firm)}
        moved.shift(2)
        follow()
        assert duties(firm) == roster(firm)
