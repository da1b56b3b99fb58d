"""The mails that invite someone into a firm and that say it was closed, written when they are sent."""

from __future__ import annotations

from uuid import UUID

from flask import current_app

from trainer.core.clock import now
from trainer.core.db import db
from trainer.core.outbox import OutboxMessage
from trainer.organizations.invitations import find_invitation, token_of
from trainer.organizations.models import Invitation, Membership, Organization
from trainer.organizations.rules import FirmState, Role, firm_state, local_day
from trainer.web.letters import Letter, write_letter

TEMPLATES = ("invitation", "firm-closed")


def write(message: OutboxMessage) -> Letter | None:
    """Return what the mail says, or None if it is no longer true."""
    if message.template == "firm-closed":
        return _write_closed(UUID(hex=message.ids["organization"]), UUID(hex=message.ids["membership"]))
    return _write_invitation(UUID(hex=message.ids["invitation"]))


def _write_invitation(invitation_id: UUID) -> Letter | None:
    """None: used, revoked, the roster has another address, or the firm is shut."""
    invitation = db.session.get(Invitation, invitation_id)
    if invitation is None:
        return None
    token = token_of(invitation)
    invited = find_invitation(token, now())
    if invited is None:
        return None
    return write_letter(
        "organizations/mail/invitation",
        firm=invited.organization.name,
        until=local_day(invited.organization.time_zone, invitation.expires_at),
        url=f"{_base()}/invitations/{token}",
    )


def _write_closed(organization_id: UUID, membership_id: UUID) -> Letter | None:
    """None: opened again, suspended or deleted, or the person is no owner any more."""
    firm, reader = db.session.get(Organization, organization_id), db.session.get(Membership, membership_id)
    if firm is None or reader is None or firm.closed_at is None or firm.deletes_at is None:
        return None
    is_owner = reader.role == Role.OWNER and reader.ended_at is None
    if not is_owner or firm_state(firm.suspended_at, firm.closed_at) is not FirmState.CLOSED:
        return None
    return write_letter(
        "organizations/mail/firm-closed",
        firm=firm.name,
        closed_on=local_day(firm.time_zone, firm.closed_at),
        deleted_on=local_day(firm.time_zone, firm.deletes_at),
        url=f"{_base()}/organizations/{firm.id}",
    )


def _base() -> str:
    return str(current_app.config["SETTINGS"].base_url)
