"""How people of the made-up firm join without an address."""

from __future__ import annotations

import datetime as dt
import secrets
from functools import cache

from sqlalchemy import select

from trainer.accounts.models import User
from trainer.core.db import db
from trainer.extras.pins.models import PinSlip
from trainer.extras.pins.pins import HashedPin, hash_pin
from trainer.extras.pins.signing_in import choose_pin
from trainer.extras.pins.slips import is_good, print_slip
from trainer.organizations.actor import Actor
from trainer.organizations.models import Membership


def join_in_demo(actor: Actor, person: Membership, now: dt.datetime) -> User:
    """Return the account that someone opens with a slip, and with a PIN that nobody knows."""
    print_slip(actor, person, now)
    slip = db.session.scalars(select(PinSlip).where(PinSlip.membership_id == person.id, is_good(now))).one()
    return choose_pin(slip.id, _unknown_pin(), None, now)


@cache
def _unknown_pin() -> HashedPin:
    return hash_pin(f"{secrets.randbelow(10**12):012}")  # once for all of them: it takes its time
