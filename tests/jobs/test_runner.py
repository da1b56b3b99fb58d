"""The worker goes on, whatever one mail, one job, one firm or one task does."""

from __future__ import annotations

import datetime as dt
import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import insert, select

from tests.assignments.firm import EVERYONE, make_firm
from tests.cast import actor_of
from tests.compliance.conftest import Training
from tests.compliance.conftest import training as training
from tests.jobs.conftest import Mailbox
from tests.organizations.conftest import acme as acme
from tests.support import PERIODS, TASKS, brings_only
from trainer.app import create_app
from trainer.assignments.models import Assignment, Reminder
from trainer.content.library import Library
from trainer.core import clock, outbox, work
from trainer.core.db import db, transaction
from trainer.core.feature import Task
from trainer.core.heartbeat import list_heartbeats
from trainer.core.isolation import Incomplete
from trainer.core.limits import LimitCount
from trainer.core.outbox import OutboxMessage, post
from trainer.core.settings import Settings
from trainer.core.work import Job
from trainer.credentials import certificate
from trainer.extras.packs.operations import order_pack
from trainer.jobs import runner
from trainer.jobs.upkeep import keep_up_all
from trainer.organizations.models import Organization

pytestmark = pytest.mark.on_both


@pytest.fixture
def mailing(app: Flask, settings: Settings, shelf: Library, mailbox: Mailbox) -> Flask:
    """Return the app with a mail server. (`app` has made the database.)"""
    return create_app(replace(settings, smtp_url=mailbox.url, mail_from="training@example.org"), shelf)


def work_through(app: Flask, *of: Task, rounds: int = 3) -> dict[str, tuple[int, bool]]:
    """Run the worker for some rounds; return (failures in a row, whether it ever ended well) of each task."""
    left = rounds
    told = {one: signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT)}

    def end() -> Iterator[None]:
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGTERM)
        yield

    with pytest.MonkeyPatch.context() as patch, app.app_context():
        brings_only(app, patch, tasks=(*(of or TASKS), Task("the last one", 0, end)))
        patch.setattr(runner, "PAUSE", 0.01)
        try:
            runner.run()
        finally:
            for number, handler in told.items():
                signal.signal(number, handler)
        return {one.task: (one.failures, one.ended_at is not None) for one in list_heartbeats()}


def test_mails_that_cannot_be_written_hold_up_no_other(mailing: Flask, mailbox: Mailbox) -> None:
    with mailing.app_context(), transaction():
        post("of-a-newer-version", "x@example.org", "en", {}, clock.now())
        post("new-password", "y@example.org", "en", {"link": "no number"}, clock.now())
        post("password-changed", "bob@example.org", "en", {}, clock.now())
    beats = work_through(mailing)
    assert mailbox.recipients == ["bob@example.org"]
    assert beats["mail"] == (0, True)
    with mailing.app_context():
        found = {one.recipient[0]: one for one in db.session.scalars(select(OutboxMessage))}
        assert [(found[one].tries, found[one].dead_at) for one in "xy"] == [(1, None)] * 2
        assert [(found[one].last_error or "").split(":")[0] for one in "xy"] == ["KeyError", "ValueError"]


def test_a_mail_that_ends_each_worker_is_given_up_and_listed(mailing: Flask, mailbox: Mailbox) -> None:
    with mailing.app_context(), transaction():
        post("password-changed", "x@example.org", "en", {}, clock.now())
    with time_machine.travel(clock.now()) as moved, mailing.app_context():
        for _worker in range(outbox.MOST_TRIES):  # each is killed before it notes anything
            with transaction():
                assert outbox.claim(clock.now()) is not None
            moved.shift(outbox.LEASE + dt.timedelta(seconds=1))
        with transaction():
            post("password-changed", "bob@example.org", "en", {}, clock.now())
        work_through(mailing)
    assert mailbox.recipients == ["bob@example.org"]
    listed = mailing.test_cli_runner().invoke(args=["mail", "list", "--dead"]).output
    assert "x@example.org  given up: tried too often" in listed
    assert "1 mail(s)" in listed


