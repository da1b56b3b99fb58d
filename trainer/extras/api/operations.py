"""Tokens: making, noting their use, revoking."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from collections.abc import Collection

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from trainer.core.audit import note
from trainer.core.db import db, delete_some
from trainer.core.errors import Conflict
from trainer.extras.api.models import ApiToken, PersonWrite
from trainer.extras.api.queries import get_token
from trainer.extras.api.rules import LASTS, MOST_TOKENS, PREFIX, Scope, digest, is_first_today, is_use_noted
from trainer.organizations.actor import Actor
from trainer.organizations.queries import lock_organization


def make_token(actor: Actor, label: str, scopes: Collection[Scope], now: dt.datetime) -> str:
    """Make a token and return it: it can't be read again. Raises Conflict where a firm has as many as it can."""
    lock_organization(actor)
    living = select(func.count()).where(
        ApiToken.organization_id == actor.organization_id, ApiToken.revoked_at.is_(None), ApiToken.expires_at > now
    )
    if (db.session.scalar(living) or 0) >= MOST_TOKENS:
        raise Conflict(_l("Twenty tokens are in use. Revoke one first."))
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(
        organization_id=actor.organization_id,
        created_by_id=actor.user_id,
        label=label,
        scopes=[scope.value for scope in Scope if scope in scopes],
        secret_hash=digest(secret),
        created_at=now,
        expires_at=now + LASTS,
    )
    db.session.add(token)
    db.session.flush()
    _note(actor, "api_token.made", token, now, scopes=", ".join(token.scopes))
    return secret


def note_use(actor: Actor, token_id: uuid.UUID, now: dt.datetime) -> None:
    """Record that a token is being used; the audit log gets the first use of each day."""
    token, zone = get_token(actor, token_id, for_change=True), actor.organization.time_zone
    if not is_use_noted(token.last_used_at, zone, now):
        return  # someone else just did
    if is_first_today(token.last_used_at, zone, now):
        _note(actor, "api_token.used", token, now)
    token.last_used_at = now


def revoke_token(actor: Actor, token_id: uuid.UUID, now: dt.datetime) -> ApiToken:
    """Revoke a token, at once. Raises NotFound."""
    token = get_token(actor, token_id, for_change=True)
    if token.revoked_at is None:
        token.revoked_at = now
        _note(actor, "api_token.revoked", token, now)
    return token


def forget_firm(organization_id: uuid.UUID, most: int) -> int:
    """Delete at most so many of a firm's tokens and of what was written with them; return how many rows."""
    return delete_some(
        most,
        (ApiToken, ApiToken.organization_id == organization_id),
        (PersonWrite, PersonWrite.organization_id == organization_id),
    )


def _note(actor: Actor, act: str, token: ApiToken, now: dt.datetime, **details: str) -> None:
    note(
        act,
        now,
        actor_id=actor.user_id,
        organization_id=actor.organization_id,
        subject_id=token.id,
        label=token.label,
        **details,
    )
