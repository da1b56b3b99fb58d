"""Acme Security, whom Alice owns, and ways to put people, requirements and completions there."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID, uuid4

from flask import Flask

from tests import cast
from tests.cast import actor_of, add_second_factor, make_account, put_on_roster
from trainer.assignments.operations import require_course
from trainer.assignments.rules import Audience, RequiredTerms
from trainer.content.serving import served
from trainer.core import chance, clock
from trainer.core.db import db, transaction
from trainer.credentials.models import Credential
from trainer.credentials.rules import new_serial
from trainer.jobs.upkeep import keep_up
from trainer.organizations.actor import Actor
from trainer.organizations.models import Membership
from trainer.organizations.rules import Role

COURSE = "recognize"
EVERYONE = RequiredTerms(
    title="Every year",
    course=COURSE,
    audience=Audience(),
    starts_on=dt.date(2026, 11, 24),
    least_minutes=20,
    cadence_months=12,
    days_allowed=30,
    renewal_days=30,
)


@dataclass(frozen=True)
class Firm:
    """A firm and its owner."""

    app: Flask
    id: UUID
    owner_id: UUID

    def actor(self) -> Actor:
        """Return the owner, acting; needs an app context."""
        return actor_of(self.owner_id, self.id)

    def require(self, wanted: RequiredTerms = EVERYONE) -> UUID:
        """Require something."""
        with self.app.app_context(), transaction():
            return require_course(self.actor(), wanted, served().courses, clock.now()).id

    def add(self, name: str, *, hired_on: dt.date | None = None, joined: bool = True, role: Role = Role.MEMBER) -> UUID:
        """Put a person on the roster; return the membership's id."""
        email = f"{name.lower()}@example.org"
        user_id = make_account(self.app, email) if joined else None
        return put_on_roster(self.app, self.id, user_id, role, name=name, email=email, hired_on=hired_on)

    def user_of(self, membership_id: UUID) -> UUID:
        """Return the user of a membership."""
        with self.app.app_context():
            user_id = db.session.get_one(Membership, membership_id).user_id
        assert user_id is not None
        return user_id

    def keep_up(self) -> None:
        """Let happen what happens by itself."""
        with self.app.app_context():
            for _portion in keep_up(self.id):
                pass


def make_firm(app: Flask, zone: str = "America/New_York", email: str = "alice@example.org") -> Firm:
    """Make Alice Able and her firm."""
    alice = make_account(app, email)
    add_second_factor(app, alice)
    return Firm(app, cast.make_firm(app, alice, time_zone=zone), alice)


def earn(user_id: UUID, issued_on: dt.date, valid_until: dt.date, cycle: int = 1, **facts: object) -> Credential:
    """Write down a credential as it may have been issued long ago; needs a transaction."""
    credential = Credential(
        **{
            "id": uuid4(),
            "user_id": user_id,
            "course": COURSE,
            "cycle": cycle,
            "serial": new_serial(chance.rng),
            "status_index": chance.rng.randrange(1 << 30),
            "holder_name": "Bob",
            "course_title": "For everyone",
            "course_version": "1.0",
            "course_digest": "d",
            "achievement": "a",
            "scenes": 32,
            "minutes": 30,
            "started_on": issued_on,
            "is_attested": False,
            "is_paced": False,
            "issued_at": dt.datetime.combine(issued_on, dt.time(12), dt.UTC),
            "issued_on": issued_on,
            "valid_until": valid_until,
            "is_local_trial": False,
            **facts,
        }
    )
    db.session.add(credential)
    return credential
