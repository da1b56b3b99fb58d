"""How the hash of a manifest is written. Pure."""

from __future__ import annotations

import re


def plain_digest(given: str) -> str | None:
    """Return a SHA-256 in hexadecimal as it is recorded, however someone wrote it, or None if it can't be one."""
    digest = "".join(given.split()).replace(":", "").replace("-", "").lower()
    return digest if re.fullmatch("[0-9a-f]{64}", digest) else None
