"""Serial numbers, periods of validity, and the status of a credential."""

from __future__ import annotations

import calendar
import datetime as dt
import random
from enum import StrEnum

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHECK = _ALPHABET + "*~$=U"  # Crockford's alphabet of check characters
_LENGTH = 26
# As Crockford reads them: what looks like a one or a zero is one.
_READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0"})

STATUS_PLACES = 1 << 20
"""Places in one status list. Privacy asks for 131,072 at least; the more there are, the emptier they are."""


class CredentialStatus(StrEnum):
    """What a verifier is told."""

    VALID = "valid"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"


class Reason(StrEnum):
    """Why an administrator withdraws a credential; `words.reason_words` says it to those who check the number."""

    MISTAKE = "mistake"
    NOT_OWN_WORK = "not-own-work"
    WRONG_HOLDER = "wrong-holder"
    HOLDER_ASKED = "holder-asked"
    CONTENT = "content"


def new_serial(rng: random.Random) -> str:
    """Return 26 random characters (130 bits) and a check character (Crockford, modulo 37).

    Drawn again while the check character is one that addresses reserve.
    """
    while True:
        body = "".join(rng.choice(_ALPHABET) for _ in range(_LENGTH))
        check = _check_character(body)
        if check in _ALPHABET:
            return body + check


def read_serial(given: str) -> str | None:
    """Return the serial that someone typed: any case, blanks and hyphens anywhere, I and L for 1, O for 0.

    None if it can't be one of ours (length, alphabet or check character).
    """
    compact = "".join(char for char in given.upper() if not char.isspace() and char not in "-–—._")
    compact = compact.translate(_READ_AS)
    body, check = compact[:-1], compact[-1:]
    if len(body) != _LENGTH or any(char not in _ALPHABET for char in body):
        return None
    return compact if check == _check_character(body) else None


def show_serial(serial: str) -> str:
    """Return a serial in groups of five, with its check character in the last one."""
    return "-".join(serial[start : start + 5] for start in range(0, len(serial), 5))


def valid_until(issued_on: dt.date, months: int) -> dt.date:
    """Return the last valid day: the same day `months` later, or the last of that month."""
    index = issued_on.month - 1 + months
    year, month = issued_on.year + index // 12, index % 12 + 1
    return dt.date(year, month, min(issued_on.day, calendar.monthrange(year, month)[1]))


def status(
    *, valid_until: dt.date, revoked_at: dt.datetime | None, is_superseded: bool, today: dt.date
) -> CredentialStatus:
    """Return the status on a day. Withdrawn beats replaced beats expired."""
    if revoked_at is not None:
        return CredentialStatus.REVOKED
    if is_superseded:
        return CredentialStatus.SUPERSEDED
    return CredentialStatus.VALID if today <= valid_until else CredentialStatus.EXPIRED


def _check_character(body: str) -> str:
    value = 0
    for char in body:
        value = (value * 32 + _ALPHABET.index(char)) % 37
    return _CHECK[value]
