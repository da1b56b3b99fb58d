"""Tablets and slips of a firm."""

from __future__ import annotations

import re
from uuid import UUID

from sqlalchemy import select

from tests.cast import actor_of
from tests.organizations.conftest import Acme
from tests.support import Visitor
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.extras.pins.devices import make_device
from trainer.extras.pins.models import PinSlip


class Tablet(Visitor):
    """A browser that many share, without a page on which one becomes a guest."""

    def token(self) -> str:
        """Return a form token of the page to sign in, or out."""
        pages = (self.client.get(path, base_url=self.base_url).text for path in ("/in", "/sign-out"))
        return next(found[1] for page in pages if (found := re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)))


def add_device(acme: Acme, by: str = "alice", name: str = "Gate tablet") -> tuple[UUID, str]:
    """Add a device; return its id and the code that registers it."""
    with acme.app.app_context(), transaction():
        device, code = make_device(actor_of(acme.users[by], acme.id), name, acme.harbor, clock.now())
        return device.id, code


def make_tablet(acme: Acme) -> tuple[Tablet, UUID]:
    """Return a registered tablet."""
    device, code = add_device(acme)
    tablet = Tablet(acme.app)
    assert tablet.post("/site-device", {"code": code.lower()}).location == "/in"
    return tablet, device


TOLD = "A PIN slip was used for your account"


def slip_ids(acme: Acme) -> list[UUID]:
    """Return the slips that were used, in order."""
    with acme.app.app_context():
        query = select(PinSlip.id).where(PinSlip.used_at.is_not(None)).order_by(PinSlip.used_at)
        return list(db.session.scalars(query))
