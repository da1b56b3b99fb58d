"""How long records of `interop` are kept that don't stay as long as an account, a firm or a class."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

from trainer.core import events
from trainer.core.periods import Period
from trainer.interop.models import Delivery, PersonWrite
from trainer.interop.rules import REMEMBERED as WRITES_KEPT
from trainer.interop.telling import forget_deliveries
from trainer.interop.writing import forget_writes

PERIODS: Final = (
    Period(
        title=_l("What a firm’s other systems wrote about someone"),
        lasts=WRITES_KEPT,
        why=_l("Nothing older than that comes late."),
        record=PersonWrite,
        since=PersonWrite.written_at,
        forget=forget_writes,
    ),
    Period(
        title=_l("What a firm’s other systems were told"),
        lasts=events.KEPT,
        why=_l("So that what failed can be sent again."),
        record=Delivery,
        since=Delivery.created_at,
        forget=forget_deliveries,
    ),
)
