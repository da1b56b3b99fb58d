"""What the made-up firm shows of evidence packs."""

from __future__ import annotations

import datetime as dt

from trainer.extras.packs.operations import order_pack
from trainer.organizations.actor import Actor


def show(actor: Actor, now: dt.datetime) -> None:
    """Order a pack of a day a month ago."""
    order_pack(actor, now.date() - dt.timedelta(days=30), now)
