"""Our signature of a file that stands beside it: a compact JWS without its middle, after RFC 7515, appendix F."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Final

from trainer.core.issuer_keys import ALGORITHM, is_signed_by, sign
from trainer.credentials.badges import issuer, issuer_keys, method_id

TYPE: Final = "pack-manifest"
"""Of what is signed, in the header: no badge, whose type is another, can be taken for it, nor it for a badge."""
MANIFEST: Final = "manifest.json"
"""The file of an evidence pack that is signed: it has the SHA-256 of every other one."""
SEAL: Final = f"{MANIFEST}.jws"


def seal(data: bytes) -> bytes | None:
    """Return the signature of a file; None where there is no key yet."""
    key = issuer_keys().current
    if key is None:
        return None
    header, _, signature = sign(key, {"typ": TYPE, "kid": method_id(issuer().did, key)}, data).split(".")
    return f"{header}..{signature}".encode()


def is_sealed(data: bytes, given: bytes) -> bool:
    """Return whether this is our signature of exactly these bytes, with a key that counts."""
    try:
        header, middle, signature = given.decode("ascii").strip().split(".")
        said = json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return False
    did = issuer().did
    payload = base64.urlsafe_b64encode(data).rstrip(b"=").decode()
    return middle == "" and any(
        said == {"alg": ALGORITHM, "typ": TYPE, "kid": method_id(did, key)}
        and is_signed_by(key, f"{header}.{payload}.{signature}")
        for key in issuer_keys().trusted
    )
