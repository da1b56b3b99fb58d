"""Site devices: browsers that a firm registered for a site. Make, register with a code, find, see, revoke.

A device says which firm someone means and keeps nothing of them. It is known by a cookie that its registration left;
its code and its cookie are held as keyed digests.
"""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from collections.abc import Sequence
from typing import NamedTuple

from flask import request
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, func, select, update

from trainer.accounts.operations import end_sessions_at
from trainer.accounts.rules import clean_name, is_printable_name
from trainer.core.audit import note
from trainer.core.db import db
from trainer.core.errors import Conflict, Invalid, NotFound
from trainer.core.signing import digest, digests
from trainer.extras.pins.models import SiteDevice
from trainer.extras.pins.slips import FIRM_CODE_LENGTH
from trainer.organizations.actor import Actor
from trainer.organizations.codes import new_code, read_code, show_code
from trainer.organizations.models import Organization, Team
from trainer.organizations.queries import firm_is_open, lock_organization
from trainer.organizations.team_queries import get_team
from trainer.web.sessions import site_cookie

CODE_LASTS = dt.timedelta(minutes=30)
MOST = 200
"""How many devices a firm can have that aren't revoked."""
_CODE, _TOKEN = "site-device-code", "site-device"


class DeviceSite(NamedTuple):
    """The device that this browser is, and its firm."""

    device: SiteDevice
    organization: Organization


def make_device(actor: Actor, name: str, team_id: uuid.UUID | None, now: dt.datetime) -> tuple[SiteDevice, str]:
    """Return a device to be registered, and the code that does it once. Raises Invalid, Conflict for too many."""
    cleaned = clean_name(name)
    if not is_printable_name(cleaned):
        raise Invalid(_l("Enter at least one letter."))
    if team_id is None and actor.team_ids is not None:
        raise Invalid(_l("Choose one of your teams."))
    if team_id is not None:
        get_team(actor, team_id)
    organization = lock_organization(actor)
    working = select(func.count()).where(
        SiteDevice.organization_id == actor.organization_id, SiteDevice.revoked_at.is_(None)
    )
    if (db.session.scalar(working) or 0) >= MOST:
        raise Conflict(_l("The firm has %(most)s devices. Revoke one first.", most=MOST))
    organization.code = organization.code or new_code(FIRM_CODE_LENGTH)
    code = new_code()
    device = SiteDevice(
        organization_id=actor.organization_id,
        team_id=team_id,
        name=cleaned,
        code_digest=digest(_CODE, code),
        code_expires_at=now + CODE_LASTS,
        created_at=now,
        created_by_id=actor.user_id,
    )
    db.session.add(device)
    db.session.flush()
    _note(actor.user_id, "site_device.made", device, now)
    return device, show_code(code)


def register(given: str, browser: str, now: dt.datetime) -> tuple[SiteDevice, str]:
    """Make this browser the device that a code is for; return it and what its cookie holds. Raises NotFound.

    If two people type the same code at once, one of them gets the device.
    """
    code_digests = digests(_CODE, read_code(given) or "")
    device = db.session.scalar(
        select(SiteDevice)
        .join(Organization, Organization.id == SiteDevice.organization_id)
        .where(SiteDevice.code_digest.in_(code_digests), firm_is_open())
    )
    if device is None:
        raise NotFound
    secret = secrets.token_urlsafe(32)
    taken = db.session.execute(
        update(SiteDevice)
        .where(
            SiteDevice.id == device.id,
            SiteDevice.code_digest.in_(code_digests),
            SiteDevice.code_expires_at > now,
            SiteDevice.revoked_at.is_(None),
        )
        .values(
            code_digest=None,
            token_digest=digest(_TOKEN, device.id.hex, secret),
            registered_at=now,
            last_seen_at=now,
            browser=browser,
        )
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise NotFound
    _note(device.created_by_id, "site_device.registered", device, now)
    return device, f"{device.id.hex}.{secret}"


def this_site() -> DeviceSite | None:
    """Return the device that this browser is, or None: not registered, revoked, or of a firm that is shut."""
    number, _, secret = request.cookies.get(site_cookie(), "").partition(".")
    try:
        device_id = uuid.UUID(hex=number)
    except ValueError:
        return None
    row = db.session.execute(
        select(SiteDevice, Organization)
        .join(Organization, Organization.id == SiteDevice.organization_id)
        .where(
            SiteDevice.id == device_id,
            SiteDevice.token_digest.in_(digests(_TOKEN, device_id.hex, secret)),
            SiteDevice.revoked_at.is_(None),
            firm_is_open(),
        )
    ).first()
    return DeviceSite(row[0], row[1]) if row is not None else None


def was_site() -> bool:
    """Return True if this browser was registered once, whether or not it still is a site device."""
    return bool(request.cookies.get(site_cookie()))


def see(device: SiteDevice, now: dt.datetime) -> None:
    """Note that a device was used."""
    db.session.execute(
        update(SiteDevice)
        .where(SiteDevice.id == device.id)
        .values(last_seen_at=now)
        .execution_options(synchronize_session=False)
    )


def list_devices(actor: Actor) -> Sequence[tuple[SiteDevice, str | None]]:
    """Return (device, name of its team) of those that the actor may handle and that aren't revoked, by name."""
    rows = db.session.execute(
        select(SiteDevice, Team.name)
        .outerjoin(Team, Team.id == SiteDevice.team_id)
        .where(_handled_by(actor), SiteDevice.revoked_at.is_(None))
        .order_by(SiteDevice.name, SiteDevice.id)
    )
    return [(row[0], row[1]) for row in rows]


def get_device(actor: Actor, device_id: uuid.UUID) -> SiteDevice:
    """Return a device that the actor may handle. Raises NotFound."""
    device = db.session.scalar(select(SiteDevice).where(SiteDevice.id == device_id, _handled_by(actor)))
    if device is None:
        raise NotFound
    return device


def revoke(actor: Actor, device_id: uuid.UUID, now: dt.datetime) -> None:
    """Revoke a device at once, and sign out anyone using it. Raises Conflict if it was already revoked."""
    device = get_device(actor, device_id)
    if device.revoked_at is not None:
        raise Conflict(_l("This device was already revoked."))
    device.revoked_at, device.token_digest, device.code_digest = now, None, None
    end_sessions_at(device.id, now)
    _note(actor.user_id, "site_device.revoked", device, now)


def _handled_by(actor: Actor) -> ColumnElement[bool]:
    in_firm = SiteDevice.organization_id == actor.organization_id
    return in_firm if actor.team_ids is None else and_(in_firm, SiteDevice.team_id.in_(actor.team_ids))


def _note(actor_id: uuid.UUID | None, act: str, device: SiteDevice, now: dt.datetime) -> None:
    note(
        act,
        now,
        actor_id=actor_id,
        organization_id=device.organization_id,
        subject_id=device.id,
        name=device.name,
    )
