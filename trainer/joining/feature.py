"""What `joining` brings to the app."""

from __future__ import annotations

from trainer.core.feature import Feature
from trainer.joining import letters
from trainer.joining.acts import ACTS
from trainer.joining.device_views import blueprint as site
from trainer.joining.device_views import stay
from trainer.joining.invitation_views import blueprint as entry
from trainer.joining.periods import PERIODS
from trainer.joining.pin_views import blueprint as pins
from trainer.joining.views import blueprint as joining
from trainer.joining.views import sign_in

FEATURE = Feature(
    name="joining",
    blueprints=(joining, entry, pins, site),
    checks_tokens_itself=(stay, sign_in),  # sign_in keeps the address that was typed
    links={
        "change_pin": "pins.change",
        "keep": "joining.keep",
        "pin_sign_in": "pins.sign_in",
        "register_device": "site.register",
        "sign_in": "joining.sign_in",
        "sign_up": "joining.sign_up",
        "used_slips": "pins.used",
    },
    letters=dict.fromkeys(letters.TEMPLATES, letters.write),
    acts=ACTS,
    periods=PERIODS,
)
