"""A wrong PIN is forgotten when its time is over, and not before."""

from __future__ import annotations

import datetime as dt

from flask import Flask
from sqlalchemy import func, select

from tests.cast import make_account
from trainer.core.db import db, transaction
from trainer.extras.pins.models import PinTry
from trainer.extras.pins.periods import PERIODS

MONDAY = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)


def test_a_try_goes_when_its_time_is_over_and_not_before(app: Flask) -> None:
    bob = make_account(app)
    (period,) = [one for one in PERIODS if one.record is PinTry]
    with app.app_context():
        with transaction():
            db.session.add(PinTry(user_id=bob, way="site", at=MONDAY))
        for shift, left in ((-1, 1), (1, 0)):
            with transaction():
                period.forget(MONDAY + period.lasts + dt.timedelta(minutes=shift))
            assert db.session.scalar(select(func.count()).select_from(PinTry)) == left
