"""What needs someone's attention of the rosters that they sent."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import String, cast, exists, func, select

from trainer.core.db import db
from trainer.core.feature import AttentionLine, Urgency
from trainer.core.work import Job
from trainer.organizations.actor import Actor
from trainer.organizations.rules import May
from trainer.roster.drafts import KEPT
from trainer.roster.models import RosterDraft
from trainer.roster.writing import KIND
from trainer.web.language import show_time

MOST_DRAFTS = 3


def list_attention(actor: Actor, now: dt.datetime) -> Iterator[AttentionLine]:
    """Yield the rosters that this person sent and hasn't confirmed; nobody else can open them."""
    if not actor.may(May.SET_TEAMS):
        return
    for draft_id, sent_at in _list_unconfirmed(actor, now):
        text = _("A roster that you sent at %(time)s is waiting for you to confirm it", time=show_time(sent_at))
        address = url_for("roster.draft", organization_id=actor.organization_id, draft_id=draft_id)
        yield AttentionLine(Urgency.UNFINISHED, text, address)


def _list_unconfirmed(actor: Actor, now: dt.datetime) -> Sequence[tuple[uuid.UUID, dt.datetime]]:
    """Return (id, when it was sent) of rosters, the newest first."""
    ordered = exists().where(
        Job.organization_id == actor.organization_id,
        Job.kind == KIND,
        Job.details["draft_id"].as_string() == func.replace(cast(RosterDraft.id, String), "-", ""),
    )
    query = (
        select(RosterDraft.id, RosterDraft.created_at)
        .where(
            RosterDraft.organization_id == actor.organization_id,
            RosterDraft.created_by_id == actor.user_id,
            RosterDraft.applied_at.is_(None),
            RosterDraft.created_at > now - KEPT,
            ~ordered,
        )
        .order_by(RosterDraft.created_at.desc(), RosterDraft.id)
        .limit(MOST_DRAFTS)
    )
    return [(row.id, row.created_at) for row in db.session.execute(query)]
