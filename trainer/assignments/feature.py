"""What `assignments` brings to the app."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from trainer.assignments import emails, privacy
from trainer.assignments.acts import ACTS
from trainer.assignments.attention import list_attention
from trainer.assignments.operations import forget_firm
from trainer.assignments.upkeep import STEPS
from trainer.assignments.views import blueprint as requirements
from trainer.assignments.words import shortfall_told
from trainer.core.feature import Feature, FirmPage, NavigationGroup

FEATURE = Feature(
    name="assignments",
    blueprints=(requirements,),
    emails=dict.fromkeys(emails.TEMPLATES, emails.write),
    upkeep=STEPS,
    forget_firm=forget_firm,
    answers={"shortfall_told": shortfall_told},
    firm_pages=(
        FirmPage("requirements.requirements", _l("Requirements"), "set requirements", NavigationGroup.TRAINING, 2),
    ),
    list_attention=list_attention,
    acts=ACTS,
    changes_duties=("requirement.", "training.", "waiver."),
    export_person=privacy.export_person,
    forget_person=privacy.forget_person,
    held=privacy.HELD,
    holds_nobody=privacy.NOBODY,
)
