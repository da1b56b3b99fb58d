"""Words for what seems to be wrong, and for what became of it."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

from trainer.extras.remarks.operations import RemarkKind, RemarkState

REMARK_KINDS: Final = {
    RemarkKind.KEY: _l("An answer seems wrong"),
    RemarkKind.FACT: _l("A fact seems wrong"),
    RemarkKind.WORDING: _l("The wording is unclear or hurts"),
    RemarkKind.OTHER: _l("Something else"),
}
REMARK_STATES: Final = {
    RemarkState.NEW: _l("New"),
    RemarkState.READ: _l("Read"),
    RemarkState.ANSWERED: _l("Answered"),
}
