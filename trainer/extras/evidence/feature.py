"""What `evidence` brings to the app."""

from __future__ import annotations

from trainer.core.feature import Feature
from trainer.extras.evidence.views import blueprint

FEATURE = Feature(name="evidence", blueprints=(blueprint,), links={"evidence": "known.show"})
