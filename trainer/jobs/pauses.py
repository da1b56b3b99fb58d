"""Tell firms at which too many wrong PINs were entered, one firm and one transaction at a time."""

from __future__ import annotations

from collections.abc import Iterator

from trainer.accounts.pins import list_paused_firms
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.jobs.isolation import Isolation
from trainer.organizations.pauses import tell_owners


def tell_of_pauses() -> Iterator[None]:
    """Tell their owners. One that fails holds up no other; raises Incomplete at the end if one did."""
    isolation = Isolation()
    ids = list_paused_firms(now())
    db.session.rollback()
    for organization_id in ids:
        with isolation.piece(f"telling of wrong PINs at {organization_id.hex}"), transaction():
            tell_owners(organization_id, now())
        yield
    isolation.finish()
