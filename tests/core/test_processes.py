"""Who runs is known from what each process says of itself, by the database's clock, and forgotten a minute later."""

from __future__ import annotations

import datetime as dt
import os

import pytest
import time_machine
from flask import Flask

from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.core.processes import GONE_AFTER, Itself, ProcessRole, list_processes, measure_clock, note_seen

pytestmark = pytest.mark.on_both

MINUTE_LATER = GONE_AFTER + dt.timedelta(seconds=1)


def say(itself: Itself, content: str = "d1") -> None:
    with transaction():
        note_seen(itself, content)


def test_each_process_has_one_row_that_says_what_it_serves_now(app: Flask) -> None:
    with app.app_context():
        web, worker = Itself(ProcessRole.WEB, machine="a"), Itself(ProcessRole.WORKER, machine="a")
        for itself, content in [(web, "d1"), (worker, "d1"), (web, "d2")]:
            say(itself, content)
        rows = [(row.role, row.content, row.pid) for row in list_processes()]
        assert rows == [(ProcessRole.WEB, "d2", os.getpid()), (ProcessRole.WORKER, "d1", os.getpid())]
        assert all(row.version.startswith("0.") for row in list_processes())
        assert abs((list_processes()[0].started_at - web.started_at).total_seconds()) < 60


def test_one_that_says_nothing_for_a_minute_is_taken_to_have_ended_and_forgotten(app: Flask) -> None:
    if app.config["SETTINGS"].database_url.startswith("postgresql"):
        pytest.skip("nobody moves its clock")
    with app.app_context():
        old, new = Itself(ProcessRole.WEB), Itself(ProcessRole.WEB)
        with time_machine.travel(now() - MINUTE_LATER, tick=False):
            say(old)
            assert len(list_processes()) == 1
        assert list_processes() == []
        say(new)
        assert [row.id for row in list_processes()] == [new.id]


@pytest.mark.on_both(each_case=True)
@pytest.mark.parametrize("hours", [-2, 3])
def test_a_wrong_clock_is_measured_and_forgets_nobody(app: Flask, hours: int) -> None:
    if not app.config["SETTINGS"].database_url.startswith("postgresql"):
        pytest.skip("SQLite has the clock of whoever asks")
    with app.app_context():
        right, wrong = Itself(ProcessRole.WEB, machine="a"), Itself(ProcessRole.WEB, machine="b")
        say(right)
        with time_machine.travel(now() + dt.timedelta(hours=hours)):
            say(wrong)
        (first, second) = list_processes()
        assert abs(first.clock_ahead_ms) < 60_000
        assert second.clock_ahead_ms == pytest.approx(hours * 3_600_000, abs=60_000)
        assert abs((second.seen_at - first.seen_at).total_seconds()) < 60
        db.session.rollback()
        offset, instant = measure_clock()
        assert abs((now() - instant).total_seconds() - offset) < 60
