"""What the made-up firm shows of links for inspectors."""

from __future__ import annotations

import datetime as dt

from trainer.extras.inspectors.operations import make_inspector_link, revoke_inspector_link
from trainer.organizations.actor import Actor


def show(actor: Actor, now: dt.datetime) -> None:
    """Create a link that was withdrawn half a year ago, and one that works."""
    before = now - dt.timedelta(days=197)
    link = make_inspector_link(actor, "Visit of the insurer", before)
    revoke_inspector_link(actor, link.id, before + dt.timedelta(hours=6))
    make_inspector_link(actor, "State inspector, yearly visit", now)
