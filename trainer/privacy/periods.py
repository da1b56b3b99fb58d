"""How long records of `privacy` are kept that don't stay as long as an account, a firm or a class."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

from trainer.core.periods import Period
from trainer.core.work import Job
from trainer.privacy.copies import forget_copies
from trainer.privacy.queries import COPY
from trainer.privacy.rules import COPY_KEPT

PERIODS: Final = (
    Period(
        title=_l("A copy of your data, once it is ready"),
        lasts=COPY_KEPT,
        why=_l("Long enough to download it. A new one costs nothing."),
        record=Job,
        since=Job.finished_at,
        forget=forget_copies,
        of=Job.kind == COPY,
    ),
)
