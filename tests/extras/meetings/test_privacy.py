"""Names noted at meetings of a public class go with the account of whoever teaches it; a firm's class keeps them."""

from __future__ import annotations

from sqlalchemy import select

from tests.cast import approve, context_of, make_class
from tests.extras.meetings.cast import hold_meeting
from tests.instructing.conftest import Room
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.extras.meetings.models import ClassSession
from trainer.extras.meetings.privacy import forget_person
from trainer.extras.meetings.sessions import note_attendance


def test_nobody_could_look_after_names_noted_in_public_by_whoever_is_gone(room: Room) -> None:
    ines = room.acme.users["ines"]
    approve(room.app, ines)
    public = make_class(room.app, ines, None)
    for cohort in (room.id, public):
        meeting = hold_meeting(room.app, ines, cohort)
        with room.app.app_context(), transaction():
            note_attendance(context_of(ines, cohort), meeting, [], clock.now(), walk_ins=["Nell Nash"])
    with room.app.app_context():
        with transaction():
            forget_person(ines, clock.now())
        kept = {session.cohort_id: session.walk_ins for session in db.session.scalars(select(ClassSession))}
        assert kept == {room.id: ["Nell Nash"], public: None}
