"""How long records of `meetings` are kept that don't stay as long as an account, a firm or a class."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

from trainer.core.periods import Period
from trainer.extras.meetings.models import ClassSession
from trainer.extras.meetings.sessions import WALK_INS_KEPT, forget_walk_ins, has_public_walk_ins

PERIODS: Final = (
    Period(
        title=_l("Names noted at meetings of public classes of people who weren’t in the class, after the meeting"),
        lasts=WALK_INS_KEPT,
        why=_l("So that the instructor can say who was there."),
        record=ClassSession,
        since=ClassSession.held_on,
        forget=forget_walk_ins,
        of=has_public_walk_ins(),
    ),
)
