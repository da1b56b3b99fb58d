"""What `interop` brings to the app."""

from __future__ import annotations

from trainer.core.feature import SECOND, Feature, Task
from trainer.interop import persons
from trainer.interop.acts import ACTS
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
    acts=ACTS,
    export_person=persons.export_person,
    forget_person=persons.forget_person,
    held=persons.HELD,
    holds_nobody=persons.NOBODY,
    periods=PERIODS,
)
