"""Guests are forgotten once their browsers have forgotten them, and nobody else is."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from tests.support import COURSE, Visitor, keys
from trainer.accounts.models import User
from trainer.assessment.models import Attempt, Response
from trainer.core import clock
from trainer.core.db import Base, db, transaction
from trainer.joining.operations import forget_guests
from trainer.learning.models import Enrollment


def count(record: type[Base]) -> int:
    return db.session.scalar(select(func.count()).select_from(record)) or 0


@pytest.mark.asvs("14.2.7")
def test_a_guest_is_forgotten_with_everything_after_seven_idle_days(app: Flask) -> None:
    with time_machine.travel("2026-11-24T12:00:00Z") as traveller:
        guest, account = Visitor(app), Visitor(app)
        guest.keep()
        guest.start("practices")
        account.sign_up()
        account.start("practices")
        traveller.shift(dt.timedelta(days=8))
        with app.app_context():
            with transaction():
                assert forget_guests(clock.now()) == 1
            assert [count(one) for one in (User, Enrollment, Attempt, Response)] == [1, 1, 1, 6]


@pytest.mark.on_both
def test_a_guest_who_was_here_this_week_is_kept(app: Flask) -> None:
    with time_machine.travel("2026-11-24T12:00:00Z") as traveller:
        guest = Visitor(app)
        guest.keep()
        attempt = guest.start("practices")
        traveller.shift(dt.timedelta(days=6))
        _truth, action, _harmful = keys(app, attempt)[0]
        assert guest.answer(attempt, 1, "report-now", action).status_code == 303
        traveller.shift(dt.timedelta(days=6))
        with app.app_context():
            with transaction():
                assert forget_guests(clock.now()) == 0
            assert count(User) == 1
        assert guest.get(f"/courses/{COURSE}").status_code == 200
