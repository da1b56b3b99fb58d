"""What needs someone's attention of a firm's reports."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from flask import url_for
from flask_babel import ngettext

from trainer.core.feature import AttentionLine, Urgency
from trainer.extras.reports.queries import count_undeliverable
from trainer.organizations.actor import Actor
from trainer.organizations.rules import May


def list_attention(actor: Actor, _now: dt.datetime) -> Iterator[AttentionLine]:
    """Yield at how many addresses reports stopped."""
    if not actor.may(May.SEE_TRAINING):
        return
    if count := count_undeliverable(actor):
        text = ngettext(
            "%(num)s address that gets reports by email can’t be reached",
            "%(num)s addresses that get reports by email can’t be reached",
            count,
        )
        yield AttentionLine(Urgency.FAILED, text, url_for("reports.reports", organization_id=actor.organization_id))
