"""Pages of firms of several sizes: what they cost again, and right after a change to what their counts rest on."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from uuid import UUID

from flask import Flask
from sqlalchemy import select, update

from tests.support import Visitor
from trainer.core.db import db, transaction
from trainer.extras.api.queries import page_of_credentials
from trainer.organizations.models import Membership
from trainer.organizations.queries import find_actor
from trainer.organizations.rules import Role

ROUNDS = 9
LISTS = {"people": "/people", "teams": "/teams", "requirements": "/requirements", "the firm's own page": ""}
STANDING = {
    "training status": "/training",
    "training status, by name": "/training?order=name",
    "training status, late by due day": "/training?group=late&order=due",
}


def measure(app: Flask, visitor: Visitor, firm: str) -> dict[str, tuple[float, float]]:
    """Return page -> (CPU seconds where nothing changed, right after a change), medians."""
    firm_id = UUID(firm.rpartition("/")[2])
    with app.app_context():
        of_firm = (Membership.organization_id == firm_id, Membership.role == Role.OWNER)
        owner = db.session.scalars(select(Membership.user_id).where(*of_firm)).one()

    def change() -> None:
        with app.app_context(), transaction():
            db.session.execute(update(Membership).where(*of_firm).values(ended_at=None))

    def credentials() -> None:
        with app.app_context():
            actor = find_actor(owner, firm_id) if owner else None
            assert actor is not None
            assert page_of_credentials(actor, None, "", 500).rows

    ways: dict[str, Callable[[], object]] = {
        name: lambda path=path: visitor.get(firm + path)  # type: ignore[misc]
        for name, path in (LISTS | STANDING).items()
    }
    ways["500 credentials for the API"] = credentials
    assert all(visitor.get(firm + path).status_code == 200 for path in (LISTS | STANDING).values())
    return {name: (_median(way), _median(way, change)) for name, way in ways.items()}


def _median(act: Callable[[], object], before: Callable[[], None] = lambda: None) -> float:
    act()
    times = []
    for _round in range(ROUNDS):
        before()
        begun = time.process_time()
        act()
        times.append(time.process_time() - begun)
    return statistics.median(times)
