"""What the audit log of a firm says of acts of this package, as a sentence about who did it begins."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

ACTS: Final = {
    "export.certificates": _l("Ordered a file of certificates"),
    "export.sent_mail": _l("Downloaded the list of sent mail"),
    "export.training_status": _l("Downloaded training status"),
    "reminder.sent": _l("Sent reminders by hand"),
}
