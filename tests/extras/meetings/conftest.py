"""Ines’s class in Acme Security, taught in person."""

from __future__ import annotations

from uuid import UUID

from tests.cast import context_of
from tests.instructing.conftest import Room
from tests.instructing.conftest import acme as acme
from tests.instructing.conftest import room as room
from tests.support import COURSE
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.db import transaction
from trainer.extras.meetings.sessions import Outcome, note_attendance, sign_off
from trainer.learning.queries import find_enrollment


def attend(room: Room, meeting: UUID, members: list[UUID]) -> None:
    """Let Ines note who was at a meeting."""
    with room.app.app_context(), transaction():
        note_attendance(context_of(room.acme.users["ines"], room.id), meeting, members, clock.now())


def sign(room: Room, meeting: UUID) -> Outcome:
    """Let Ines sign the lessons of a meeting off."""
    with room.app.app_context(), transaction():
        context = context_of(room.acme.users["ines"], room.id)
        return sign_off(context, meeting, "Ines Ito", served().courses[COURSE], True, clock.now())


def seconds(room: Room) -> int:
    """Return Bob’s active seconds."""
    with room.app.app_context():
        found = find_enrollment(room.acme.users["bob"], COURSE)
        assert found is not None
        return found.active_seconds
