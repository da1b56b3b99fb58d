"""How long records of `joining` are kept that don't stay as long as an account, a firm or a class."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, func

from trainer.accounts.models import User
from trainer.accounts.queries import is_a_guest
from trainer.accounts.rules import KEPT as GUESTS_KEPT
from trainer.core.periods import Period
from trainer.joining.drafts import KEPT as DRAFTS_KEPT
from trainer.joining.drafts import forget_drafts
from trainer.joining.operations import forget_guests
from trainer.organizations.models import RosterDraft

PERIODS: Final = (
    Period(
        title=_l("Progress kept without an account, after the last visit"),
        lasts=GUESTS_KEPT,
        why=_l("When the cookie is gone, nobody can open it anymore."),
        record=User,
        since=User.created_at,  # and nothing done since
        forget=forget_guests,
        of=and_(is_a_guest(), User.erased_at.is_(None)),
    ),
    Period(
        title=_l("Rosters that were sent and not confirmed"),
        lasts=DRAFTS_KEPT,
        why=_l("Long enough to go through them."),
        record=RosterDraft,
        since=func.coalesce(RosterDraft.applied_at, RosterDraft.created_at),
        forget=forget_drafts,
    ),
)
