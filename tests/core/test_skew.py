"""A machine whose clock is wrong doesn't start where others share its database."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from flask import Flask

from trainer.cli.jobs import work
from trainer.core.clock import now
from trainer.core.db import db
from trainer.core.skew import MOST_SECONDS, ClockRefused, check_clock

pytestmark = pytest.mark.on_both


@pytest.mark.on_both(each_case=True)
@pytest.mark.parametrize(("minutes", "words"), [(10, "600 seconds ahead of"), (-10, "600 seconds behind")])
def test_a_worker_whose_clock_is_ten_minutes_off_is_refused_in_one_line(app: Flask, minutes: int, words: str) -> None:
    with app.app_context():
        is_shared = db.engine.dialect.name == "postgresql"
        with time_machine.travel(now() + dt.timedelta(minutes=minutes)):
            if not is_shared:
                check_clock()  # a file has no clock of its own
                return
            with pytest.raises(ClockRefused) as refused:
                work(app)
    assert words in refused.value.message
    assert "\n" not in refused.value.message


def test_a_clock_that_is_nearly_right_will_do(app: Flask) -> None:
    with app.app_context(), time_machine.travel(now() + dt.timedelta(seconds=MOST_SECONDS - 10)):
        check_clock()
