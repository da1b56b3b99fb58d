"""Mails about another round of a final, written when they are sent."""

from __future__ import annotations

from uuid import UUID

from flask import current_app

from trainer.core.db import db
from trainer.core.outbox import OutboxMessage
from trainer.instructing.models import Cohort
from trainer.organizations.models import Membership, Organization
from trainer.web.emails import RenderedEmail, render_email

TEMPLATES = ("round-asked",)


def write(message: OutboxMessage) -> RenderedEmail | None:
    """Return what the mail says, or None if the class or the person is gone.

    It names nobody; the page that it links to does.
    """
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
