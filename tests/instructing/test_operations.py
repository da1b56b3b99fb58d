"""Making classes, coming in and going out, handing over, approval."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.cast import approve, code_of, context_of, join_class, make_account, make_class
from tests.instructing.conftest import Room, open_room
from tests.organizations.conftest import Acme
from tests.support import COURSE
from trainer.core import clock
from trainer.core.audit import AuditEvent
from trainer.core.db import db, transaction
from trainer.core.errors import Conflict, Invalid, NotFound, NotYet
from trainer.instructing import operations
from trainer.instructing.models import Cohort
from trainer.instructing.operations import CohortFacts
from trainer.instructing.queries import count_present, find_context
from trainer.learning.queries import find_enrollment

pytestmark = pytest.mark.on_both


def acts(room: Room) -> list[str]:
    with room.app.app_context():
        own = select(AuditEvent).where(AuditEvent.organization_id == room.acme.id)
        rows = db.session.scalars(own.order_by(AuditEvent.at))
        return [event.act for event in rows if event.act.startswith("cohort.")]


def change(room: Room, **changes: object) -> None:
    with room.app.app_context(), transaction():
        context = context_of(room.acme.users["ines"], room.id)
        names = ("title", "taught_by", "starts_on", "ends_on", "capacity", "shows_answers", "takes_notes")
        facts = {name: getattr(context.cohort, name) for name in names} | changes
        operations.change_cohort(context, CohortFacts(**facts), clock.now())


def test_joining_begins_the_course_and_joining_twice_is_joining_once(room: Room) -> None:
    assert join_class(room.app, room.acme.users["bob"], room.id, "Robert") == room.bob
    with room.app.app_context():
        assert find_enrollment(room.acme.users["bob"], COURSE) is not None
        assert count_present(db.session.get_one(Cohort, room.id)) == 1
    assert acts(room) == ["cohort.made", "cohort.joined"]


@pytest.mark.parametrize("name", ["charlie", "mallory"])
def test_only_people_of_the_firm_come_into_its_classes(room: Room, name: str) -> None:
    with pytest.raises(NotYet, match="people in the firm"):
        join_class(room.app, room.acme.users[name], room.id)


def test_a_full_class_lets_nobody_in_until_someone_leaves(acme: Acme) -> None:
    room = open_room(acme, capacity=1)
    with pytest.raises(Conflict, match="full"):
        join_class(room.app, acme.users["mark"], room.id)
    code = code_of(room.app, room.id)
    with room.app.app_context(), transaction():
        operations.leave(acme.users["bob"], code, clock.now())
    join_class(room.app, acme.users["mark"], room.id)
    with pytest.raises(Conflict, match="full"):
        join_class(room.app, acme.users["bob"], room.id)


def test_nobody_comes_in_after_the_last_day_by_the_firms_clock(room: Room) -> None:
    with room.app.app_context():
        last = db.session.get_one(Cohort, room.id).ends_on
    evening = dt.datetime.combine(last, dt.time(23), dt.UTC)
    past_midnight_there, past_midnight_here = (evening + dt.timedelta(hours=hours) for hours in (7, 2))
    with time_machine.travel(past_midnight_there, tick=False), pytest.raises(Conflict, match="no longer open"):
        join_class(room.app, room.acme.users["mark"], room.id)
    with time_machine.travel(past_midnight_here, tick=False):
        join_class(room.app, room.acme.users["mark"], room.id)


def test_what_people_were_told_at_joining_cant_change(room: Room) -> None:
    with pytest.raises(Conflict, match="were told"):
        change(room, shows_answers=True)
    change(room, title="Day crew")
    with room.app.app_context():
        cohort = db.session.get_one(Cohort, room.id)
        assert (cohort.title, cohort.shows_answers) == ("Day crew", False)


@pytest.mark.parametrize(
    "changes", [{"ends_on": dt.date(2020, 1, 1)}, {"capacity": 0}, {"capacity": 1001}, {"title": "…"}]
)
def test_facts_that_make_no_sense_are_refused(room: Room, changes: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        change(room, **changes)


def test_an_archived_class_lets_nobody_in_and_comes_back(room: Room) -> None:
    ines = room.acme.users["ines"]
    for archive, joins in ((True, False), (False, True)):
        with room.app.app_context(), transaction():
            act = operations.archive_cohort if archive else operations.reopen_cohort
            act(context_of(ines, room.id), clock.now())
        if joins:
            join_class(room.app, room.acme.users["mark"], room.id)
        else:
            with pytest.raises(Conflict, match="no longer open"):
                join_class(room.app, room.acme.users["mark"], room.id)
    assert acts(room)[2:] == ["cohort.archived", "cohort.reopened", "cohort.joined"]


def test_whoever_takes_a_class_over_sees_it_and_whoever_gave_it_no_longer(room: Room) -> None:
    ines, mona = room.acme.users["ines"], room.acme.users["mona"]
    room.acme.enter("alice").post(room.acme.path(f"/people/{room.acme.people['mona']}/role"), {"role": "instructor"})
    with room.app.app_context(), transaction():
        operations.hand_over_within_firm(context_of(ines, room.id), room.acme.people["mona"], clock.now())
    with room.app.app_context():
        assert find_context(mona, room.id) is not None
        assert find_context(ines, room.id) is None
        assert db.session.get_one(Cohort, room.id).taught_by == "Mona May"


@pytest.mark.parametrize("name", ["bob", "mark", "ines"])
def test_a_class_is_handed_to_instructors_and_owners_only(room: Room, name: str) -> None:
    with room.app.app_context(), transaction():
        context = context_of(room.acme.users["ines"], room.id)
        with pytest.raises(Invalid):
            operations.hand_over_within_firm(context, room.acme.people[name], clock.now())


def test_public_classes_are_for_approved_instructors_as_long_as_they_are(app: Flask) -> None:
    ines = make_account(app, "ines@example.org")
    with pytest.raises(NotYet):
        make_class(app, ines, None)
    approve(app, ines)
    cohort = make_class(app, ines, None)
    join_class(app, make_account(app, "leo@example.org"), cohort)
    with app.app_context():
        assert find_context(ines, cohort) is not None
    with app.app_context(), transaction():
        operations.revoke_instructor("INES@example.org", clock.now())
    with app.app_context():
        assert find_context(ines, cohort) is None
        acts = db.session.scalars(select(AuditEvent.act).where(AuditEvent.subject_id == ines)).all()
        assert {one for one in acts if one.startswith("instructor")} == {"instructor.approved", "instructor.revoked"}


def test_approval_is_given_once_and_taken_once(app: Flask) -> None:
    ines = make_account(app, "ines@example.org")
    approve(app, ines)
    with pytest.raises(Conflict):
        approve(app, ines)
    with app.app_context(), pytest.raises(NotFound), transaction():
        operations.approve_instructor("nobody@example.org", clock.now())
    for count in range(2):
        with app.app_context(), transaction():
            if count:
                with pytest.raises(NotFound):
                    operations.revoke_instructor("ines@example.org", clock.now())
            else:
                operations.revoke_instructor("ines@example.org", clock.now())
    approve(app, ines)


def test_a_public_class_goes_to_another_approved_instructor_only(app: Flask) -> None:
    ines, leo = make_account(app, "ines@example.org"), make_account(app, "leo@example.org")
    approve(app, ines)
    cohort = make_class(app, ines, None)
    for address in ("leo@example.org", "ines@example.org", "nobody@example.org", "x"):
        with app.app_context(), pytest.raises(Invalid, match="approved"), transaction():
            operations.hand_over_in_public(context_of(ines, cohort), address, "Leo L.", clock.now())
    approve(app, leo)
    with app.app_context(), transaction():
        operations.hand_over_in_public(context_of(ines, cohort), "leo@example.org", "Leo L.", clock.now())
    with app.app_context():
        assert (find_context(leo, cohort) is None, find_context(ines, cohort) is None) == (False, True)
