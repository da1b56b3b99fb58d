"""Trainings recorded for two entries that become one, and for the two again."""

from __future__ import annotations

from dataclasses import replace

from flask import Flask
from sqlalchemy import select

from tests.assignments.firm import EVERYONE, make_firm
from tests.assignments.trainings import have_recorded, record
from tests.cast import actor_of, make_account, put_on_roster
from trainer.assignments.models import Assignment, EarlierTraining
from trainer.assignments.queries import get_duty
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.extras.mergers.duties import join_duties, part_duties
from trainer.organizations.models import Membership
from trainer.organizations.rules import Role


def test_trainings_go_with_an_entry_that_is_joined_and_come_back(app: Flask) -> None:
    acme, mark = make_firm(app), make_account(app, "mark@example.org")
    put_on_roster(app, acme.id, mark, Role.MANAGER, name="Mark", email="mark@example.org", manages_all=True)
    acme.require(replace(EVERYONE, earlier_titles=()))
    bob, again = acme.add("Bob"), acme.add("Bob Again", joined=False)
    acme.keep_up()
    with acme.app.app_context():
        second = actor_of(mark, acme.id)
        with transaction():
            waits, counts = record(acme.actor(), bob), have_recorded(acme.actor(), second, again)
            other = record(acme.actor(), again, "Patrol")
        with transaction() as session:
            gone, kept = session.get_one(Membership, again), session.get_one(Membership, bob)
            before = join_duties(gone, kept, acme.owner_id, clock.now())
        rows = {row.id: row.membership_id for row in db.session.scalars(select(EarlierTraining))}
        assert rows == {counts: bob, other: bob}
        duty = db.session.scalars(select(Assignment).where(Assignment.membership_id == bob)).one()
        assert get_duty(duty).is_recorded
        with transaction():
            part_duties(before, again, None)
        rows = {row.id: row.membership_id for row in db.session.scalars(select(EarlierTraining))}
        assert rows == {waits: bob, counts: again, other: again}
