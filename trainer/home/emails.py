"""Mails about another round of a final and about entries on a roster that are joined, written when they are sent."""

from __future__ import annotations

from uuid import UUID

from flask import current_app

from trainer.core.db import db
from trainer.core.outbox import OutboxMessage
from trainer.instructing.models import Cohort
from trainer.organizations.models import Membership, Merger, Organization
from trainer.organizations.queries import find_open_firm
from trainer.web.emails import RenderedEmail, render_email

TEMPLATES = ("round-asked", "merger-asked", "merger-made", "merger-undone", "merger-disputed")


def write(message: OutboxMessage) -> RenderedEmail | None:
    """Return what the mail says, or None if the class or the person is gone.

    It names nobody; the page that it links to does.
    """
    if "merger" in message.ids:
        return _write_merger(message)
    base, ids = current_app.config["SETTINGS"].base_url, message.ids
    if "cohort" in ids:
        cohort = db.session.get(Cohort, UUID(hex=ids["cohort"]))
        if cohort is None or cohort.archived_at is not None:
            return None
        return render_email("home/mail/round-asked", place=cohort.title, url=f"{base}/cohorts/{cohort.id}")
    firm = db.session.get(Organization, UUID(hex=ids["organization"]))
    person = db.session.get(Membership, UUID(hex=ids["membership"]))
    if firm is None or person is None or person.ended_at is not None:
        return None
    return render_email(
        "home/mail/round-asked", place=firm.name, url=f"{base}/organizations/{firm.id}/training/{person.id}"
    )


def _write_merger(message: OutboxMessage) -> RenderedEmail | None:
    """Return what the mail says, or None if it was answered, withdrawn, undone or settled."""
    merger = db.session.get(Merger, UUID(hex=message.ids["merger"]))
    if message.template in {"merger-undone", "merger-disputed"}:
        firm_open = find_open_firm(merger.organization_id) if merger is not None else None
        if firm_open is None:
            return None
        log = f"{current_app.config['SETTINGS'].base_url}/organizations/{firm_open.id}/audit?act=merger"
        return render_email(f"home/mail/{message.template}", firm=firm_open.name, url=log)
    if merger is None or merger.closed_at is not None or merger.seen_at is not None:
        return None
    firm = db.session.get_one(Organization, merger.organization_id).name
    url = f"{current_app.config['SETTINGS'].base_url}/account/mergers/{merger.id}"
    return render_email(f"home/mail/{message.template}", firm=firm, url=url)
