"""How long records of `reports` are kept that don't stay as long as an account, a firm or a class."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

from trainer.core.periods import Period
from trainer.extras.reports.models import ReportMail, ReportRecipient
from trainer.extras.reports.operations import forget_reports
from trainer.extras.reports.rules import LOG_KEPT

PERIODS: Final = (
    Period(
        title=_l("Who gets reports outside a firm, after they stopped"),
        lasts=LOG_KEPT,
        why=_l("A firm shows to whom its reports went that year."),
        record=ReportRecipient,
        since=ReportRecipient.stopped_at,
        forget=forget_reports,
    ),
    Period(
        title=_l("That a report was sent"),
        lasts=LOG_KEPT,
        why=_l("A firm shows to whom its reports went that year."),
        record=ReportMail,
        since=ReportMail.created_at,
        forget=forget_reports,
    ),
)
