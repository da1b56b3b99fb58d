"""What counts as the same e-mail address, and as a name that can be printed."""

from __future__ import annotations

import datetime as dt
import unicodedata

from email_validator import EmailNotValidError, validate_email

KEPT = dt.timedelta(days=7)
"""How long a browser keeps a session after its last visit; a guest's record is forgotten after that too."""

_INVISIBLE = {"\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad"}


def email_key(given: str) -> str | None:
    """Return the canonical key of an address, or None if it isn't one we can take.

    Full-width letters, invisible characters and capitals fold away. Letters of other scripts that only
    look like Latin ones are refused: two people must never share what looks like one address.
    """
    text = "".join(char for char in unicodedata.normalize("NFKC", given) if char not in _INVISIBLE).strip()
    try:
        parsed = validate_email(text, check_deliverability=False, allow_smtputf8=False, test_environment=True)
    except EmailNotValidError:
        return None
    if not parsed.normalized.isascii():
        return None
    return parsed.normalized.casefold()


def clean_name(given: str) -> str:
    """Return a name in composed form with single blanks between its parts."""
    return " ".join(unicodedata.normalize("NFC", given).split())


def is_printable_name(name: str) -> bool:
    """Return True if a name has at least one letter or number to print."""
    return any(unicodedata.category(char)[0] in "LN" for char in name)
