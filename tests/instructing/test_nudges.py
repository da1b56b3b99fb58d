"""A mail to whoever is stuck, at most one in three days, true when it is sent."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from sqlalchemy import func, select

from tests.cast import certify, code_of, context_of
from tests.instructing.conftest import Room, open_room
from tests.organizations.conftest import Acme
from trainer.content.library import Library
from trainer.content.times import Times
from trainer.core import clock
from trainer.core.audit import AuditEvent
from trainer.core.db import db, transaction
from trainer.core.outbox import OutboxMessage
from trainer.instructing.models import Nudge
from trainer.instructing.nudges import nudge
from trainer.instructing.operations import leave
from trainer.jobs.emails import write
from trainer.web.emails import RenderedEmail

pytestmark = pytest.mark.on_both


def send(room: Room) -> int:
    with room.app.app_context(), transaction():
        return nudge(context_of(room.acme.users["ines"], room.id), [room.bob], clock.now())


def letter(room: Room) -> RenderedEmail | None:
    with room.app.app_context():
        return write(db.session.scalars(select(OutboxMessage).where(OutboxMessage.template == "class-nudge")).one())


def test_one_person_gets_one_mail_in_three_days(room: Room) -> None:
    start = dt.datetime.now(dt.UTC)
    sent = []
    for hours in (0, 1, 71, 73, 80):
        with time_machine.travel(start + dt.timedelta(hours=hours), tick=False):
            sent.append(send(room))
    assert sent == [1, 0, 0, 1, 0]
    with room.app.app_context():
        mails = db.session.scalars(select(OutboxMessage.recipient).where(OutboxMessage.template == "class-nudge"))
        assert mails.all() == ["bob@example.org"] * 2
        assert db.session.scalar(select(func.count()).select_from(Nudge)) == 2
        acts = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "nudge.sent")).all()
        assert [event.details for event in acts] == [{"people": 1}] * 2


def test_the_mail_says_what_is_left_and_nothing_that_others_should_not_see(room: Room) -> None:
    send(room)
    mail = letter(room)
    assert mail is not None
    assert mail.subject == "From your class"
    lessons = len(room.app.extensions["library"].content.courses["recognize"].lessons)
    assert f"{lessons} lessons are left." in mail.text
    assert "/courses/recognize" in mail.text
    assert "traffick" not in mail.text.lower()


def test_whoever_has_not_begun_reads_how_much_there_is_to_read_of_a_choice_one_lesson(
    acme: Acme, shelf: Library
) -> None:
    room, course = open_room(acme, course="security-officer"), shelf.content.courses["security-officer"]
    send(room)
    mail = letter(room)
    assert mail is not None
    lessons = sum(1 if module.file.choose_one else len(module.lessons) for module in course.modules)
    assert 1 < lessons < len(course.lessons)
    assert f"{lessons} lessons are left. They take about {Times(shelf.content).core(course)} minutes." in mail.text


def test_a_mail_that_is_no_longer_true_isnt_sent(room: Room) -> None:
    send(room)
    code = code_of(room.app, room.id)
    with room.app.app_context(), transaction():
        leave(room.acme.users["bob"], code, clock.now())
    assert letter(room) is None


def test_whoever_is_done_meanwhile_isnt_written_to(room: Room) -> None:
    send(room)
    certify(room.app, room.acme.users["bob"])
    assert letter(room) is None
