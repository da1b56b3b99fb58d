"""What the audit log of a firm says of acts of this package, as a sentence about who did it begins."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

ACTS: Final = {
    "inspector_link.made": _l("Created a link for an inspector"),
    "inspector_link.revoked": _l("Withdrew a link for an inspector"),
    "inspector_link.taken_over": _l("Took over a link for an inspector"),
}
