"""What the audit log of a firm says of acts of this package, as a sentence about who did it begins."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

ACTS: Final = {
    "merger.asked": _l("Asked whether two entries are one person’s"),
    "merger.declined": _l("Said that an entry isn’t theirs"),
    "merger.made": _l("Joined two entries"),
    "merger.undone": _l("Separated two entries again"),
    "merger.withdrawn": _l("Withdrew a question about two entries"),
}
