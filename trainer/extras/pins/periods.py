"""How long records of `pins` are kept that don't stay as long as an account or a firm."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

from trainer.core.periods import Period
from trainer.extras.pins.models import PinTry
from trainer.extras.pins.pins import forget_tries
from trainer.extras.pins.rules import MONTH

PERIODS: Final = (
    Period(
        title=_l("Wrong PINs"),
        lasts=MONTH,
        why=_l("How many there may be in that time is limited."),
        record=PinTry,
        since=PinTry.at,
        forget=forget_tries,
    ),
)
