"""What `packs` brings to the app."""

from __future__ import annotations

from flask import url_for
from flask_babel import lazy_gettext as _l

from trainer.core.feature import Feature, FirmPage, NavigationGroup
from trainer.extras.packs.acts import ACTS
from trainer.extras.packs.demo import show
from trainer.extras.packs.operations import forget_firm
from trainer.extras.packs.queries import PACK
from trainer.extras.packs.sealing import check_pack
from trainer.extras.packs.tasks import make_pack
from trainer.extras.packs.views.checks import blueprint as pack_checks
from trainer.extras.packs.views.evidence import blueprint as evidence
from trainer.extras.packs.views.samples import blueprint as samples
from trainer.extras.packs.words import files

FEATURE = Feature(
    name="packs",
    needs=("meetings",),
    blueprints=(evidence, pack_checks, samples),
    parts={
        "above_sample_poster": "packs/_sample.html",
        "before_closing": "packs/_before_closing.html",
        "beside_people": "packs/_order.html",
    },
    answers={
        "check_pack": check_pack,
        "pack_check_address": lambda: url_for("pack_checks.ask"),
        "pack_files": files,
    },
    works={PACK: make_pack},
    forget_firm=forget_firm,
    firm_pages=(FirmPage("evidence.packs", _l("Evidence packs"), "see training status", NavigationGroup.EVIDENCE, 1),),
    acts=ACTS,
    holds_nobody={"pack_manifests": "What a firm's pack was, for those who check it."},
    demo=show,
)
