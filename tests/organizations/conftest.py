"""Acme Security with its people, and another firm."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from uuid import UUID

import pytest
from flask import Flask

from tests.cast import LOCAL, actor_of, add_second_factor, make_account, make_firm, make_site, put_on_roster, sign_in_as
from tests.remembered import remembered
from tests.support import Visitor
from trainer.core.clock import now
from trainer.organizations.rules import Role


@dataclass
class Acme:
    """The firm, its sites and who is in it, by name."""

    app: Flask
    id: UUID
    harbor: UUID
    motel: UUID
    users: dict[str, UUID]
    people: dict[str, UUID]
    """Memberships."""
    other: UUID
    """Another firm, with Mallory as its owner."""
    others_team: UUID
    others_person: UUID

    def enter(self, name: str) -> Visitor:
        """Return a browser of one of the users."""
        return sign_in_as(self.app, self.users[name], LOCAL)

    def enter_as(self, user_id: UUID) -> Visitor:
        """Return a browser of anyone else."""
        return sign_in_as(self.app, user_id, LOCAL)

    def path(self, rest: str = "") -> str:
        """Return an address in the firm."""
        return f"/organizations/{self.id}{rest}"

    def today(self) -> dt.date:
        """Return the firm's day, which isn't UTC's for some hours of each day."""
        with self.app.app_context():
            return actor_of(self.users["alice"], self.id).today(now())


@pytest.fixture
def acme(app: Flask) -> Acme:
    """Return the firm."""
    return replace(remembered("acme", app, lambda: make_acme(app)), app=app)


def make_acme(app: Flask) -> Acme:
    """Make the firm.

    Alice owns it; Mona manages all, Mark the harbor only; Ines teaches; Bob (harbor) and Dana (motel) guard.
    """
    names = ("alice", "mona", "mark", "ines", "bob", "charlie", "mallory")
    users = {name: make_account(app, f"{name}@example.org") for name in names}
    for name in ("alice", "mona", "mark", "ines", "mallory"):
        add_second_factor(app, users[name])
    firm = make_firm(app, users["alice"])
    harbor, motel = (make_site(app, users["alice"], firm, name) for name in ("Harbor Mall", "Motel 95"))
    other = make_firm(app, users["mallory"], "Other Security")
    people = {
        "mona": put_on_roster(
            app, firm, users["mona"], Role.MANAGER, name="Mona May", email="mona@example.org", manages_all=True
        ),
        "mark": put_on_roster(
            app, firm, users["mark"], Role.MANAGER, name="Mark Moe", email="mark@example.org", teams=[harbor]
        ),
        "ines": put_on_roster(app, firm, users["ines"], Role.INSTRUCTOR, name="Ines Ito", email="ines@example.org"),
        "bob": put_on_roster(app, firm, users["bob"], teams=[harbor]),
        "dana": put_on_roster(app, firm, None, name="Dana Dow", email="dana@example.org", teams=[motel]),
    }
    return Acme(
        app=app,
        id=firm,
        harbor=harbor,
        motel=motel,
        users=users,
        people=people,
        other=other,
        others_team=make_site(app, users["mallory"], other, "Secret Site"),
        others_person=put_on_roster(app, other, None, name="Canary Quux", email="canary@example.org"),
    )
