"""What wrong PINs, slips and site devices tell of a person, and how they are forgotten. Never commits."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Final

from sqlalchemy import ColumnElement, delete, select, update

from trainer.core.db import db, delete_some
from trainer.core.privacy import Held, Told, tell_all
from trainer.extras.pins.models import PinSlip, PinTry, SiteDevice
from trainer.organizations.models import Membership

HELD: Final = {
    "account": Held({"pin_tries"}, ("wrong_pins",)),
    "rosters": Held({"pin_slips"}, ("pin_slips",)),
    "work": Held({"site_devices"}, ("site_devices", "pin_slips_printed")),
}
"""What it holds of people, by the sort of data that `trainer/privacy/register.py` tells of."""


def export_person(user_id: uuid.UUID) -> Told:
    """Return a person's wrong PINs and slips, without codes, and what the person printed and registered for firms."""
    tries = select(PinTry).where(PinTry.user_id == user_id).order_by(PinTry.at)
    slips = select(PinSlip).where(_is_for(user_id)).order_by(PinSlip.created_at, PinSlip.id)
    printed = select(PinSlip).where(PinSlip.created_by_id == user_id).order_by(PinSlip.created_at, PinSlip.id)
    devices = select(SiteDevice).where(SiteDevice.created_by_id == user_id).order_by(SiteDevice.created_at)
    return {
        "wrong_pins": tell_all(tries, "way", "at"),
        "pin_slips": tell_all(slips, "created_at", "expires_at", "used_at", "seen_at", "disputed_at", "revoked_at"),
        "pin_slips_printed": tell_all(printed, "created_at", "expires_at", "revoked_at"),
        "site_devices": tell_all(devices, "name", "created_at", "registered_at", "revoked_at"),
    }


def forget_person(user_id: uuid.UUID, now: dt.datetime) -> None:
    """Delete a person's wrong PINs and slips; what they printed and registered for firms stays, without their name."""
    for statement in (
        delete(PinTry).where(PinTry.user_id == user_id),
        delete(PinSlip).where(_is_for(user_id)),
        update(PinSlip).where(PinSlip.created_by_id == user_id).values(created_by_id=None),
        update(SiteDevice).where(SiteDevice.created_by_id == user_id).values(created_by_id=None),
    ):
        db.session.execute(statement.execution_options(synchronize_session=False))


def forget_firm(organization_id: uuid.UUID, most: int) -> int:
    """Delete at most so many slips and devices of a firm that is gone; return how many."""
    return delete_some(
        most,
        (PinSlip, PinSlip.organization_id == organization_id),
        (SiteDevice, SiteDevice.organization_id == organization_id),
    )


def _is_for(user_id: uuid.UUID) -> ColumnElement[bool]:
    return PinSlip.membership_id.in_(select(Membership.id).where(Membership.user_id == user_id))
