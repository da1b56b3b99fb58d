"""The words with which programs say whether someone still works for a firm. Pure."""

from __future__ import annotations

import re
from typing import Final

from trainer.organizations.rules import fold

_STATUSES: Final = {
    True: "active, a, current, employed, hired, rehired, full time, part time, on leave, leave, l, loa, "
    "leave of absence, yes, y, true, 1, enabled, onboarding, pending, activo, activa, si, licencia",
    False: "terminated, term, t, termed, inactive, i, left, separated, resigned, retired, r, deceased, d, dismissed, "
    "laid off, discharged, former, no, n, false, 0, disabled, voluntary termination, involuntary termination, "
    "terminated employee, inactivo, inactiva, baja, terminado, terminada",
}
_IS_HERE: Final = {word: is_here for is_here, words in _STATUSES.items() for word in words.split(", ")}
_LEAVE: Final = re.compile(r"(on leave|leave|loa|licencia|full time|part time|active)\b")


def is_working(status: str) -> bool | None:
    """Return whether someone with this status works for the firm; None if we don't know the status."""
    words = " ".join(re.sub(r"[^a-z0-9]+", " ", fold(status)).split())
    is_here = _IS_HERE.get(words)
    if is_here is None and _LEAVE.match(words):  # with a reason behind it
        return True
    return is_here


def is_status(text: str) -> bool:
    """Return True for words that say nothing but a status, so that they can't be a part of a name."""
    return len(text) > 2 and is_working(text) is not None
