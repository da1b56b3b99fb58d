"""The secret of an endpoint, and the signature that a receiver checks with it.

Names and form are those of Standard Webhooks (https://www.standardwebhooks.com), so that its libraries can check: the
HMAC-SHA256 over `<id>.<timestamp>.<body>` in base64, after "v1,". The secret is derived from the installation's key
each time it is needed, so the database alone lets nobody sign.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import uuid

from trainer.core.keys import Key

PREFIX = "whsec_"


def secret_of(endpoint_id: uuid.UUID, key: Key, mask: str | None) -> bytes:
    """Return the secret of an endpoint, 32 bytes; `mask` as `mask_for` made it when it moved from another key."""
    made = key.digest("webhook", endpoint_id.hex)
    return _xor(made, bytes.fromhex(mask)) if mask else made


def mask_for(secret: bytes, endpoint_id: uuid.UUID, key: Key) -> str:
    """Return the mask with which `secret_of` gives an existing secret under another key. Alone it reveals nothing."""
    return _xor(secret, key.digest("webhook", endpoint_id.hex)).hex()


def show_secret(secret: bytes) -> str:
    """Return a secret as it is shown, once, and as receivers' libraries take it."""
    return PREFIX + base64.b64encode(secret).decode()


def sign(secret: bytes, message_id: str, at: dt.datetime, body: bytes) -> dict[str, str]:
    """Return the headers with which a receiver tells that a message is ours and how old it is."""
    timestamp = str(int(at.timestamp()))
    signed = hmac.new(secret, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.b64encode(signed).decode()}",
    }


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
