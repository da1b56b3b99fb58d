"""A slip that waits, one that was used, a device at a site, and a wrong PIN."""

from __future__ import annotations

from trainer.core import clock
from trainer.core.db import db
from trainer.extras.pins.devices import make_device
from trainer.extras.pins.models import PinSlip, PinTry
from trainer.extras.pins.rules import Way
from trainer.extras.pins.slips import print_slip
from trainer.organizations.actor import Actor
from trainer.organizations.operations import PersonFacts, add_person

OF_FIRMS = {"pin_slips", "site_devices"}
TOLD = ()
LEFT: set[str] = set()
OF_PEOPLE = ()


def fill(actor: Actor, employee_number: str) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Print a slip for someone without an address; let one have been used for the actor, and a PIN not have fit."""
    now = clock.now()
    gus = PersonFacts("Gus Gold", None, employee_number=f"{employee_number}-5")
    print_slip(actor, add_person(actor, gus, [], now), now)
    device, _code = make_device(actor, "Gate tablet", None, now)
    used = PinSlip(
        organization_id=actor.organization_id,
        membership_id=actor.membership.id,
        created_by_id=actor.user_id,
        seal="s",
        created_at=now,
        expires_at=now,
        used_at=now,
    )
    db.session.add_all([used, PinTry(user_id=actor.user_id, way=Way.STRANGE, at=now)])
    db.session.flush()
    return {"device_id": str(device.id), "slip_id": str(used.id)}, {}
