"""A firm's logo: set, replaced, removed, and read for those who draw it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from pathlib import Path
from typing import Final

import typst
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from trainer.core.audit import note
from trainer.core.db import db
from trainer.organizations.actor import Actor
from trainer.organizations.logo_files import LogoFile, LogoRefused
from trainer.organizations.models import FirmLogo
from trainer.organizations.queries import lock_organization
from trainer.web.paper import typeset

_PROOF: Final = Path(__file__).with_name("logo.typ")


def prove(logo: LogoFile) -> None:
    """Draw a logo once, as certificates will have it; not within a transaction. Raises LogoRefused if it can't be."""
    try:
        typeset(_PROOF, {"kind": logo.kind, "logo": json.dumps(list(logo.content))}, dt.date(2000, 1, 1))
    except typst.TypstError as error:
        raise LogoRefused(
            _l("We can’t draw this picture. Open it, save it again as PNG, and choose that file.")
        ) from error


def set_logo(actor: Actor, logo: LogoFile, now: dt.datetime) -> None:
    """Keep a logo that was proved, in place of the one that the firm has."""
    lock_organization(actor)
    kept = find_logo(actor.organization_id) or FirmLogo(organization_id=actor.organization_id)
    kept.kind, kept.content, kept.sha256 = logo.kind, logo.content, hashlib.sha256(logo.content).hexdigest()
    kept.created_at, kept.created_by_id = now, actor.user_id
    db.session.add(kept)
    note("logo.set", now, actor_id=actor.user_id, organization_id=actor.organization_id)


def remove_logo(actor: Actor, now: dt.datetime) -> None:
    """Delete the firm's logo, if there is one. Certificates that were downloaded with it can still be checked."""
    lock_organization(actor)
    gone = db.session.execute(delete(FirmLogo).where(FirmLogo.organization_id == actor.organization_id))
    if gone.rowcount:  # type: ignore[attr-defined]
        note("logo.removed", now, actor_id=actor.user_id, organization_id=actor.organization_id)


def find_logo(organization_id: uuid.UUID) -> FirmLogo | None:
    """Return a firm's logo, or None."""
    return db.session.get(FirmLogo, organization_id)


def find_logo_hash(organization_id: uuid.UUID) -> str | None:
    """Return the hash of a firm's logo without reading the picture, or None without one."""
    return db.session.scalar(select(FirmLogo.sha256).where(FirmLogo.organization_id == organization_id))
