"""What needs someone's attention of PIN slips."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from flask import url_for
from flask_babel import ngettext

from trainer.core.feature import AttentionLine, Urgency
from trainer.extras.pins import slips
from trainer.extras.pins.slips import MissingSlip
from trainer.organizations.actor import Actor
from trainer.organizations.rules import May


def list_attention(actor: Actor, now: dt.datetime) -> Iterator[AttentionLine]:
    """Yield slips that ran out or are missing, of the people whom the actor sees."""
    if not actor.may(May.SEE_TRAINING):
        return
    printed = slips.count_by_state(actor, now)

    def printed_slips(state: MissingSlip) -> str:
        return url_for("slips.slips", organization_id=actor.organization_id, state=state)

    if count := printed[MissingSlip.ENDING]:
        text = ngettext(
            "%(num)s PIN slip has expired or expires within 3 days",
            "%(num)s PIN slips have expired or expire within 3 days",
            count,
        )
        yield AttentionLine(Urgency.NOT_STARTED, text, printed_slips(MissingSlip.ENDING))
    if count := printed[MissingSlip.NONE]:
        text = ngettext(
            "%(num)s person without email has no PIN slip", "%(num)s people without email have no PIN slip", count
        )
        yield AttentionLine(Urgency.NOT_STARTED, text, printed_slips(MissingSlip.NONE))
