"""What needs someone's attention of a firm's webhooks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from urllib.parse import urlsplit

from flask import url_for
from flask_babel import gettext as _

from trainer.core.feature import AttentionLine, Urgency
from trainer.extras.webhooks.queries import list_webhooks
from trainer.organizations.actor import Actor
from trainer.organizations.rules import May


def list_attention(actor: Actor, _now: dt.datetime) -> Iterator[AttentionLine]:
    """Yield the webhooks that fail, or that nobody answers for."""
    if not actor.may(May.SET_FIRM):
        return
    for line in list_webhooks(actor):
        if not line.has_owner or (line.webhook.failures and line.webhook.paused_at is None):
            text = _("The webhook to %(host)s isn’t getting through", host=urlsplit(line.webhook.url).hostname)
            address = url_for("webhooks.webhook", organization_id=actor.organization_id, webhook_id=line.webhook.id)
            yield AttentionLine(Urgency.FAILED, text, address)
