"""A mail is ordered with its cause or not at all."""

from __future__ import annotations

import random

import pytest
from flask import Flask
from sqlalchemy import select

from trainer.core import clock
from trainer.core.audit import AuditEvent, note
from trainer.core.db import db, transaction
from trainer.core.outbox import OutboxMessage, post

pytestmark = pytest.mark.on_both

ROUNDS = 1_000


@pytest.mark.check("T111")
def test_whatever_is_broken_off_a_mail_is_there_exactly_where_its_cause_is(app: Flask) -> None:
    rng, kept = random.Random(11), set()
    with app.app_context():
        for number in range(ROUNDS):
            breaks_off = rng.choice([None, None, "before", "between", "after"])
            try:
                with transaction():
                    _act(f"act {number}", f"person{number}@example.org", breaks_off)
            except ZeroDivisionError:
                continue
            kept.add(number)
        causes = set(db.session.scalars(select(AuditEvent.act)))
        mailed = set(db.session.scalars(select(OutboxMessage.recipient)))
    assert 0 < len(kept) < ROUNDS
    assert causes == {f"act {number}" for number in kept}
    assert mailed == {f"person{number}@example.org" for number in kept}


def _act(act: str, recipient: str, breaks_off: str | None) -> None:
    """Do something and order a mail about it, or break off somewhere on the way."""
    for place in ("before", "between", "after"):
        if place == breaks_off:
            raise ZeroDivisionError
        if place == "before":
            note(act, clock.now())
        elif place == "between":
            post("no-account", recipient, "en", {}, clock.now())
        db.session.flush()
