"""What the audit log of a firm says of acts of this package, as a sentence about who did it begins."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

ACTS: Final = {
    "webhook.deleted": _l("Deleted a webhook"),
    "webhook.made": _l("Created a webhook"),
    "webhook.paused": _l("Paused a webhook"),
    "webhook.resumed": _l("Resumed a webhook"),
    "webhook.sent_again": _l("Sent a webhook’s message again"),
}
