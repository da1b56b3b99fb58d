"""How long records of `remarks` are kept that don't stay as long as an account, a firm or a class."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

from trainer.core.periods import Period
from trainer.extras.remarks.models import Remark
from trainer.extras.remarks.operations import KEPT, forget_remarks

PERIODS: Final = (
    Period(
        title=_l("What people wrote about scenes and lessons, without who wrote it"),
        lasts=KEPT,
        why=_l("Long enough to improve the text."),
        record=Remark,
        since=Remark.written_on,
        forget=forget_remarks,
    ),
)
