"""How long records of `instructing` are kept that don't stay as long as an account, a firm or a class."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

from trainer.core.periods import Period
from trainer.instructing.models import WalkIn
from trainer.instructing.walk_ins import KEPT as NAMES_KEPT
from trainer.instructing.walk_ins import forget_names, is_unclaimed, last_seen

PERIODS: Final = (
    Period(
        title=_l("Names noted at meetings of public classes that nobody claimed, after the last meeting"),
        lasts=NAMES_KEPT,
        why=_l("Someone who joins by then gets what was signed off for them."),
        record=WalkIn,
        since=last_seen(),
        forget=forget_names,
        of=is_unclaimed(),
    ),
)
