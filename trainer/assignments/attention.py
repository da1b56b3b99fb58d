"""What needs someone's attention of a firm's requirements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from flask import url_for
from flask_babel import ngettext

from trainer.assignments.queries import count_failed_reminders
from trainer.core.feature import AttentionLine, Urgency
from trainer.core.outbox import FAILED_FOR
from trainer.organizations.actor import Actor
from trainer.organizations.rules import May


def list_attention(actor: Actor, now: dt.datetime) -> Iterator[AttentionLine]:
    """Yield the requirements of which reminders couldn't be delivered."""
    if not actor.may(May.REQUIRE):
        return
    for requirement_id, title, count in count_failed_reminders(actor.organization_id, now - FAILED_FOR):
        text = ngettext(
            "%(num)s reminder couldn’t be delivered: %(title)s",
            "%(num)s reminders couldn’t be delivered: %(title)s",
            count,
            title=title,
        )
        address = url_for(
            "requirements.requirement",
            organization_id=actor.organization_id,
            requirement_id=requirement_id,
            show="failed",
        )
        yield AttentionLine(Urgency.FAILED, text, address)
