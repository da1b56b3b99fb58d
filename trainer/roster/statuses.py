"""The words with which programs say whether someone still works for a firm. Pure."""

from __future__ import annotations

import re
from typing import Final

from trainer.organizations.rules import fold

_STATUSES: Final = {
    True: "active, a, current, employed, hired, rehired, full time, part time, ft, pt, on leave, leave, l, loa, "
    "leave of absence, fmla, yes, y, true, 1, enabled, onboarding, pending, regular, permanent, temporary, seasonal, "
    "casual, per diem, prn, on call, flex, probation, probationary, working, activo, activa, si, licencia, vigente",
    False: "t, i, left, leaver, retired, r, d, laid off, former, no, n, false, 0, disabled, voluntary termination, "
    "involuntary termination, baja",
}
_IS_HERE: Final = {word: is_here for is_here, words in _STATUSES.items() for word in words.split(", ")}
_LEAVE: Final = re.compile(r"((\w+ )?leave|on leave|loa|licencia|full time|part time|active)\b(?! date)")
_GONE: Final = re.compile(
    r"\b(term(inat\w*|inad\w*|ed|s)?|inact\w*|resign\w*|no ?show|no call|deceased|left(?! hand)|separat(ed|ion)|"
    r"retire(d|e|ment)|dismiss\w*|laid off|layoff|discharg\w*|former|ex employee|fired|quit|released|abandon\w*|"
    r"job abandon\w*|no longer|not (active|employed|working)|non active|renunci\w*|despedid\w*|fallecid\w*|baja|"
    r"(in)?voluntary (term\w*|quit|resign\w*|separation))\b"
)
_AHEAD: Final = re.compile(r"\b(pending|future|upcoming|pendiente)\b")
"""What makes such a status unclear."""


def is_working(status: str) -> bool | None:
    """Return whether someone with this status works for the firm; None if we don't know the status, or it says both."""
    words = " ".join(re.sub(r"[^a-z0-9]+", " ", fold(status)).split())
    is_here = _IS_HERE.get(words)
    if is_here is not None:
        return is_here
    if _GONE.match(words) and not _AHEAD.search(words):  # with a reason or a day behind it
        return False
    if _LEAVE.match(words) and not _GONE.search(words):
        return True
    return None


def is_status(text: str) -> bool:
    """Return True for words that say nothing but a status, so that they can't be a part of a name."""
    return len(text) > 2 and is_working(text) is not None
