"""What `joining` brings to the app."""

from __future__ import annotations

from trainer.core.feature import Feature
from trainer.joining import emails
from trainer.joining.invitation_views import blueprint as entry
from trainer.joining.periods import PERIODS
from trainer.joining.views import blueprint as joining
from trainer.joining.views import sign_in

FEATURE = Feature(
    name="joining",
    blueprints=(joining, entry),
    checks_tokens_itself=(sign_in,),  # it keeps the address that was typed
    links={
        "keep": "joining.keep",
        "sign_in": "joining.sign_in",
        "sign_up": "joining.sign_up",
    },
    emails=dict.fromkeys(emails.TEMPLATES, emails.write),
    periods=PERIODS,
)
