"""What the audit log of a firm says of acts of this package, as a sentence about who did it begins."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

ACTS: Final = {
    "export.report": _l("Downloaded a report"),
    "report.confirmed": _l("An address outside the firm agreed to get a report"),
    "report.ended": _l("Ended a report by email"),
    "report.made": _l("Set up a report by email"),
    "report.paused": _l("Paused a report by email"),
    "report.recipient_added": _l("Added someone to a report by email"),
    "report.recipient_removed": _l("Removed someone from a report by email"),
    "report.resumed": _l("Resumed a report by email"),
    "report.stopped": _l("Someone asked to stop getting a report"),
    "report.taken_over": _l("Took over a report by email"),
    "report.undeliverable": _l("A report stopped at an address that can’t be reached"),
}
