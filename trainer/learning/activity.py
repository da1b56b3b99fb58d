"""Signed marks of when a page was opened, which credit its time when they come back."""

from __future__ import annotations

import datetime as dt

from trainer.core.signing import sign, unsign
from trainer.learning.models import Enrollment
from trainer.learning.rules import Begun

_PURPOSE = "opened-at"


def opened_mark(enrollment: Enrollment | Begun, now: dt.datetime) -> str:
    """Return a mark that says when this learner opened a page."""
    return sign(_PURPOSE, [enrollment.id.hex, int(now.timestamp())])


def read_mark(enrollment: Enrollment, mark: str | None) -> dt.datetime | None:
    """Return when the page was opened, or None if the mark is missing, forged or someone else's."""
    value = unsign(_PURPOSE, mark) if mark else None
    match value:
        case [str(owner), int(seconds)] if owner == enrollment.id.hex:
            return dt.datetime.fromtimestamp(seconds, dt.UTC)
    return None
