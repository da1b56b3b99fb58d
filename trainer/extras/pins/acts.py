"""What the audit log of a firm says of acts of this package, as a sentence about who did it begins."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

ACTS: Final = {
    "pin.opened": _l("Opened sign-in with a PIN again"),
    "pin.paused": _l("Sign-in with a PIN was paused on new devices"),
    "pin_slip.disputed": _l("Said that someone else used a PIN slip"),
    "pin_slip.printed": _l("Printed PIN slips"),
    "pin_slip.used": _l("Chose a PIN with a slip"),
    "site_device.made": _l("Added a site device"),
    "site_device.registered": _l("A site device was registered"),
    "site_device.revoked": _l("Revoked a site device"),
}
