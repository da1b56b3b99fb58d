"""The mail that says that a firm was closed, written when it is sent."""

from __future__ import annotations

from uuid import UUID

from flask import current_app

from trainer.core.db import db
from trainer.core.outbox import OutboxMessage
from trainer.organizations.models import Membership, Organization
from trainer.organizations.rules import FirmState, Role, firm_state, local_day
from trainer.web.emails import RenderedEmail, render_email

TEMPLATES = ("firm-closed",)


def write(message: OutboxMessage) -> RenderedEmail | None:
    """Return what the mail says, or None: opened again, suspended or deleted, or the person is no owner any more."""
    organization_id, membership_id = UUID(hex=message.ids["organization"]), UUID(hex=message.ids["membership"])
    firm, reader = db.session.get(Organization, organization_id), db.session.get(Membership, membership_id)
    if firm is None or reader is None or firm.closed_at is None or firm.deletes_at is None:
        return None
    is_owner = reader.role == Role.OWNER and reader.ended_at is None
    if not is_owner or firm_state(firm.suspended_at, firm.closed_at) is not FirmState.CLOSED:
        return None
    return render_email(
        "organizations/mail/firm-closed",
        firm=firm.name,
        closed_on=local_day(firm.time_zone, firm.closed_at),
        deleted_on=local_day(firm.time_zone, firm.deletes_at),
        url=f"{current_app.config['SETTINGS'].base_url}/organizations/{firm.id}",
    )
