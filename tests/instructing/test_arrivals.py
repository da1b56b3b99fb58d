"""Signing in at a meeting by phone: on its day, by people of the class, and only as a hint to the instructor."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import func, select

from tests.cast import desk_of, hold_meeting, make_account
from tests.instructing.conftest import Room
from tests.support import COURSE, Visitor
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.core.errors import NotFound, NotYet
from trainer.instructing.arrivals import arrive, find_meeting
from trainer.instructing.models import Arrival, Attendance, ClassSession, CohortMember
from trainer.instructing.operations import archive_cohort
from trainer.instructing.sessions import hold_session

NOON = dt.time(17)  # in New York, in UTC


def sheet_of(room: Room, meeting: UUID) -> str:
    """Return the address on the sheet of a meeting."""
    with room.app.app_context():
        code = db.session.get_one(ClassSession, meeting).code
        assert code is not None
        assert len(code) * 5 >= 128
        return f"/here/{code.lower()}"


def arrivals(room: Room) -> int:
    with room.app.app_context():
        return db.session.scalar(select(func.count()).select_from(Arrival)) or 0


def test_someone_in_the_class_signs_in_once_and_the_trainer_still_decides(room: Room) -> None:
    meeting = hold_meeting(room.app, room.acme.users["ines"], room.id)
    path, bob = sheet_of(room, meeting), room.enter("bob")
    assert "I’m here" in bob.get(path).text
    for _time in range(2):
        assert bob.post(path).status_code == 303
    assert "You signed in on" in bob.get(path).text
    assert arrivals(room) == 1
    page = room.enter().get(room.path(f"/sessions/{meeting}")).text
    assert "Bob B. (signed in by phone)" in page
    assert "checked" not in page
    with room.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Attendance)) == 0


def test_someone_of_the_firm_joins_the_class_on_the_way_and_a_stranger_cant(room: Room) -> None:
    path = sheet_of(room, hold_meeting(room.app, room.acme.users["ines"], room.id))
    mark = room.enter("mark")
    assert "They don’t see: your answers" in mark.get(path).text
    refused = mark.post(path, {"name": ""})
    assert refused.status_code == 422
    assert arrivals(room) == 0
    assert mark.post(path, {"name": "Mark M."}).status_code == 303
    assert arrivals(room) == 1
    stranger = room.acme.enter_as(make_account(room.app, "zoe@example.org"))
    assert "This class is for people in the firm." in stranger.get(path).text
    assert stranger.post(path, {"name": "Zoe"}).status_code == 422
    assert arrivals(room) == 1
    with room.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(CohortMember)) == 2


@pytest.mark.parametrize(("days", "says"), [(-1, "Sign in on that day."), (1, "This meeting is over.")])
def test_it_works_on_the_meetings_day_alone(room: Room, days: int, says: str) -> None:
    with time_machine.travel(dt.datetime.combine(clock.today() + dt.timedelta(days=3), NOON, dt.UTC)) as moved:
        meeting = hold_meeting(room.app, room.acme.users["ines"], room.id)
        path = sheet_of(room, meeting)
        moved.shift(dt.timedelta(days=days))
        bob = room.enter("bob")
        assert bob.get(path).status_code == 409
        assert says in bob.get(path).text
        assert says in bob.post(path).text
        moved.shift(dt.timedelta(days=-days))
        assert room.enter("bob").get(path).status_code == 200
    assert arrivals(room) == 0


def test_a_code_that_is_none_and_a_class_that_is_archived(room: Room) -> None:
    path = sheet_of(room, hold_meeting(room.app, room.acme.users["ines"], room.id))
    visitor = Visitor(room.app)
    assert visitor.get("/here/" + "0" * 26).status_code == 404
    page = visitor.get(path)
    assert "Or sign on paper: that counts the same." in page.text
    assert "Set-Cookie" not in page.headers
    with room.app.app_context(), transaction():
        assert find_meeting("") is None
        with pytest.raises(NotFound):
            arrive(room.acme.users["bob"], "0" * 26, clock.now())
        with pytest.raises(NotYet):
            arrive(room.acme.users["mark"], path.rpartition("/")[2], clock.now())
        archive_cohort(desk_of(room.acme.users["ines"], room.id), clock.now())
    bob = room.enter("bob")
    assert "This meeting is over." in bob.post(path).text
    assert arrivals(room) == 0


def test_a_planned_meeting_waits_for_its_day(room: Room) -> None:
    ines = room.acme.users["ines"]
    with room.app.app_context(), transaction():
        desk, course = desk_of(ines, room.id), served().courses[COURSE]
        ahead = desk.today(clock.now()) + dt.timedelta(days=7)
        meeting = hold_session(desk, ahead, 60, [course.lessons[0].id], "", course, clock.now()).id
    visitor, path = room.enter(), room.path(f"/sessions/{meeting}")
    page = visitor.get(path).text
    assert "on the day of the meeting" in page
    assert "Sign off the lessons" not in page
    refused = visitor.post(f"{path}/attendance", {"members": str(room.bob)})
    assert refused.status_code == 422
    assert "You can check people off on that day." in refused.text
    assert visitor.post(f"{path}/sign-off", {"signer": "Ines Ito"}).status_code == 422
    # Someone who is expected is on the list, and not yet present.
    assert visitor.post(f"{path}/people", {"membership": str(room.acme.people["dana"])}).status_code == 303
    with time_machine.travel(clock.now() + dt.timedelta(days=8)):
        assert "checked" not in room.enter().get(path).text
