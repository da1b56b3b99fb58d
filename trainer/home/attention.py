"""What needs someone's attention in a firm: of people's training, and whatever else the features say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from flask import url_for
from flask_babel import ngettext

from trainer.compliance.rules import End, Outlook, StatusGroup
from trainer.core.feature import AttentionLine, Urgency, list_features
from trainer.home.rules import NEAR
from trainer.organizations.actor import Actor


def list_all_attention(actor: Actor, outlook: Outlook | None, now: dt.datetime) -> list[AttentionLine]:
    """Return what needs attention, the most urgent first, in a bounded number of statements.

    `outlook`: where people stand, if anything is required.
    """
    lines = list(_of_training(actor, outlook, actor.today(now))) if outlook is not None else []
    for feature in list_features():
        if feature.list_attention is not None:
            lines += feature.list_attention(actor, now)
    return sorted(lines, key=lambda line: line.urgency)


def _of_training(actor: Actor, outlook: Outlook, today: dt.date) -> Iterator[AttentionLine]:
    def status(**asked: Any) -> str:
        return url_for("training.status", organization_id=actor.organization_id, **asked)

    soon = {"from": today, "to": today + NEAR}
    if people := outlook.counts.people_of(StatusGroup.LATE):
        text = ngettext("%(num)s person is overdue", "%(num)s people are overdue", people)
        yield AttentionLine(Urgency.OVERDUE, text, status(group=StatusGroup.LATE))
    if count := outlook.ending(End.CERTIFICATE, today, today + NEAR):
        text = ngettext(
            "%(num)s certificate or training record expires within 14 days",
            "%(num)s certificates or training records expire within 14 days",
            count,
        )
        yield AttentionLine(Urgency.SOON, text, status(end=End.CERTIFICATE, **soon))
    if count := outlook.ending(End.WAIVER, today, today + NEAR):
        text = ngettext("%(num)s waiver ends within 14 days", "%(num)s waivers end within 14 days", count)
        yield AttentionLine(Urgency.SOON, text, status(end=End.WAIVER, **soon))
