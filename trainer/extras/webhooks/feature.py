"""What `webhooks` brings to the app."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from trainer.core.feature import SECOND, Feature, FirmPage, NavigationGroup, Task, WorkQueue
from trainer.extras.webhooks import privacy
from trainer.extras.webhooks.acts import ACTS
from trainer.extras.webhooks.attention import list_attention
from trainer.extras.webhooks.models import Delivery
from trainer.extras.webhooks.operations import forget_firm, move_secrets
from trainer.extras.webhooks.periods import PERIODS
from trainer.extras.webhooks.queries import count_failing_webhooks
from trainer.extras.webhooks.tasks import tell_all
from trainer.extras.webhooks.telling import note_overdue
from trainer.extras.webhooks.views import blueprint

FEATURE = Feature(
    name="webhooks",
    blueprints=(blueprint,),
    firm_pages=(FirmPage("webhooks.webhooks", _l("Webhooks"), "set the firm", NavigationGroup.FIRM, 4),),
    list_attention=list_attention,
    tasks=(Task("webhooks", SECOND, tell_all),),
    upkeep=(note_overdue,),
    queues=(WorkQueue("webhooks", _l("Webhooks"), Delivery),),
    parts={"below_queues": "webhooks/_failing.html"},
    answers={"count_failing_webhooks": count_failing_webhooks},
    forget_firm=forget_firm,
    acts=ACTS,
    act_subjects={"webhook": _l("Webhooks")},
    move_secrets=move_secrets,
    export_person=privacy.export_person,
    forget_person=privacy.forget_person,
    held=privacy.HELD,
    holds_nobody=privacy.NOBODY,
    periods=PERIODS,
)
