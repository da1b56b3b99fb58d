"""The mails about PINs to a firm's owners: that they are guessed, and that a slip was used, perhaps by someone else."""

from __future__ import annotations

from uuid import UUID

from flask import current_app

from trainer.core.db import db
from trainer.core.outbox import OutboxMessage
from trainer.extras.pins.models import PinSlip
from trainer.organizations.mail_words import plain_name
from trainer.organizations.models import LONGEST_NAME
from trainer.organizations.queries import find_open_firm
from trainer.web.emails import RenderedEmail, render_email

TEMPLATES = ("pins-paused", "slip-disputed", "slip-used")


def write(message: OutboxMessage) -> RenderedEmail | None:
    """Return the email's values, or None if the firm is shut."""
    if message.template == "pins-paused":
        organization_id, page = UUID(hex=message.ids["firm"]), "pin-slips"
    else:
        slip = db.session.get(PinSlip, UUID(hex=message.ids["slip"]))
        if slip is None:
            return None
        organization_id, page = slip.organization_id, "audit?act=pin_slip"
    firm = find_open_firm(organization_id)
    if firm is None:
        return None
    url = f"{current_app.config['SETTINGS'].base_url}/organizations/{firm.id}/{page}"
    return render_email(f"pins/mail/{message.template}", firm=plain_name(firm.name, LONGEST_NAME), url=url)
