"""What the audit log of a firm says of acts of this package, as a sentence about who did it begins."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

ACTS: Final = {
    "export.meetings": _l("Downloaded who was at a class’s meetings"),
    "lesson.sign_off_undone": _l("Undid a sign-off"),
    "lesson.signed_off": _l("Signed lessons off as taught"),
    "session.changed": _l("Changed a meeting"),
    "session.held": _l("Recorded a meeting"),
    "walk_in.added": _l("Put someone who isn’t in the class on its list"),
    "walk_in.joined": _l("Someone on a class’s list joined it"),
    "walk_in.expired": _l("Deleted a name that nobody claimed from a class’s list"),
    "walk_in.removed": _l("Took someone off a class’s list"),
}
