"""The mails about someone's data. They say that something is so, and nothing of what is known."""

from __future__ import annotations

from uuid import UUID

from flask import current_app

from trainer.accounts.queries import find_user
from trainer.core.db import db
from trainer.core.outbox import OutboxMessage
from trainer.core.work import Job
from trainer.privacy.erasing import token_of
from trainer.privacy.rules import COPY_KEPT
from trainer.web.emails import RenderedEmail, render_email

TEMPLATES = ("copy-ready", "erasure-asked")


def write(message: OutboxMessage) -> RenderedEmail | None:
    """Return what the mail says, or None if the copy is gone, or nothing is to be erased any more."""
    base, template = current_app.config["SETTINGS"].base_url, f"privacy/mail/{message.template}"
    if message.template == "copy-ready":
        job = db.session.get(Job, UUID(hex=message.ids["copy"]))
        return render_email(template, url=f"{base}/account/data/copy", days=COPY_KEPT.days) if job else None
    user = find_user(UUID(hex=message.ids["user"]))
    if user is None or user.erases_at is None or user.erases_at.isoformat() != message.ids["erases_at"]:
        return None
    return render_email(template, url=f"{base}/erasures/{token_of(user)}", at=user.erases_at)
