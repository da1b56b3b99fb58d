"""Mails that are ordered and sent."""

from __future__ import annotations

from flask import Flask

from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.core.outbox import OutboxMessage, post
from trainer.jobs.delivery import deliver

ADDRESS = "bob@example.org"


def order(app: Flask, number: int = 1) -> None:
    """Order mails that need no record."""
    with app.app_context(), transaction():
        for _mail in range(number):
            post("password-changed", ADDRESS, "en", {}, clock.now())


def send(app: Flask) -> int:
    """Deliver what is due; return how many mails were taken up."""
    with app.app_context():
        return sum(1 for _mail in deliver())


def states(app: Flask) -> list[tuple[bool, bool, int]]:
    """Return (sent, given up, tries) of each mail."""
    with app.app_context():
        return [
            (one.sent_at is not None, one.dead_at is not None, one.tries) for one in db.session.query(OutboxMessage)
        ]
