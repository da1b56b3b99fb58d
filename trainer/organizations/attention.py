"""What needs someone's attention of people who haven't joined."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from flask import url_for
from flask_babel import ngettext

from trainer.core.feature import AttentionLine, Urgency
from trainer.organizations.actor import Actor
from trainer.organizations.rules import May
from trainer.organizations.waiting import InvitationNeed, count_by_need


def list_attention(actor: Actor, now: dt.datetime) -> Iterator[AttentionLine]:
    """Yield invitations that failed, have no answer or are missing, of the people whom the actor sees."""
    if not actor.may(May.SEE_TRAINING):
        return
    invited = count_by_need(actor, now)

    def invitations(state: InvitationNeed) -> str:
        return url_for("invitations.invitations", organization_id=actor.organization_id, state=state)

    if count := invited[InvitationNeed.REFUSED]:
        text = ngettext("%(num)s invitation couldn’t be delivered", "%(num)s invitations couldn’t be delivered", count)
        yield AttentionLine(Urgency.FAILED, text, invitations(InvitationNeed.REFUSED))
    if count := invited[InvitationNeed.UNANSWERED]:
        text = ngettext(
            "%(num)s invitation has no answer, and nothing more goes out automatically",
            "%(num)s invitations have no answer, and nothing more goes out automatically",
            count,
        )
        yield AttentionLine(Urgency.NOT_STARTED, text, invitations(InvitationNeed.UNANSWERED))
    if count := invited[InvitationNeed.NEW]:
        text = ngettext("%(num)s person hasn’t been invited", "%(num)s people haven’t been invited", count)
        yield AttentionLine(Urgency.NOT_STARTED, text, invitations(InvitationNeed.NEW))
