"""What counts as the same email address, and as a name that can be printed; how long links and tries last."""

from __future__ import annotations

import datetime as dt
import unicodedata
from enum import StrEnum

from email_validator import EmailNotValidError, validate_email

KEPT = dt.timedelta(days=7)
"""How long a browser keeps a session after its last visit, or an hour less; a guest's record is then forgotten."""

SESSION_LASTS = dt.timedelta(days=30)
"""How long an account's session lasts at most. A guest's has no such end: it is all that they could come back with."""
STAFF_LASTS = dt.timedelta(hours=12)
"""How long after signing in the pages that show other people's records are open: a shift."""
STAFF_QUIET = dt.timedelta(hours=3)
"""How old a session's cookie may be for these pages. Pages renew it once an hour: someone who was away for three hours,
or two at least, signs in again."""
UNSENT_LASTS = dt.timedelta(minutes=30)
"""How much longer such a page that was opened in time may still be sent."""

LINK_LASTS = dt.timedelta(hours=1)
"""How long a mailed link to choose a new password is good."""
CONFIRM_LASTS = dt.timedelta(days=7)
"""How long a mailed link to confirm an address is good."""
SIGN_UP_LASTS = dt.timedelta(hours=24)
"""How long a mailed link to make an account is good."""
ADDRESS_LASTS = dt.timedelta(hours=24)
"""How long a mailed link to change to an address is good."""
CODE_LASTS = dt.timedelta(minutes=10)
"""How long signing in waits for the code after the right password, and how long one may change how one signs in."""

QUIET = dt.timedelta(minutes=2)
"""How long a session on a site device lasts when nothing is asked for."""

SITE_LASTS = dt.timedelta(hours=2)
"""How long a session on a site device lasts at most, however much is asked for."""

FREE_MISSES = 5
"""Wrong codes in a row before the next has to wait."""
_LONGEST_WAIT = dt.timedelta(hours=1)


SESSIONS_KEPT = dt.timedelta(days=90)
"""How long it is kept that someone was signed in on a device, after that ended."""
OLDEST_SESSION = dt.timedelta(days=400)
"""How long even a guest's session lasts at most, however often it is used."""
LINKS_KEPT = dt.timedelta(days=7)
"""How long a mailed link is kept after it has run out."""


class Purpose(StrEnum):
    """What a mailed link is for."""

    RESET = "reset"
    CONFIRM = "confirm"
    SIGN_UP = "sign-up"
    ADDRESS = "address"


_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)
_INVISIBLE = {"\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad"}


def clean_email(given: str) -> str | None:
    """Return the address that mail goes to, in plain letters, or None if it isn't one we can take.

    Only what is checked here is ever mailed to: another spelling of it may be another mailbox. Full-width letters
    and invisible characters fold away. Letters of other scripts that only look like Latin ones are refused: two
    people must never share what looks like one address.
    """
    text = "".join(char for char in unicodedata.normalize("NFKC", given) if char not in _INVISIBLE).strip()
    try:
        parsed = validate_email(text, check_deliverability=False, allow_smtputf8=False, test_environment=True)
    except EmailNotValidError:
        return None
    return parsed.normalized if parsed.normalized.isascii() else None


def is_mailable(key: str) -> bool:
    """Return True if an address is no longer than mail servers take (RFC 5321, 4.5.3.1)."""
    return len(key) <= 254 and len(key.partition("@")[0]) <= 64


def email_key(given: str) -> str | None:
    """Return what tells whether two addresses are the same, or None if this isn't one we can take."""
    address = clean_email(given)
    return address.casefold() if address is not None else None


def wait_after(misses: int) -> dt.timedelta:
    """Return how long the next code waits: from the fifth wrong one on 1, 2, 4 … minutes, one hour at most."""
    if misses < FREE_MISSES:
        return dt.timedelta()
    return min(dt.timedelta(minutes=2 ** min(misses - FREE_MISSES, 6)), _LONGEST_WAIT)


def device_of(user_agent: str) -> str:
    """Return a short name of a browser and its system from what it says of itself; the rest isn't kept."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "A browser")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return f"{browser} on {system}" if system else browser


def clean_name(given: str) -> str:
    """Return a name in composed form with single blanks between its parts."""
    return " ".join(unicodedata.normalize("NFC", given).split())


def is_printable_name(name: str) -> bool:
    """Return True if a name has at least one letter or number to print."""
    return any(unicodedata.category(char)[0] in "LN" for char in name)