@pytest.mark.parametrize("poison", ["kind", "typst"])
def test_a_job_that_fails_holds_up_no_other_and_is_listed(
    training: Training, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, poison: str
) -> None:
    acme = training.acme
    with acme.app.app_context(), transaction():
        alice = acme.users["alice"]
        if poison == "kind":
            work.order("of-a-newer-version", clock.now(), ordered_by_id=alice)
        else:
            broken = tmp_path / "broken.typ"
            broken.write_text('#panic("broken")')
            monkeypatch.setattr(certificate, "TEMPLATE", broken)
            certificate._typeset.cache_clear()  # of what an earlier test drew
            actor = actor_of(alice, acme.id)
            order_pack(actor, actor.today(clock.now()), clock.now())
        later = work.order("of-a-newer-version", clock.now(), ordered_by_id=uuid4()).id
    beats = work_through(acme.app)
    assert beats["jobs"] == (0, True)
    with acme.app.app_context():
        assert db.session.get_one(Job, later).tries == 1  # it had its turn
    run = acme.app.test_cli_runner().invoke
    why = {"kind": "KeyError at trainer/jobs/work.py", "typst": "TypstError at trainer/web/paper.py"}[poison]
    assert why in run(args=["jobs", "list", "--failed"]).output
    with time_machine.travel(clock.now()) as moved, acme.app.app_context():
        for _try in range(work.MOST_TRIES):
            moved.shift(dt.timedelta(hours=1))
            work_through(acme.app)
    listed = run(args=["jobs", "list", "--failed"]).output
    assert listed.count("given up") == 2
    assert why in listed


def test_a_firm_that_fails_holds_up_no_other(app: Flask) -> None:
    with time_machine.travel("2026-11-30T15:00:00Z"):
        firms = [make_firm(app, email=f"{one}@example.org") for one in ("alice", "bea", "cleo")]
        for firm in firms:
            firm.require(EVERYONE)
        with app.app_context(), transaction() as session:
            session.get_one(Organization, firms[1].id).time_zone = "Nowhere/At-all"
        with app.app_context(), pytest.raises(Incomplete, match=firms[1].id.hex):
            list(keep_up_all())
        assert _reminded(app) == {firms[0].id, firms[2].id}
        beats = work_through(app, rounds=15)  # on a busy machine, a turn may end in the middle of the tasks
    assert beats["keep up requirements"] == (1, False)
    assert beats["erase accounts"] == (0, True)
    shown = app.test_cli_runner().invoke(args=["jobs", "beats"]).output
    line = next(one for one in shown.splitlines() if one.startswith("keep up requirements"))
    assert firms[1].id.hex in line
    assert "never" in line


def _reminded(app: Flask) -> set[UUID]:
    with app.app_context():
        return set(db.session.scalars(select(Assignment.organization_id).join(Reminder)))


def test_a_task_that_raises_waits_longer_each_time_and_the_next_goes_on(app: Flask) -> None:
    turns: list[str] = []

    def fail() -> Iterator[None]:
        turns.append("fail")
        raise ZeroDivisionError
        yield

    def go_on() -> Iterator[None]:
        turns.append("go on")
        yield

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runner, "FIRST_WAIT", 0.2)
        beats = work_through(app, Task("a", 0, fail), Task("b", 0, go_on), rounds=60)
    assert turns.count("go on") == 60
    assert 2 <= turns.count("fail") < 8
    assert beats["a"] == (turns.count("fail"), False)
    assert beats["b"] == (0, True)


def test_a_conflict_in_forgetting_is_that_sorts_own(app: Flask) -> None:
    def collide(now: dt.datetime) -> None:
        for _time in range(2):
            db.session.execute(insert(LimitCount).values(key="k", count=1, ends_at=now))

    forgotten: list[dt.datetime] = []

    def forget(now: dt.datetime) -> None:
        forgotten.append(now)

    periods = [replace(PERIODS[0], forget=one) for one in (collide, forget)]
    with pytest.MonkeyPatch.context() as patch:
        brings_only(app, patch, periods=tuple(periods))
        beats = work_through(app, *TASKS)
    assert beats["forget what has had its time"] == (1, False)
    assert beats["keep up requirements"] == (0, True)
    assert len(forgotten) == 1


def test_while_the_database_is_away_the_worker_waits_and_then_goes_on(app: Flask) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runner, "FIRST_WAIT", 0.05)
        away, answers = iter([True] * 3), []

        def ask() -> Iterator[None]:
            with transaction() as session:
                if next(away, False):
                    session.connection().close()  # the connection is gone under its feet
                    session.connection().exec_driver_sql("SELECT 1 FROM nowhere_at_all")
                answers.append(session.connection().exec_driver_sql("SELECT 1").scalar())
            yield

        beats = work_through(app, Task("ask", 0, ask), rounds=80)
    assert answers
    assert beats["ask"] == (0, True)
