"""Who sees the meetings of a class: its instructor, the firm's owners, and of their own whoever taught it before."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.cast import join_class, make_class, sign_in_as
from tests.extras.meetings.cast import hold_meeting, teach_at
from tests.instructing.conftest import Room, hand_over, statuses
from tests.support import Visitor
from trainer.core.db import db
from trainer.extras.meetings.models import Signature


@pytest.fixture
def meeting(room: Room) -> UUID:
    return hold_meeting(room.app, room.acme.users["ines"], room.id)


def answers(visitor: Visitor, room: Room, meeting: UUID) -> dict[tuple[str, str], int]:
    """Return the status of every route of a meeting whose lessons were signed off."""
    teach_at(room.app, room.acme.users["ines"], room.id, meeting, [room.bob])
    with room.app.app_context():
        signature = db.session.scalars(select(Signature.id).where(Signature.session_id == meeting)).one()
    values = {"cohort_id": room.id, "class_session_id": meeting, "signature_id": signature}
    return statuses(visitor, room.app, "trainer.extras.meetings", values)


@pytest.mark.check("T001")
@pytest.mark.parametrize("name", ["ines", "alice", "mona", "mark", "bob", "charlie", "mallory"])
def test_every_page_of_a_meeting_is_for_its_instructor_and_the_owner(room: Room, meeting: UUID, name: str) -> None:
    found = answers(room.enter(name), room, meeting)
    assert len(found) == 10
    assert set(found.values()) <= ({200, 303, 422} if name in {"ines", "alice"} else {404})


def test_whoever_taught_a_class_before_may_look_at_a_meeting_and_change_nothing(room: Room, meeting: UUID) -> None:
    ines = room.enter()
    teach_at(room.app, room.acme.users["ines"], room.id, meeting, [room.bob])
    with room.app.app_context():
        signature = db.session.scalars(select(Signature.id)).one()
    hand_over(room)
    values = {"cohort_id": room.id, "class_session_id": meeting, "signature_id": signature}
    found = statuses(ines, room.app, "trainer.extras.meetings", values)
    seen = {key for key, status in found.items() if status != 404}
    assert seen == {("GET", "meetings.meetings"), ("GET", "meetings.meeting")}
    for path in (room.path("/sessions"), room.path(f"/sessions/{meeting}")):
        main = ines.get(path).text.partition("<main")[2].partition("</main>")[0]
        assert re.findall(r'formaction="[^"]*"|<button', main) == []
        for rest in ("/facts", "/code", "/invitations", "/exports"):
            assert f'href="{room.path(rest)}"' not in main


@pytest.mark.check("T002")
@pytest.mark.check("T005")
def test_ids_of_another_class_open_nothing(room: Room, meeting: UUID) -> None:
    other = make_class(room.app, room.acme.users["alice"], room.acme.id, title="Canary class", shows_answers=True)
    theirs = join_class(room.app, room.acme.users["mark"], other, "Canary Mark")
    held = hold_meeting(room.app, room.acme.users["alice"], other)
    visitor = sign_in_as(room.app, room.acme.users["ines"])
    assert visitor.get(room.path(f"/sessions/{held}")).status_code == 404
    for path in (f"/sessions/{held}/attendance", f"/sessions/{held}/sign-off"):
        assert visitor.post(room.path(path), {"members": str(room.bob)}).status_code == 404
    answer = visitor.post(room.path(f"/sessions/{meeting}/attendance"), {"members": str(theirs)})
    assert answer.status_code == 422


def test_a_former_instructor_sees_the_meetings_they_taught_and_no_others(room: Room, meeting: UUID) -> None:
    hand_over(room)
    later = hold_meeting(room.app, room.acme.users["irma"], room.id)
    ines = room.enter()
    page = ines.get(room.path("/sessions")).text
    assert str(meeting) in page
    assert str(later) not in page
    assert ines.get(room.path(f"/sessions/{later}")).status_code == 404
    assert str(meeting) in room.enter("irma").get(room.path("/sessions")).text
