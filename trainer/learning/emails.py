"""Mail about what became of a certificate, written when it is sent."""

from __future__ import annotations

from uuid import UUID

from flask import current_app

from trainer.core.db import db
from trainer.core.outbox import OutboxMessage
from trainer.credentials.models import Credential
from trainer.credentials.words import reason_words
from trainer.web.emails import RenderedEmail, render_email

TEMPLATES = ("certificate-reissued", "certificate-withdrawn")


def write(message: OutboxMessage) -> RenderedEmail | None:
    """Return what the mail says, or None if it is no longer true: the certificate was reissued again, or withdrawn."""
    credential = db.session.get_one(Credential, UUID(hex=message.ids["credential"]))
    base = current_app.config["SETTINGS"].base_url
    # Whoever else reads this mailbox learns neither the name nor a number under which anyone can see it.
    told = {"course": credential.course_title, "url": f"{base}/me", "contact": f"{base}/contact"}
    if message.template == "certificate-withdrawn":
        reason = reason_words(credential.revocation_reason)
        return render_email("learning/mail/certificate-withdrawn", reason=reason, **told)
    if credential.reissued_at is not None or credential.revoked_at is not None:
        return None
    return render_email("learning/mail/certificate-reissued", **told)
