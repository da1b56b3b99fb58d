"""Sign small values for one purpose, so that a browser can carry them and not change them.

All is made with the current key; older keys of the ring still check what was made with them.
"""

from __future__ import annotations

import base64
import hmac
from functools import lru_cache
from typing import Any, cast

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from trainer.core.keys import Key, Ring


def keys() -> Ring:
    """Return the installation's keys."""
    return cast(Ring, current_app.config["SETTINGS"].keys)


def sign(purpose: str, value: Any) -> str:
    """Return `value` (JSON-ready) signed for `purpose`; readable, not secret."""
    return _serializer(purpose, *keys().secrets).dumps(value).__str__()


def unsign(purpose: str, token: str) -> Any | None:
    """Return the signed value, or None if the token is forged or of another purpose."""
    try:
        return _serializer(purpose, *keys().secrets).loads(token)
    except BadData:
        return None


def seal(purpose: str, *parts: str) -> str:
    """Return a code of 52 characters over the parts, which nobody without the secret key can make.

    It begins with the id of the key that made it.
    """
    key = keys().current
    return f"{key.id}.{digest_with(key, purpose, *parts)}"


def is_sealed(code: str, purpose: str, *parts: str) -> bool:
    """Return True if the code is one that `seal` made of the parts, with any key that we still have."""
    key_id, dot, digested = code.rpartition(".")
    if dot:
        key = keys().find(key_id)
        return key is not None and _fits(digested, key, purpose, *parts)
    # Made before codes named their key.
    return any(_fits(code, key, purpose, *parts) for key in keys().keys)


def digest(purpose: str, *parts: str) -> str:
    """Return 43 characters over the parts: a name that nobody without the current key can make or guess from."""
    return digest_with(keys().current, purpose, *parts)


def digests(purpose: str, *parts: str) -> list[str]:
    """Return what `digest` makes or has made of the parts, with each key that we still have, the current one first."""
    return [digest_with(key, purpose, *parts) for key in keys().keys]


def digest_with(key: Key, purpose: str, *parts: str) -> str:
    """Return 43 characters over the parts, made with this key."""
    return base64.urlsafe_b64encode(key.digest(purpose, *parts)).decode().rstrip("=")


def _fits(digested: str, key: Key, purpose: str, *parts: str) -> bool:
    return hmac.compare_digest(digested.encode(), digest_with(key, purpose, *parts).encode())


@lru_cache(maxsize=64)
def _serializer(purpose: str, *secrets: str) -> URLSafeSerializer:
    return URLSafeSerializer(list(secrets), salt=f"trainer.{purpose}")
