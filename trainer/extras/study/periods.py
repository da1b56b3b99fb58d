"""How long records of `study` are kept that don't stay as long as an account, a firm or a class."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

from trainer.core.periods import Period
from trainer.extras.study.models import TrialPerson
from trainer.extras.study.privacy import KEPT, forget_people

PERIODS: Final = (
    Period(
        title=_l("That someone takes part in a study, and in which group"),
        lasts=KEPT,
        why=_l("Long enough to check a result that was published."),
        record=TrialPerson,
        since=TrialPerson.agreed_at,
        forget=forget_people,
    ),
)
