"""Check a badge, a PDF or a pack that someone was sent: is it ours, is it as we made it, and does it still count?

Only our own keys are asked, and the one algorithm that we use: whatever else a badge says of keys proves nothing.
Nothing that was sent is drawn or kept.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
import re
from contextlib import suppress
from dataclasses import dataclass
from itertools import product
from typing import Any

from flask_babel import force_locale

from trainer.core.feature import ask_extra
from trainer.core.issuer_keys import ALGORITHM, is_signed_by
from trainer.credentials.certificate import CertificatePaper, NameNeedsFonts
from trainer.credentials.issuer import issuer, issuer_keys, method_id
from trainer.credentials.models import Credential
from trainer.credentials.paper import certificate_pdf
from trainer.credentials.queries import find_by_serial, status_on
from trainer.credentials.rules import STATUS_PLACES
from trainer.extras.badges.badge import TYPE
from trainer.extras.badges.baking import SIGNATURE, NotBaked, read_png, read_svg
from trainer.extras.badges.rules import FileVerdict
from trainer.web.language import known_languages

LARGEST = 64 * 1024
"""Characters of a badge; ours have about 4,000."""


@dataclass(frozen=True)
class Checked:
    """What was found of a file. The credential is there only if we signed the badge, and it is as we signed it.

    Of a PDF that differs from the one that we would make, it is the one that the PDF names. `pack_url`: the page that
    tells of a pack.
    """

    verdict: FileVerdict
    credential: Credential | None = None
    pack_url: str | None = None


def check_file(data: bytes, day: dt.date) -> Checked:
    """Check a certificate as a PDF, a badge as a picture or a text, or an evidence pack, on a day in UTC."""
    if data.startswith(b"%PDF-"):
        return _check_pdf(data, day)
    if pack := ask_extra("check_pack", data):
        url, is_signed = pack
        return Checked(FileVerdict.PACK_SIGNED if is_signed else FileVerdict.PACK_UNSIGNED, pack_url=url)
    try:
        return verify_badge(read_badge(data), day)
    except NotBaked:
        return Checked(FileVerdict.UNREADABLE)


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
        return Checked(FileVerdict.UNREADABLE)
    if text.startswith("{"):
        return Checked(FileVerdict.UNSIGNED if _json(text.encode()) else FileVerdict.UNREADABLE)
    parts = [_decode(part) for part in text.split(".")]
    header = _json(parts[0])
    if len(parts) != 3 or None in parts or header is None:
        return Checked(FileVerdict.UNREADABLE)
    did = issuer().did
    key = next((key for key in issuer_keys().keys if method_id(did, key) == header.get("kid")), None)
    if key is None or header != {"alg": ALGORITHM, "typ": "JWT", "kid": method_id(did, key)}:
        return Checked(FileVerdict.NOT_OURS)
    if not is_signed_by(key, text):
        return Checked(FileVerdict.ALTERED)
    if key.compromised_at is not None:
        return Checked(FileVerdict.COMPROMISED)
    claims = _json(parts[1]) or {}
    credential = _find(claims)
    if credential is None:  # something else that the key signed, such as a status list
        return Checked(FileVerdict.NOT_OURS)
    return Checked(_standing(credential, day), credential)


def _check_pdf(data: bytes, day: dt.date) -> Checked:
    """Compare it with the PDF that we make of the one certificate that it links to, in all languages and papers."""
    page = re.compile(rb"/URI\s*\(" + re.escape(f"{issuer().url}/verify/".encode()) + rb"([0-9A-Z-]{1,40})\)")
    serials = set(page.findall(data))
    credential = find_by_serial(serials.pop().decode()) if len(serials) == 1 else None
    if credential is None:
        return Checked(FileVerdict.NOT_OURS)
    for language, sheet in product(known_languages(), CertificatePaper):
        with force_locale(language), suppress(NameNeedsFonts):
            if certificate_pdf(credential, sheet) == data:
                return Checked(_standing(credential, day), credential)
    return Checked(FileVerdict.DIFFERS, credential)


def _standing(credential: Credential, day: dt.date) -> FileVerdict:
    return FileVerdict(status_on(credential, day).value)


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
