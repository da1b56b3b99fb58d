"""What the audit log of a firm says of acts of this package, as a sentence about who did it begins."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

ACTS: Final = {
    "cohort.archived": _l("Archived a class"),
    "cohort.changed": _l("Changed a class"),
    "cohort.declined": _l("Declined an invitation to a class"),
    "cohort.handed_over": _l("Transferred a class"),
    "cohort.invited": _l("Invited people to a class"),
    "cohort.joined": _l("Joined a class"),
    "cohort.left": _l("Left a class"),
    "cohort.made": _l("Created a class"),
    "cohort.reminded": _l("Reminded people of an invitation to a class"),
    "cohort.reopened": _l("Reopened a class"),
    "cohort.view_left": _l("Stopped seeing a class they used to teach"),
    "cohort.view_removed": _l("Removed a former instructor’s view of a class"),
    "export.board": _l("Downloaded a class board"),
    "export.misreads": _l("Downloaded what a class misreads"),
    "nudge.sent": _l("Wrote to people who are stuck"),
}
