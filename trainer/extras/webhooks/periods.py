"""How long records of `webhooks` are kept that don't stay as long as an account, a firm or a class."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

from trainer.core import events
from trainer.core.periods import Period
from trainer.extras.webhooks.models import Delivery
from trainer.extras.webhooks.telling import forget_deliveries

PERIODS: Final = (
    Period(
        title=_l("What a firm’s other systems were told"),
        lasts=events.KEPT,
        why=_l("So that what failed can be sent again."),
        record=Delivery,
        since=Delivery.created_at,
        forget=forget_deliveries,
    ),
)
