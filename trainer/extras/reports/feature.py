"""What `reports` brings to the app."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from trainer.core.feature import Feature, FirmPage, NavigationGroup
from trainer.extras.reports import emails, privacy
from trainer.extras.reports.acts import ACTS
from trainer.extras.reports.attention import list_attention
from trainer.extras.reports.operations import forget_firm, order_reports
from trainer.extras.reports.periods import PERIODS
from trainer.extras.reports.views.links import blueprint as report_links
from trainer.extras.reports.views.reports import blueprint as reports

FEATURE = Feature(
    name="reports",
    blueprints=(reports, report_links),
    emails=dict.fromkeys(emails.TEMPLATES, emails.write),
    upkeep=(order_reports,),
    forget_firm=forget_firm,
    firm_pages=(
        FirmPage("reports.reports", _l("Reports by email"), "see training status", NavigationGroup.EVIDENCE, 2),
    ),
    list_attention=list_attention,
    acts=ACTS,
    act_subjects={"report": _l("Reports by email")},
    export_person=privacy.export_person,
    forget_person=privacy.forget_person,
    held=privacy.HELD,
    holds_nobody=privacy.NOBODY,
    periods=PERIODS,
)
