"""What `interop` brings to the app."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from trainer.core.feature import SECOND, Feature, FirmPage, Group, Task
from trainer.interop import persons
from trainer.interop.acts import ACTS
from trainer.interop.attention import list_attention
from trainer.interop.operations import forget_firm
from trainer.interop.periods import PERIODS
from trainer.interop.tasks import tell_all
from trainer.interop.telling import note_overdue
from trainer.interop.views.api import blueprint as api
from trainer.interop.views.tokens import blueprint as api_tokens
from trainer.interop.views.webhooks import blueprint as webhooks
from trainer.interop.views.writing import blueprint as api_writing

FEATURE = Feature(
    name="interop",
    blueprints=(api_tokens, webhooks, api, api_writing),
    checks_tokens_itself=(api_writing,),  # a token of the firm in a header, which no page sends
    tasks=(Task("webhooks", SECOND, tell_all),),
    upkeep=(note_overdue,),
    forget_firm=forget_firm,
    firm_pages=(
        FirmPage("tokens.tokens", _l("API tokens"), "set the firm", Group.FIRM, 2),
        FirmPage("webhooks.webhooks", _l("Webhooks"), "set the firm", Group.FIRM, 3),
    ),
    list_attention=list_attention,
    acts=ACTS,
    export_person=persons.export_person,
    forget_person=persons.forget_person,
    held=persons.HELD,
    holds_nobody=persons.NOBODY,
    periods=PERIODS,
)
