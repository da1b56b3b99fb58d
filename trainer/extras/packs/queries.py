"""Reading what was recorded of evidence packs."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from trainer.core.db import db
from trainer.extras.packs.models import PackManifest
from trainer.extras.packs.rules import plain_digest

PACK: Final = "evidence-pack"
"""The kind of work that makes one."""


def find_manifest(given: str) -> PackManifest | None:
    """Return the pack whose manifest has this SHA-256, however it is written, or None if none was made here."""
    digest = plain_digest(given)
    return db.session.scalar(select(PackManifest).where(PackManifest.sha256 == digest)) if digest else None
