"""What the audit log of a firm says of acts of this package, as a sentence about who did it begins."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

ACTS: Final = {
    "access.denied": _l("Was refused a page"),
    "export.audit": _l("Downloaded the audit log"),
    "invitation.accepted": _l("Accepted an invitation"),
    "invitation.revoked": _l("Withdrew an invitation"),
    "invitation.sent": _l("Sent invitations"),
    "join_code.made": _l("Created a join code"),
    "join_code.revoked": _l("Withdrew a join code"),
    "join_code.used": _l("Joined with a code"),
    "logo.removed": _l("Removed the firm’s logo"),
    "logo.set": _l("Set the firm’s logo"),
    "membership.changed": _l("Changed a person"),
    "membership.left": _l("Left the firm"),
    "membership.made": _l("Added a person"),
    "membership.removal_undone": _l("Put a person back on the roster"),
    "membership.removed": _l("Removed a person"),
    "membership.replies_set": _l("Chose whether people can reply to emails"),
    "membership.role_changed": _l("Changed a role"),
    "organization.changed": _l("Changed the firm’s settings"),
    "organization.closed": _l("Closed the firm"),
    "organization.step_skipped": _l("Skipped a step of setting up"),
    "organization.deleted": _l("The firm’s records were deleted"),
    "organization.invitations_set": _l("The number of invitations a day was changed"),
    "organization.made": _l("Created the firm"),
    "organization.reopened": _l("Reopened the firm"),
    "organization.resumed": _l("The firm’s suspension ended"),
    "organization.suspended": _l("The firm was suspended"),
    "team.made": _l("Created a team"),
    "team.removed": _l("Removed a team"),
    "team.renamed": _l("Changed a team"),
}
