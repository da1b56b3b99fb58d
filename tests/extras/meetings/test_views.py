"""The pages of a meeting, from the day to the signature."""

from __future__ import annotations

import re

from flask import Flask
from sqlalchemy import select

from tests.instructing.conftest import Room
from tests.support import COURSE
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.audit import AuditEvent
from trainer.core.db import db
from trainer.learning.queries import find_enrollment, list_readings
from trainer.organizations.rules import local_day


def meeting(app: Flask) -> dict[str, object]:
    with app.app_context():
        lessons = [lesson.id for lesson in served().courses[COURSE].lessons[:2]]
    return {
        "held_on": local_day("America/New_York", clock.now()).isoformat(),
        "minutes": "30",
        "lessons": lessons,
        "note": "Room 4",
    }


def test_the_road_of_a_meeting(room: Room) -> None:
    ines, board = room.enter(), room.path()
    assert f'href="{room.path("/sessions")}"' in ines.get(board).text
    held = ines.post(f"{board}/sessions", meeting(room.app)).headers["Location"]
    member = re.search(r'name="members"[^>]*value="([^"]+)"', ines.get(held).text)
    assert member
    assert ines.post(f"{held}/attendance", {"members": member[1]}).status_code == 303
    assert "Sign off the lessons" in ines.get(held).text
    assert ines.post(f"{held}/sign-off").status_code == 422  # nobody signed
    assert ines.post(f"{held}/sign-off", {"signer": "Ines Ito"}).status_code == 303
    assert "Sign off the lessons" not in ines.get(held).text  # for everyone who was there it is done
    assert f"2 / {len(room.app.extensions['library'].content.courses[COURSE].lessons)}" in ines.get(board).text
    assert "2 lessons taught in person" in room.enter("bob").get(f"/courses/{COURSE}").text
    with room.app.app_context():
        enrollment = find_enrollment(room.acme.users["bob"], COURSE)
        assert enrollment is not None
        assert len(list_readings(enrollment.id)) == 2
        acts = db.session.scalars(select(AuditEvent.act).where(AuditEvent.organization_id == room.acme.id)).all()
    assert {"session.held", "lesson.signed_off"} <= set(acts)


def test_who_was_there_is_exported_as_csv_or_xlsx_and_written_down(room: Room) -> None:
    ines, path = room.enter(), room.path("/sessions/exports")
    assert ines.post(path, {"form": "exe"}).status_code == 422
    assert ines.post(path, {"form": "xlsx"}).get_data().startswith(b"PK")
    with room.app.app_context():
        events = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "export.meetings")).all()
        assert [(event.subject_id, event.details) for event in events] == [(room.id, {"form": "xlsx"})]
