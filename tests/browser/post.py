"""The mail that people of a journey get: read from the outbox, as it would be sent now."""

from __future__ import annotations

import re

from sqlalchemy import select

from tests.browser.live import Live
from trainer.core.db import db
from trainer.core.outbox import OutboxMessage
from trainer.jobs import emails
from trainer.web.emails import RenderedEmail


def letter_to(live: Live, email: str, template: str) -> RenderedEmail:
    """Return the newest letter of a kind to someone."""
    with live.app.app_context():
        message = db.session.scalars(
            select(OutboxMessage)
            .where(OutboxMessage.recipient == email, OutboxMessage.template == template)
            .order_by(OutboxMessage.created_at.desc())
        ).first()
        assert message is not None, f"no {template} to {email}"
        letter = emails.write(message)
        assert letter is not None, f"{template} to {email} is no longer needed"
        return letter


def link_in(letter: RenderedEmail) -> str:
    """Return the first link of a letter."""
    found = re.search(r"^https?://\S+$", letter.text, re.MULTILINE)
    assert found, letter.text
    return found[0]
