"""Where too many wrong PINs were entered: telling a firm's owners, and opening it again. Never commits."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import select

from trainer.core import outbox
from trainer.core.audit import AuditEvent, note
from trainer.core.db import db
from trainer.extras.pins import pins
from trainer.extras.pins.rules import DAY
from trainer.organizations.actor import Actor
from trainer.organizations.queries import list_owner_addresses, lock_organization
from trainer.web.language import mail_language


def tell_owners(organization_id: uuid.UUID, now: dt.datetime) -> None:
    """Tell a firm's owners that no PINs from strange browsers are looked at: once a day, and again after an opening."""
    told = (
        select(AuditEvent.act)
        .where(
            AuditEvent.organization_id == organization_id,
            AuditEvent.act.in_(["pin.paused", "pin.opened"]),
            AuditEvent.at > now - DAY,
        )
        .order_by(AuditEvent.at.desc())
        .limit(1)
    )
    if db.session.scalar(told) == "pin.paused":
        return
    note("pin.paused", now, organization_id=organization_id)
    owners = list_owner_addresses(organization_id)
    mails = [(address, mail_language(language), {"firm": organization_id.hex}) for address, language in owners]
    outbox.post_all("pins-paused", mails, now)


def open_again(actor: Actor, now: dt.datetime) -> None:
    """Let PINs from strange browsers be looked at again; guesses at one account still count."""
    lock_organization(actor)
    pins.open_firm(actor.organization_id)
    note("pin.opened", now, actor_id=actor.user_id, organization_id=actor.organization_id)
