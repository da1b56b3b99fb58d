"""How long records of `api` are kept that don't stay as long as an account, a firm or a class."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

from trainer.core.periods import Period
from trainer.extras.api.models import PersonWrite
from trainer.extras.api.rules import REMEMBERED as WRITES_KEPT
from trainer.extras.api.writing import forget_writes

PERIODS: Final = (
    Period(
        title=_l("What a firm’s other systems wrote about someone"),
        lasts=WRITES_KEPT,
        why=_l("Nothing older than that comes late."),
        record=PersonWrite,
        since=PersonWrite.written_at,
        forget=forget_writes,
    ),
)
