"""How long a copy of someone's data is kept, and how long an account that is to be erased waits."""

from __future__ import annotations

import datetime as dt
from typing import Final

COPY_KEPT: Final = dt.timedelta(days=3)
"""How long a finished copy can be downloaded."""
COOLING: Final = dt.timedelta(days=1)
"""How long someone can undo that everything is to be erased."""
