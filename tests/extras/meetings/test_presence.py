"""Who is shown at a meeting: people still in the class, and to a former instructor no one else's signatures."""

from __future__ import annotations

import pytest

from tests.cast import code_of, context_of
from tests.extras.meetings.cast import hold_meeting
from tests.extras.meetings.conftest import attend, sign
from tests.instructing.conftest import Room, hand_over
from tests.support import COURSE
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.db import transaction
from trainer.extras.meetings.sessions import note_attendance, sign_off

pytestmark = pytest.mark.on_both


def test_nobody_sees_at_a_meeting_who_has_left_the_class(room: Room) -> None:
    meeting = hold_meeting(room.app, room.acme.users["ines"], room.id)
    attend(room, meeting, [room.bob])
    sign(room, meeting)
    path = room.path(f"/sessions/{meeting}")
    assert "Bob B." in room.enter().get(path).text
    code = code_of(room.app, room.id)
    assert room.enter("bob").post(f"/classes/{code}/departure").status_code == 303
    page = room.enter().get(path).text
    assert "Bob B." not in page
    assert "Signed off for 1 person" in page
    assert "And for 1 person who has left the class." in page


def test_a_former_instructor_sees_nobody_elses_signature(room: Room) -> None:
    meeting = hold_meeting(room.app, room.acme.users["ines"], room.id)
    hand_over(room)
    with room.app.app_context(), transaction():
        context = context_of(room.acme.users["irma"], room.id)
        note_attendance(context, meeting, [room.bob], clock.now())
        sign_off(context, meeting, "Irma Ink", served().courses[COURSE], True, clock.now())
    assert "Irma Ink" in room.enter("irma").get(room.path(f"/sessions/{meeting}")).text
    page = room.enter().get(room.path(f"/sessions/{meeting}")).text
    assert "Bob B." in page  # was there
    assert "Irma Ink" not in page
    assert "Signed off" not in page
