"""The mail that invites someone into a firm, written when it is sent, from the records as they are then."""

from __future__ import annotations

from uuid import UUID

from flask import current_app

from trainer.core.clock import now
from trainer.core.db import db
from trainer.core.outbox import OutboxMessage
from trainer.organizations.invitations import find_invitation, token_of
from trainer.organizations.models import Invitation
from trainer.web.letters import Letter, write_letter

TEMPLATES = ("invitation",)


def write(message: OutboxMessage) -> Letter | None:
    """Return what the mail says, or None if it is no longer true: used, revoked, or the roster has another address."""
    invitation = db.session.get(Invitation, UUID(hex=message.ids["invitation"]))
    if invitation is None:
        return None
    token = token_of(invitation)
    invited = find_invitation(token, now())
    if invited is None:
        return None
    return write_letter(
        "organizations/mail/invitation",
        firm=invited.organization.name,
        until=invitation.expires_at.date(),
        url=f"{current_app.config['SETTINGS'].base_url}/invitations/{token}",
    )
