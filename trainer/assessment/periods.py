"""How long records of `assessment` are kept that don't stay as long as an account, a firm or a class."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

from trainer.assessment.models import Remark
from trainer.assessment.remarks import KEPT as REMARKS_KEPT
from trainer.assessment.remarks import forget_remarks
from trainer.core.periods import Period

PERIODS: Final = (
    Period(
        title=_l("What people wrote about scenes, without who wrote it"),
        lasts=REMARKS_KEPT,
        why=_l("Long enough to improve the scene."),
        record=Remark,
        since=Remark.written_on,
        forget=forget_remarks,
    ),
)
