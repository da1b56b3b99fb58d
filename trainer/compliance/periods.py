"""How long records of `compliance` are kept that don't stay as long as an account, a firm or a class."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l
from sqlalchemy import false

from trainer.compliance.certificate_files import KIND as CERTIFICATES
from trainer.compliance.certificate_files import ORDERS_KEPT, forget_orders
from trainer.compliance.orders import forget_files
from trainer.compliance.rules import FILES_KEPT
from trainer.core.periods import Period
from trainer.core.work import Job

PERIODS: Final = (
    Period(
        title=_l("Files of evidence packs"),
        lasts=FILES_KEPT,
        why=_l("Long enough to download them. One beside an inspector’s link is kept until that link ends."),
        record=Job,
        since=Job.created_at,
        forget=forget_files,
        of=false(),  # files, not rows
    ),
    Period(
        title=_l("Orders of certificates as one file"),
        lasts=ORDERS_KEPT,
        why=_l("What was searched for may be someone’s name."),
        record=Job,
        since=Job.created_at,
        forget=forget_orders,
        of=Job.kind == CERTIFICATES,
    ),
)
