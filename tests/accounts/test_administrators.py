"""Who runs the installation, as far as pages ask."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from tests.cast import appoint, make_account
from trainer.accounts import administrators
from trainer.accounts.models import Administrator
from trainer.accounts.privacy import export_person, forget_person
from trainer.core import clock
from trainer.core.audit import AuditEvent
from trainer.core.db import db, transaction
from trainer.core.errors import Conflict, NotFound


def test_an_administrator_is_one_until_dismissed_and_both_are_written_down(app: Flask) -> None:
    root, bob = make_account(app, "root@example.org"), make_account(app)
    appoint(app, root)
    with app.app_context(), transaction():
        assert [administrators.is_administrator(one) for one in (root, bob)] == [True, False]
        administrators.dismiss("ROOT@example.org", clock.now())
        db.session.flush()
        assert not administrators.is_administrator(root)
    with app.app_context():
        acts = db.session.scalars(select(AuditEvent.act).where(AuditEvent.subject_id == root)).all()
        assert {"administrator.appointed", "administrator.dismissed"} <= set(acts)


def test_nobody_is_appointed_twice_or_without_an_account(app: Flask) -> None:
    appoint(app, make_account(app))
    with app.app_context():
        with pytest.raises(Conflict), transaction():
            administrators.appoint("bob@example.org", clock.now())
        for act in (administrators.appoint, administrators.dismiss):
            with pytest.raises(NotFound), transaction():
                act("nobody@example.org", clock.now())


def test_it_is_told_and_forgotten_with_the_account(app: Flask) -> None:
    bob = make_account(app)
    appoint(app, bob)
    with app.app_context(), transaction():
        assert [set(one) for one in export_person(bob)["administrator"]] == [{"appointed_at"}]
        forget_person(bob, clock.now())
        assert db.session.scalars(select(Administrator)).all() == []
