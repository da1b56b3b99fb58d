"""Codes of the second factor: six digits that change each half minute (RFC 6238), and recovery codes.

The secret is derived from the installation's key each time it is needed, so the database alone is of no use to anyone.
"""

from __future__ import annotations

import base64
import datetime as dt
import hmac
import secrets
import uuid

import pyotp
import segno

from trainer.core.keys import Key
from trainer.core.signing import digest_with, digests, keys

RECOVERY_CODES = 10
_SECRET_LENGTH = 20  # bytes
_STEP = 30  # seconds
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"  # no two that look alike
_RECOVERY_LENGTH = 12  # of 32 letters: 60 bits


def make_nonce() -> str:
    """Return a nonce, so that a new secret differs from the person's last one."""
    return secrets.token_urlsafe(16)


def secret_of(user_id: uuid.UUID, nonce: str, key: Key | None = None, mask: str | None = None) -> str:
    """Return the secret that the person's app holds: 32 letters of base32, 160 bits. Without `key`, a new one."""
    made = (key or keys().current).digest("second-factor", user_id.hex, nonce)[:_SECRET_LENGTH]
    return base64.b32encode(_xor(made, bytes.fromhex(mask)) if mask else made).decode()


def mask_for(secret: str, user_id: uuid.UUID, nonce: str, key: Key) -> str:
    """Return the mask with which `secret_of` gives an existing secret under another key. Alone it reveals nothing."""
    made = key.digest("second-factor", user_id.hex, nonce)[:_SECRET_LENGTH]
    return _xor(made, base64.b32decode(secret)).hex()


def find_step(secret: str, given: str, now: dt.datetime) -> int | None:
    """Return the half minute that a code belongs to: this one, the last or the next. None if it is wrong."""
    this, maker = int(now.timestamp()) // _STEP, pyotp.HOTP(secret)
    fitting = [step for step in (this - 1, this, this + 1) if hmac.compare_digest(maker.at(step), given)]
    return fitting[-1] if fitting else None


def app_address(secret: str, email: str, site: str) -> str:
    """Return the address that an authenticator app reads from the picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=site)


def qr_squares(text: str) -> tuple[int, str]:
    """Return the side of a QR code in squares, and the SVG path of its dark ones."""
    rows = segno.make_qr(text, error="m").matrix
    dark = [f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, square in enumerate(row) if square]
    return len(rows), "".join(dark)


def make_recovery_codes() -> list[str]:
    """Return fresh recovery codes as they are shown."""
    made = ("".join(secrets.choice(_LETTERS) for _letter in range(_RECOVERY_LENGTH)) for _code in range(RECOVERY_CODES))
    return ["-".join(code[start : start + 4] for start in range(0, _RECOVERY_LENGTH, 4)) for code in made]


def plain(given: str) -> str:
    """Return a code without the separators that people type."""
    return "".join(sign for sign in given.casefold() if sign.isascii() and sign.isalnum())


def seal_recovery_code(user_id: uuid.UUID, given: str, key: Key) -> str:
    """Return what is stored of a recovery code."""
    return digest_with(key, "recovery-code", user_id.hex, plain(given))


def seals_of_recovery_code(user_id: uuid.UUID, given: str) -> list[str]:
    """Return what may be stored of a recovery code: one seal for each key that we still have."""
    return digests("recovery-code", user_id.hex, plain(given))


def _xor(first: bytes, other: bytes) -> bytes:
    return bytes(left ^ right for left, right in zip(first, other, strict=True))
