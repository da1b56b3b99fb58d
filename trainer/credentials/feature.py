"""What `credentials` brings to the app."""

from __future__ import annotations

from trainer.core.feature import Feature
from trainer.credentials import privacy
from trainer.credentials.views import blueprint as credentials

FEATURE = Feature(
    name="credentials",
    blueprints=(credentials,),
    export_person=privacy.export_person,
    forget_person=privacy.forget_person,
    held=privacy.HELD,
    holds_nobody=privacy.NOBODY,
)
