"""What `roster` brings to the app."""

from __future__ import annotations

from trainer.core.feature import Feature
from trainer.roster import privacy
from trainer.roster.acts import ACTS
from trainer.roster.attention import list_attention
from trainer.roster.drafts import forget_firm
from trainer.roster.periods import PERIODS
from trainer.roster.plan_views import blueprint
from trainer.roster.tasks import import_roster
from trainer.roster.writing import KIND

FEATURE = Feature(
    name="roster",
    blueprints=(blueprint,),
    links={"roster": "roster.send"},
    works={KIND: import_roster},
    firm_blueprints={"roster": "people.people"},
    list_attention=list_attention,
    forget_firm=forget_firm,
    acts=ACTS,
    changes_duties=("roster.",),
    export_person=privacy.export_person,
    forget_person=privacy.forget_person,
    held=privacy.HELD,
    holds_nobody=privacy.NOBODY,
    periods=PERIODS,
)
