"""The mails about passkeys: one was added or removed, or may have been copied."""

from __future__ import annotations

from flask import current_app

from trainer.core.outbox import OutboxMessage
from trainer.web.emails import RenderedEmail, render_email

TEMPLATES = ("passkey-added", "passkey-removed", "passkey-copied")


def write(message: OutboxMessage) -> RenderedEmail:
    """Return what the mail says."""
    url = f"{current_app.config['SETTINGS'].base_url}/account/passkeys"
    return render_email(f"passkeys/mail/{message.template}", url=url)
