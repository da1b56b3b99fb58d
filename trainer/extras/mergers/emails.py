"""Mails about entries on a roster that are joined, written when they are sent."""

from __future__ import annotations

from uuid import UUID

from flask import current_app

from trainer.core.db import db
from trainer.core.outbox import OutboxMessage
from trainer.extras.mergers.models import Merger
from trainer.organizations.models import Organization
from trainer.organizations.queries import find_open_firm
from trainer.web.emails import RenderedEmail, render_email

TEMPLATES = ("merger-asked", "merger-made", "merger-undone", "merger-disputed")


def write(message: OutboxMessage) -> RenderedEmail | None:
    """Return what the mail says, or None if it was answered, withdrawn, undone or settled."""
    merger = db.session.get(Merger, UUID(hex=message.ids["merger"]))
    if message.template in {"merger-undone", "merger-disputed"}:
        firm_open = find_open_firm(merger.organization_id) if merger is not None else None
        if firm_open is None:
            return None
        log = f"{current_app.config['SETTINGS'].base_url}/organizations/{firm_open.id}/audit?act=merger"
        return render_email(f"mergers/mail/{message.template}", firm=firm_open.name, url=log)
    if merger is None or merger.closed_at is not None or merger.seen_at is not None:
        return None
    firm = db.session.get_one(Organization, merger.organization_id).name
    url = f"{current_app.config['SETTINGS'].base_url}/account/mergers/{merger.id}"
    return render_email(f"mergers/mail/{message.template}", firm=firm, url=url)
