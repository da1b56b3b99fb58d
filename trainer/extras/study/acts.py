"""What the audit log of a firm says of acts of this package, as a sentence about who did it begins.

There is none for agreeing to take part: the firm isn't to know.
"""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

ACTS: Final = {
    "trial.allowed": _l("Allowed a study"),
    "trial.changed": _l("Changed a study"),
    "trial.opened": _l("Opened a study"),
    "trial.closed": _l("Closed a study"),
}
