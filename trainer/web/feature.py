"""What `web` brings to the app."""

from __future__ import annotations

from trainer.core.feature import Feature
from trainer.web.views import blueprint as web

FEATURE = Feature(
    name="web",
    blueprints=(web,),
)
