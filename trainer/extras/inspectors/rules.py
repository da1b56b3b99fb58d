"""For how long an inspector's link is good. Pure."""

from __future__ import annotations

import datetime as dt
from typing import Final

INSPECTION_LASTS: Final = dt.timedelta(days=14)
"""How long an inspector's link is good."""
