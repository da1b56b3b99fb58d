"""How long records of `roster` are kept that don't stay as long as an account, a firm or a class."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l
from sqlalchemy import func

from trainer.core.periods import Period
from trainer.roster.drafts import KEPT, forget_drafts
from trainer.roster.models import RosterDraft

PERIODS: Final = (
    Period(
        title=_l("Rosters that were sent and not confirmed"),
        lasts=KEPT,
        why=_l("Long enough to go through them."),
        record=RosterDraft,
        since=func.coalesce(RosterDraft.applied_at, RosterDraft.created_at),
        forget=forget_drafts,
    ),
)
