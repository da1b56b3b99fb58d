"""What is said of a PIN that wasn’t taken."""

from __future__ import annotations

from flask_babel import gettext as _

from trainer.extras.pins.rules import Weak


def pin_refusal(weak: Weak) -> str:
    """Return the message for a PIN that is too easy to guess."""
    words = {
        Weak.SHAPE: _("Use 6 to 12 digits, and nothing else."),
        Weak.REPEATED: _("This repeats itself, so it’s easy to guess. Choose another."),
        Weak.SEQUENCE: _("These digits are in order, so it’s easy to guess. Choose another."),
        Weak.DATE: _("This looks like a date or a year. People guess those first. Choose another."),
        Weak.NUMBER: _("Others know your employee number. Choose another."),
    }
    return str(words[weak])
