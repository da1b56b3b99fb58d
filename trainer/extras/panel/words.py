"""Words for how far a panel is."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

from trainer.extras.panel.rules import PanelState

STATES: Final = {
    PanelState.COMING: _l("Not open yet"),
    PanelState.OPEN: _l("Open"),
    PanelState.CLOSED: _l("Closed"),
}
