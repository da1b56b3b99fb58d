"""How often reports go out, and why they stopped, in words."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from trainer.extras.reports.rules import Rhythm, Stop

RHYTHM_NAMES = {
    Rhythm.WEEK.value: _l("Every Monday"),
    Rhythm.MONTH.value: _l("On the first of each month"),
}
STOP_WORDS = {
    Stop.ASKED.value: _l("Asked to stop getting it"),
    Stop.REMOVED.value: _l("Removed"),
    Stop.UNDELIVERABLE.value: _l("Stopped: mail couldn’t be delivered"),
    Stop.NO_RIGHT.value: _l("Stopped: may no longer see this"),
}
