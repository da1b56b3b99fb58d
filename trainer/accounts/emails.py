"""The mails of accounts. Each is written when it is sent, from the records as they are then."""

from __future__ import annotations

from uuid import UUID

from flask import current_app

from trainer.accounts.models import Link
from trainer.core.clock import now
from trainer.core.db import db
from trainer.core.outbox import OutboxMessage
from trainer.core.signing import seal
from trainer.web.emails import RenderedEmail, render_email

_WITH_LINK = {
    "confirm-address": "/confirmations/{}",
    "new-password": "/password-reset/{}",
    "sign-up": "/sign-up/{}",
    "new-address": "/account/address/{}",
}
_PLAIN = {
    "no-account": "/sign-up",
    "has-account": "/sign-in",
    "password-changed": "/password-reset",
    "pin-replaced": "/password-reset",
    "address-asked": "/account",
    "address-taken": "/account",
    "codes-refused": "/password-reset",
    "second-factor-on": "/account",
    "second-factor-off": "/account",
}
TEMPLATES = (*_WITH_LINK, *_PLAIN)


def write(message: OutboxMessage) -> RenderedEmail | None:
    """Return what the mail says, or None if it is no longer true: its link was used or has expired."""
    base = current_app.config["SETTINGS"].base_url
    if message.template in _WITH_LINK:
        link = db.session.get(Link, UUID(hex=message.ids["link"]))
        if link is None or link.used_at is not None or link.expires_at <= now():
            return None
        url = base + _WITH_LINK[message.template].format(token_of(link))
    else:
        url = base + _PLAIN[message.template]
    return render_email(f"accounts/mail/{message.template}", url=url)


def token_of(link: Link) -> str:
    """Return what stands in the mailed address: the same at each retry, and stored nowhere."""
    return f"{link.id.hex}.{seal(f'link-{link.purpose}', link.id.hex, link.nonce)}"
