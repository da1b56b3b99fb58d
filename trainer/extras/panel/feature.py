"""What `panel` brings to the app."""

from __future__ import annotations

from trainer.core.feature import Feature
from trainer.extras.panel import privacy
from trainer.extras.panel.queries import count_readers
from trainer.extras.panel.views.panels import blueprint as panels
from trainer.extras.panel.views.rating import blueprint as rating
from trainer.extras.panel.views.rating import list_own_waiting

FEATURE = Feature(
    name="panel",
    blueprints=(panels, rating),
    parts={"beside_figures": "panel/_way_to_panels.html", "own_notices": "panel/_waiting.html"},
    answers={"count_key_readers": count_readers, "list_own_panels": list_own_waiting},
    export_person=privacy.export_person,
    forget_person=privacy.forget_person,
    held=privacy.HELD,
    holds_nobody=privacy.NOBODY,
)
