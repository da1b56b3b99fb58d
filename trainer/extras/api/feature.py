"""What `api` brings to the app."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from trainer.core.feature import Feature, FirmPage, NavigationGroup
from trainer.extras.api import privacy
from trainer.extras.api.acts import ACTS
from trainer.extras.api.operations import forget_firm
from trainer.extras.api.periods import PERIODS
from trainer.extras.api.views.api import blueprint as api
from trainer.extras.api.views.tokens import blueprint as api_tokens
from trainer.extras.api.views.writing import blueprint as api_writing

FEATURE = Feature(
    name="api",
    blueprints=(api_tokens, api, api_writing),
    checks_tokens_itself=(api_writing,),  # a token of the firm in a header, which no page sends
    firm_pages=(FirmPage("tokens.tokens", _l("API tokens"), "set the firm", NavigationGroup.FIRM, 3),),
    forget_firm=forget_firm,
    acts=ACTS,
    act_subjects={"api_token": _l("API tokens")},
    opens_records=("api_tokens",),
    export_person=privacy.export_person,
    forget_person=privacy.forget_person,
    held=privacy.HELD,
    periods=PERIODS,
)
