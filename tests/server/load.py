"""What servers under load are asked for."""

from __future__ import annotations

from tests.support import COURSE

WORKERS = 2
LESSON = f"/courses/{COURSE}/start/two-errors"
