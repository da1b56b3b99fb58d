"""Sign small values for one purpose, so that a browser can carry them and not change them."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer


def sign(purpose: str, value: Any) -> str:
    """Return `value` (JSON-ready) signed for `purpose`; readable, not secret."""
    return _serializer(purpose).dumps(value).__str__()


def unsign(purpose: str, token: str) -> Any | None:
    """Return the signed value, or None if the token is forged or of another purpose."""
    try:
        return _serializer(purpose).loads(token)
    except BadData:
        return None


def seal(purpose: str, *parts: str) -> str:
    """Return a code of 43 characters over the parts, which nobody without the secret key can make."""
    secret = current_app.secret_key or ""
    key = secret.encode() if isinstance(secret, str) else secret
    digest = hmac.new(purpose.encode() + b"\0" + key, "\0".join(parts).encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def is_sealed(code: str, purpose: str, *parts: str) -> bool:
    """Return True if the code is the one that `seal` makes of the parts."""
    return hmac.compare_digest(code.encode(), seal(purpose, *parts).encode())


def _serializer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt=f"trainer.{purpose}")
