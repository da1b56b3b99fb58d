"""What waits to be done or sent can be given up, and tried again, by whoever runs the installation."""

from __future__ import annotations

import uuid

import pytest
from flask import Flask
from sqlalchemy import select

from trainer.core import clock
from trainer.core.audit import AuditEvent
from trainer.core.db import db, transaction
from trainer.core.outbox import OutboxMessage, post
from trainer.core.work import Job, order

pytestmark = pytest.mark.on_both


def run(app: Flask, *command: str) -> tuple[int, str]:
    """Run a command; return (exit code, what it said)."""
    ended = app.test_cli_runner().invoke(args=command)
    return ended.exit_code, ended.output


def test_a_job_is_given_up_and_tried_again(app: Flask) -> None:
    with app.app_context():
        with transaction():
            number = order("evidence-pack", clock.now(), ordered_by_id=uuid.uuid4()).id
            done = order("evidence-pack", clock.now(), ordered_by_id=uuid.uuid4())
            done.finished_at = clock.now()
            finished = done.id
        assert run(app, "jobs", "retry", str(number))[0] == 1  # it hasn't failed
        code, said = run(app, "jobs", "give-up", str(number))
        assert code == 0, said
        assert "order it again" in said
        assert run(app, "jobs", "give-up", str(number))[0] == 1
        job = db.session.get_one(Job, number, populate_existing=True)
        assert (job.failed_at is not None, job.last_error) == (True, "given up by an operator")
        assert db.session.scalars(select(AuditEvent.act)).all() == ["job.given_up"]
        code, said = run(app, "jobs", "retry", "--failed")
        assert (code, said[:8]) == (0, "1 job(s)"), said
        job = db.session.get_one(Job, number, populate_existing=True)
        assert (job.failed_at, job.tries) == (None, 0)
        assert run(app, "jobs", "retry", str(number))[0] == 0  # at once, instead of later
        for command in ("retry", "give-up"):
            assert run(app, "jobs", command, str(finished))[0] == 1
            assert "There is no such job" in run(app, "jobs", command, str(uuid.uuid4()))[1]
        assert run(app, "jobs", "retry")[0] == 1


def test_mails_are_given_up_one_by_one_or_by_domain(app: Flask) -> None:
    with app.app_context():
        with transaction():
            addresses = ("a@wrong.example", "b@Wrong.example", "c@notwrong.example", "d@right.example")
            numbers = [post("test", address, "en", {}, clock.now()).id for address in addresses]
            sent = post("test", "e@wrong.example", "en", {}, clock.now())
            sent.sent_at = clock.now()
        code, said = run(app, "mail", "give-up", "--to-domain", "@wrong.example")
        assert (code, said[:10]) == (0, "2 email(s)"), said
        assert run(app, "mail", "give-up", "--to-domain", "wrong.example")[0] == 1
        code, said = run(app, "mail", "give-up", str(numbers[3]))
        assert code == 0, said
        assert run(app, "mail", "give-up", str(numbers[3]))[0] == 1
        assert run(app, "mail", "give-up")[0] == 1
        waiting = select(OutboxMessage.recipient).where(
            OutboxMessage.dead_at.is_(None), OutboxMessage.sent_at.is_(None)
        )
        assert db.session.scalars(waiting).all() == ["c@notwrong.example"]
        assert db.session.scalars(select(AuditEvent.details).order_by(AuditEvent.at)).all() == [
            {"domain": "@wrong.example", "mails": 2},
            {"mails": 1},
        ]
        db.session.rollback()
        assert run(app, "mail", "retry", str(numbers[0]))[0] == 0
