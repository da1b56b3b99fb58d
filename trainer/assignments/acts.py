"""What the audit log of a firm says of acts of this package, as a sentence about who did it begins."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

ACTS: Final = {
    "requirement.changed": _l("Changed a requirement"),
    "requirement.ended": _l("Ended a requirement"),
    "requirement.made": _l("Set a requirement"),
    "training.approved": _l("Approved a record of earlier training"),
    "training.approval_lapsed": _l(
        "Ended the approval of a record of earlier training, since its approver is the person who was trained"
    ),
    "training.declined": _l("Declined a record of earlier training"),
    "training.imported": _l("Imported records of earlier training"),
    "training.proof_added": _l("Added a proof file to a record of earlier training"),
    "training.proof_replaced": _l("Replaced the proof file of records of earlier training"),
    "training.recorded": _l("Recorded earlier training"),
    "training.undone": _l("Deleted records of earlier training before they were approved"),
    "training.withdrawn": _l("Withdrew a record of earlier training"),
    "waiver.ended": _l("Withdrew a waiver"),
    "waiver.made": _l("Waived a duty"),
}
