"""What `inspectors` brings to the app."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from trainer.core.feature import Feature, FirmPage, NavigationGroup
from trainer.extras.inspectors import privacy
from trainer.extras.inspectors.acts import ACTS
from trainer.extras.inspectors.demo import show
from trainer.extras.inspectors.operations import forget_firm
from trainer.extras.inspectors.queries import list_shared_packs
from trainer.extras.inspectors.views import blueprint

FEATURE = Feature(
    name="inspectors",
    needs=("packs",),
    blueprints=(blueprint,),
    answers={"shared_packs": list_shared_packs},
    forget_firm=forget_firm,
    firm_pages=(
        FirmPage("inspections.links", _l("Links for inspectors"), "set requirements", NavigationGroup.EVIDENCE, 3),
    ),
    acts=ACTS,
    act_subjects={"inspector_link": _l("Links for inspectors")},
    opens_records=("inspector_links",),
    export_person=privacy.export_person,
    forget_person=privacy.forget_person,
    held=privacy.HELD,
    demo=show,
)
