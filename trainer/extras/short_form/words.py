"""Plain words for the result of the short form."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

from trainer.extras.short_form.rules import Leaning

LEANINGS: Final = {
    Leaning.REPORTING: _l(
        "You lean toward reporting: you reported more innocent scenes than you missed ones to report."
    ),
    Leaning.WAITING: _l("You lean toward waiting: you missed more scenes to report than you reported innocent ones."),
    Leaning.NEITHER: _l("You don’t clearly lean either way."),
}
