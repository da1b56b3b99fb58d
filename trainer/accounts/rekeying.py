"""What of accounts rests on one of the installation's keys: second factors, which can move to another, recovery codes,
which can't, and PINs, which move when they are typed. Part of the operations; never commits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, select

from trainer.accounts.codes import mask_for, secret_of
from trainer.accounts.models import RecoveryCode, User
from trainer.core.db import db, in_portions
from trainer.core.keys import Key, Ring


@dataclass(frozen=True, slots=True)
class Resting:
    """How many second factors and PINs need a key, and how many people have unused recovery codes that do."""

    second_factors: int
    with_recovery_codes: int
    pins: int = 0


def count_resting(ring: Ring, key: Key | None) -> Resting:
    """Return what rests on a key of the ring, or with None on keys that aren't in it: nobody can use that."""
    factors = select(func.count()).select_from(User).where(_has_factor(), _is_of(User.second_factor_key_id, ring, key))
    people = select(func.count(RecoveryCode.user_id.distinct())).where(
        RecoveryCode.used_at.is_(None), _is_of(RecoveryCode.key_id, ring, key)
    )
    pins = select(func.count()).select_from(User).where(User.pin_hash.is_not(None), _is_of(User.pin_key_id, ring, key))
    return Resting(_count(factors), _count(people), _count(pins))


def move_second_factors(ring: Ring, old: Key) -> int:
    """Move all second factors from older keys to the current one; return how many. People notice nothing."""
    query = select(User).where(_has_factor(), _is_of(User.second_factor_key_id, ring, old)).with_for_update()
    moved = 0
    for user in db.session.scalars(in_portions(query, 500)):
        nonce = str(user.second_factor_nonce)
        secret = secret_of(user.id, nonce, old, user.second_factor_mask)
        user.second_factor_key_id = ring.current.id
        user.second_factor_mask = mask_for(secret, user.id, nonce, ring.current)
        moved += 1
    return moved


def forget_recovery_codes(ring: Ring, old: Key) -> None:
    """Delete recovery codes that only a key about to be dropped can check, so that no page counts them as left."""
    db.session.execute(
        delete(RecoveryCode).where(_is_of(RecoveryCode.key_id, ring, old)).execution_options(synchronize_session=False)
    )


def _has_factor() -> ColumnElement[bool]:
    return User.second_factor_nonce.is_not(None)


def _is_of(column: Any, ring: Ring, key: Key | None) -> ColumnElement[bool]:
    if key is None:
        unknown: ColumnElement[bool] = column.not_in([known.id for known in ring.keys])
        return unknown
    named: ColumnElement[bool] = column == key.id
    return named | column.is_(None) if key == ring.oldest else named


def _count(query: Select[int]) -> int:
    return db.session.scalar(query) or 0
