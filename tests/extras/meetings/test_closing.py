"""What was signed off at meetings of a firm that is deleted stays with whoever was taught."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from sqlalchemy import select

from tests.cast import actor_of
from tests.extras.meetings.cast import hold_meeting
from tests.extras.meetings.conftest import attend, seconds, sign
from tests.instructing.conftest import Room
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.extras.meetings.models import Attendance, ClassSession, Signature, SignOff
from trainer.organizations.closing import close
from trainer.organizations.tasks import delete_closed_firms

pytestmark = pytest.mark.on_both


@pytest.mark.check("T013")
def test_what_was_signed_off_still_counts_once_the_firm_is_gone(room: Room) -> None:
    acme, app = room.acme, room.app
    signed, unsigned = (hold_meeting(app, acme.users["ines"], room.id, minutes=500) for _time in range(2))
    attend(room, signed, [room.bob])
    attend(room, unsigned, [room.bob])
    sign(room, signed)
    before = seconds(room)
    with app.app_context(), transaction():
        close(actor_of(acme.users["alice"], acme.id), "Acme Security", clock.now())
    with time_machine.travel(clock.now() + dt.timedelta(days=31)), app.app_context():
        assert sum(1 for _portion in delete_closed_firms())
    with app.app_context():
        for record in (ClassSession, Attendance):
            assert db.session.scalars(select(record)).all() == []
        sign_offs = db.session.scalars(select(SignOff)).all()
        assert {(row.session_id, row.member_id) for row in sign_offs} == {(None, None)}
        assert [row.name for row in db.session.scalars(select(Signature))] == ["Ines Ito"]
        assert seconds(room) == before == 60 * sum(row.minutes for row in sign_offs) > 0
