"""What needs someone's attention of people's training, besides what is overdue or ends soon."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Row, select

from trainer.assignments.earlier_queries import count_to_approve
from trainer.assignments.queries import required_of
from trainer.compliance.queries import list_round_requests
from trainer.core.db import db
from trainer.core.feature import AttentionLine, Urgency
from trainer.credentials.models import Credential
from trainer.credentials.words import reason_words
from trainer.organizations.actor import Actor
from trainer.organizations.models import Membership
from trainer.organizations.queries import seen_by
from trainer.organizations.rules import May
from trainer.web.language import isolated, show_day

WITHDRAWN_FOR = dt.timedelta(days=30)
"""How long a firm is told that a certificate was withdrawn."""


def list_attention(actor: Actor, now: dt.datetime) -> Iterator[AttentionLine]:
    """Yield changes in the training of the people the actor sees, and what awaits the actor's decision."""
    if not actor.may(May.SEE_TRAINING):
        return

    def page(endpoint: str, **asked: Any) -> str:
        return url_for(endpoint, organization_id=actor.organization_id, **asked)

    for certificate in _list_withdrawn(actor, now):
        text = _(
            "%(name)s’s certificate was withdrawn on %(day)s: %(reason)s",
            name=isolated(certificate.name),
            day=show_day(certificate.revoked_at),
            reason=reason_words(certificate.revocation_reason),
        )
        address = page("training.person", membership_id=certificate.id)
        yield AttentionLine(Urgency.ASKED, text, address)
    if actor.may(May.CHANGE_PEOPLE):
        if count := len(list_round_requests(actor, now)):
            text = ngettext(
                "%(num)s person is asking for another round of the final",
                "%(num)s people are asking for another round of the final",
                count,
            )
            yield AttentionLine(Urgency.ASKED, text, page("training.status", _anchor="asking"))
        if count := count_to_approve(actor):
            text = ngettext(
                "%(num)s record of earlier training is waiting for your approval",
                "%(num)s records of earlier training are waiting for your approval",
                count,
            )
            yield AttentionLine(Urgency.FAILED, text, page("earlier.waiting", show="mine"))


def _list_withdrawn(actor: Actor, now: dt.datetime) -> Iterable[Row[Any]]:
    """Return them the newest first, each in its newest name."""
    query = (
        select(Membership.id, Membership.name, Credential.revoked_at, Credential.revocation_reason)
        .join(Credential, Credential.user_id == Membership.user_id)
        .where(
            seen_by(actor),
            Membership.ended_at.is_(None),
            Credential.revoked_at > now - WITHDRAWN_FOR,
            Credential.reissued_at.is_(None),
            required_of(Membership),
        )
        .order_by(Credential.revoked_at.desc(), Membership.id)
    )
    return db.session.execute(query)
