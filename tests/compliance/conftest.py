"""Acme Security requires the course of everyone; Bob has passed, Dana hasn't come in."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from tests.cast import actor_of, certify, make_account, put_on_roster
from tests.organizations.conftest import Acme
from tests.organizations.conftest import acme as acme
from tests.remembered import remembered
from tests.support import COURSE
from trainer.assignments.operations import require_course
from trainer.assignments.rules import Audience, RequiredTerms
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.credentials.models import Credential


@dataclass
class Training:
    """The firm, and its requirement."""

    acme: Acme
    requirement: UUID


def require(app: Flask, owner: UUID, firm: UUID, **changes: object) -> UUID:
    """Require the course; return the requirement's id."""
    facts: dict[str, object] = {
        "title": "For everyone, yearly",
        "course": COURSE,
        "audience": Audience(),
        "starts_on": dt.date(2026, 1, 5),
        "least_minutes": 0,
        "cadence_months": 12,
        "days_allowed": 90,
        "renewal_days": 60,
    }
    with app.app_context(), transaction():
        wanted = RequiredTerms(**(facts | changes))  # type: ignore[arg-type]
        return require_course(actor_of(owner, firm), wanted, served().courses, clock.now()).id


def earn_many(training: Training, number: int) -> None:
    """Give so many more guards a certificate, copied from Bob's."""
    acme = training.acme
    with acme.app.app_context():
        bobs = db.session.scalars(select(Credential).where(Credential.user_id == acme.users["bob"])).one()
        facts = {column.name: getattr(bobs, column.name) for column in Credential.__table__.columns}
    for one in range(number):
        user = make_account(acme.app, f"g{one}@example.org")
        put_on_roster(acme.app, acme.id, user, name=f"Guard {one:02}", email=f"g{one}@example.org")
        with acme.app.app_context(), transaction() as session:
            own = {"id": UUID(int=one + 1), "user_id": user, "serial": f"{one:027}", "status_index": 1 << 30 | one}
            session.add(Credential(**(facts | own)))


@pytest.fixture
def training(app: Flask, acme: Acme) -> Training:
    found = remembered("training", app, lambda: _train(acme))
    return Training(replace(found.acme, app=app), found.requirement)


def _train(acme: Acme) -> Training:
    certify(acme.app, acme.users["bob"])
    return Training(acme, require(acme.app, acme.users["alice"], acme.id))
