"""What `operating` brings to the app."""

from __future__ import annotations

from trainer.core.feature import Feature
from trainer.operating.views.administration import blueprint as administration
from trainer.operating.views.probes import blueprint as probes

FEATURE = Feature(
    name="operating",
    blueprints=(probes, administration),
    links={
        "administration": "administration.overview",
    },
)
