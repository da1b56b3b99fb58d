"""Sign small values for one purpose, so that a browser can carry them and not change them."""

from __future__ import annotations

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


def _serializer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt=f"trainer.{purpose}")
