"""Check a badge that someone was sent: did we sign it, is it as we signed it, and does it still count?

Only our own keys are asked, and the one algorithm that we use: whatever else a badge says of keys proves nothing.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from trainer.core.issuer_keys import ALGORITHM, is_signed_by
from trainer.credentials.badge import TYPE
from trainer.credentials.badges import issuer, issuer_keys, method_id
from trainer.credentials.baking import SIGNATURE, NotBaked, read_png, read_svg
from trainer.credentials.models import Credential
from trainer.credentials.queries import find_by_serial, status_on
from trainer.credentials.rules import STATUS_PLACES, Status

LARGEST = 64 * 1024
"""Characters of a badge; ours have about 4,000."""


class Verdict(StrEnum):
    """What is found; the first four are those of a certificate."""

    VALID = Status.VALID.value
    EXPIRED = Status.EXPIRED.value
    SUPERSEDED = Status.SUPERSEDED.value
    REVOKED = Status.REVOKED.value
    ALTERED = "altered"
    COMPROMISED = "compromised"
    NOT_OURS = "not_ours"
    UNSIGNED = "unsigned"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Checked:
    """What was found of a badge. The credential is there only if we signed the badge, and it is as we signed it."""

    verdict: Verdict
    credential: Credential | None = None


def read_badge(data: bytes) -> str:
    """Return the text of a badge from its picture or text file. Raises NotBaked."""
    if data.startswith(SIGNATURE):
        return read_png(data)
    try:
        text = data.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise NotBaked from error
    return read_svg(data) if text.startswith("<") else text


def verify_badge(text: str, day: dt.date) -> Checked:
    """Check the signed text of a badge, on a day in UTC."""
    text = text.strip()
    if len(text) > LARGEST:
        return Checked(Verdict.UNREADABLE)
    if text.startswith("{"):
        return Checked(Verdict.UNSIGNED if _json(text.encode()) else Verdict.UNREADABLE)
    parts = [_decode(part) for part in text.split(".")]
    header = _json(parts[0])
    if len(parts) != 3 or None in parts or header is None:
        return Checked(Verdict.UNREADABLE)
    did = issuer().did
    key = next((key for key in issuer_keys().keys if method_id(did, key) == header.get("kid")), None)
    if key is None or header != {"alg": ALGORITHM, "typ": "JWT", "kid": method_id(did, key)}:
        return Checked(Verdict.NOT_OURS)
    if not is_signed_by(key, text):
        return Checked(Verdict.ALTERED)
    if key.compromised_at is not None:
        return Checked(Verdict.COMPROMISED)
    claims = _json(parts[1]) or {}
    credential = _find(claims)
    if credential is None:  # something else that the key signed, such as a status list
        return Checked(Verdict.NOT_OURS)
    return Checked(Verdict(status_on(credential, day).value), credential)


def _find(claims: dict[str, Any]) -> Credential | None:
    """Return the credential of claims that we signed as a badge, or None."""
    if TYPE not in claims.get("type", ()) or claims.get("iss") != issuer().did:
        return None
    credential = find_by_serial(str(claims["id"]).rpartition("/")[2])
    index = int(claims["credentialStatus"]["statusListIndex"])
    return credential if credential is not None and credential.status_index % STATUS_PLACES == index else None


def _decode(part: str) -> bytes | None:
    """Return the bytes of a part, or None unless it is written in the one way there is."""
    try:
        data = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (binascii.Error, ValueError):
        return None
    return data if base64.urlsafe_b64encode(data).rstrip(b"=").decode() == part else None


def _json(data: bytes | None) -> dict[str, Any] | None:
    try:
        read = json.loads(data) if data is not None else None
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) else None
