"""Two entries of one person, to be joined."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from werkzeug.test import Cookie

from tests.cast import certify, join_class, make_account, make_class, put_on_roster, sign_in_as, start_practice
from tests.extras.pins.slips import PIN, add_gus, come_in, slip_for, user_of
from tests.organizations.conftest import Acme
from tests.remembered import remembered
from tests.support import COURSE, Visitor
from trainer.assessment.models import Attempt, Response
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.extras.mergers.models import Merger
from trainer.extras.mergers.tasks import settle_mergers
from trainer.learning.models import Enrollment, LessonResponse

NOON = "2026-11-25T12:00:00Z"
NUMBER = "00446"


@dataclass
class Pair:
    """Maria, who is in Acme as number 00446 with a PIN, and as maria@example.org with an account of her own."""

    acme: Acme
    phone: Visitor
    numbered: UUID
    pin_user: UUID
    addressed: UUID
    own_user: UUID

    def path(self) -> str:
        """Return the page on which the two are joined."""
        return self.acme.path(f"/people/{self.addressed}/merger/{self.numbered}")

    def merger(self) -> Merger:
        """Return the newest merger."""
        with self.acme.app.app_context():
            return db.session.scalars(select(Merger).order_by(Merger.asked_at.desc()).limit(1)).one()

    def ask(self, by: str = "alice", **fields: str) -> None:
        """Let staff ask."""
        answer = self.acme.enter(by).post(self.path(), {"employee_number": "kept", "name": "kept"} | fields)
        assert answer.status_code == 303, answer.text

    def answer(self, given: str, pin: str = PIN) -> str:
        """Let Maria answer; return what she reads then."""
        path, fields = f"/account/mergers/{self.merger().id}", {"answer": given, "pin": pin}
        return sign_in_as(self.acme.app, self.own_user).post(path, fields, follow_redirects=True).text

    def join(self, pin: str = PIN, **fields: str) -> None:
        """Ask, and let Maria agree."""
        self.ask(**fields)
        assert "The two entries are one now." in self.answer("yes", pin)

    def learn(self) -> None:
        """Let Maria do with her PIN what no firm sees, join a class, and earn a certificate."""
        app, acme = self.acme.app, self.acme
        join_class(app, self.pin_user, make_class(app, acme.users["ines"], acme.id), "Maria Gomez")
        certify(app, self.pin_user, "Maria Gomez")
        start_practice(app, self.pin_user)
        with app.app_context(), transaction():
            course, enrollment = served().courses[COURSE], db.session.scalars(select(Enrollment)).one()
            enrollment.place = "motel"
            facts = {"item": "q", "item_digest": "0" * 64, "given": {"a": 1}, "is_right": True}
            answered = LessonResponse(
                enrollment_id=enrollment.id, lesson=course.lessons[0].id, answered_at=clock.now(), **facts
            )
            db.session.add(answered)

    def secrets(self) -> tuple[set[UUID], list[str | None]]:
        """Return whose answers there are, and where people said they work."""
        owners = [
            select(Attempt.user_id),
            select(Enrollment.user_id).join(LessonResponse, LessonResponse.enrollment_id == Enrollment.id),
            select(Attempt.user_id).join(Response, Response.attempt_id == Attempt.id),
        ]
        with self.acme.app.app_context():
            of = [set(db.session.scalars(query)) for query in owners]
            assert of[1:] == of[:-1]
            return of[0], [place for place in db.session.scalars(select(Enrollment.place)) if place]


@pytest.fixture
def maria(acme: Acme) -> Iterator[Pair]:
    """Return Maria at noon."""
    with time_machine.travel(NOON, tick=False):
        pair, cookies = remembered(f"maria_{acme.id.hex}", acme.app, lambda: _make_with_cookies(acme))
        phone = Visitor(acme.app)
        phone.client._cookies = dict(cookies)
        yield replace(pair, acme=acme, phone=phone)


def _make_with_cookies(acme: Acme) -> tuple[Pair, dict[tuple[str, str, str], Cookie]]:
    pair = make_pair(acme)
    return pair, dict(pair.phone.client._cookies or {})


def make_pair(acme: Acme) -> Pair:
    """Let Maria join twice."""
    phone, numbered = Visitor(acme.app), add_gus(acme, NUMBER, "Maria Gomez")
    assert come_in(phone, acme, slip_for(acme, numbered), number=NUMBER).location == "/me"
    own = make_account(acme.app, "maria@example.org")
    addressed = put_on_roster(acme.app, acme.id, own, name="Maria Gómez", email="maria@example.org", teams=[acme.motel])
    return Pair(acme, phone, numbered, user_of(acme.app, numbered), addressed, own)


def dump(app: Flask, *records: type) -> dict[str, set[str]]:
    """Return every row of some tables."""
    with app.app_context():
        rows = {
            record.__name__: {repr(tuple(row)) for row in db.session.execute(select(record.__table__))}  # type: ignore[attr-defined]
            for record in records
        }
        db.session.rollback()
        return rows


def settle(app: Flask) -> None:
    """Run the worker's task."""
    with app.app_context():
        for _piece in settle_mergers():
            pass
