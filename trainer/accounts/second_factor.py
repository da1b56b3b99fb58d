"""The second factor: turning it on and off, and trying codes. Part of the operations; never commits."""

from __future__ import annotations

import datetime as dt
import math
import uuid
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select, update

from trainer.accounts.codes import (
    find_step,
    make_recovery_codes,
    plain,
    seal_recovery_code,
    seals_of_recovery_code,
    secret_of,
)
from trainer.accounts.models import RecoveryCode, User
from trainer.accounts.operations import end_sessions
from trainer.accounts.queries import has_other_step, needs_code
from trainer.accounts.rules import FREE_MISSES, wait_after
from trainer.core.audit import note
from trainer.core.db import db
from trainer.core.errors import Conflict
from trainer.core.outbox import post
from trainer.core.signing import keys
from trainer.web.language import mail_language


class Tried(StrEnum):
    """What came of trying a code."""

    RIGHT = "right"
    WRONG = "wrong"
    WAIT = "wait"  # not looked at: too many wrong ones before


def turn_on(user: User, nonce: str, given: str, now: dt.datetime, *, but: uuid.UUID | None) -> list[str] | None:
    """Ask for a code from now on, if a first one is right, and return the recovery codes; None for a wrong code.

    Other sessions end, and the person is told by mail.
    """
    assert user.email is not None
    if user.has_second_factor:
        raise Conflict(_l("The second step is already on."))
    # The page with the secret may have been shown before the key was changed.
    made = [(key, find_step(secret_of(user.id, nonce, key), plain(given), now)) for key in keys().keys]
    key, step = next((pair for pair in made if pair[1] is not None), (None, None))
    if key is None:
        return None
    user.second_factor_at, user.second_factor_nonce, user.second_factor_step = now, nonce, step
    user.second_factor_key_id, user.second_factor_mask = key.id, None
    user.second_factor_misses, user.second_factor_wait_until = 0, None
    end_sessions(user.id, now, but=but)
    post("second-factor-on", user.email, mail_language(user.language), {"user": user.id.hex}, now)
    note("second_factor.on", now, actor_id=user.id, subject_id=user.id)
    return issue_recovery_codes(user, now)


def turn_off(user: User, now: dt.datetime, *, by_operator: bool = False) -> None:
    """Stop asking for codes, forget the recovery codes, and tell the person by mail."""
    assert user.email is not None
    if not user.has_second_factor:
        raise Conflict(_l("The second step is already off."))
    clear(user)
    if not has_other_step(user.id):  # it has need of the codes, too
        forget_recovery_codes(user.id)
    post("second-factor-off", user.email, mail_language(user.language), {"user": user.id.hex}, now)
    actor_id, by = (None, "operator") if by_operator else (user.id, None)
    note("second_factor.off", now, actor_id=actor_id, subject_id=user.id, by=by)


def clear(user: User) -> None:
    """Empty what the row says of the second step."""
    user.second_factor_at = user.second_factor_nonce = user.second_factor_step = None
    user.second_factor_key_id = user.second_factor_mask = user.second_factor_wait_until = None
    user.second_factor_misses = 0


def renew_recovery_codes(user: User, now: dt.datetime) -> list[str]:
    """Return new recovery codes; the old ones no longer work."""
    if not needs_code(user):
        raise Conflict(_l("The second step is off."))
    note("recovery_codes.renewed", now, actor_id=user.id, subject_id=user.id)
    return issue_recovery_codes(user, now)


def forget_recovery_codes(user_id: uuid.UUID) -> None:
    """Delete someone's recovery codes."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))


def issue_recovery_codes(user: User, now: dt.datetime) -> list[str]:
    """Return fresh recovery codes in place of those there were."""
    forget_recovery_codes(user.id)
    codes, key = make_recovery_codes(), keys().current
    db.session.add_all(
        RecoveryCode(user_id=user.id, seal=seal_recovery_code(user.id, code, key), key_id=key.id, created_at=now)
        for code in codes
    )
    db.session.flush()
    return codes


def try_code(user: User, given: str, now: dt.datetime) -> Tried:
    """Use up a code of the app or a recovery code. Takes the user locked; wrong tries are counted in the row.

    A recovery code is looked at even while codes of the app wait: at 60 bits nobody guesses it, and whoever knows only
    the password mustn't keep the owner out.
    """
    is_waiting = user.second_factor_wait_until is not None and now < user.second_factor_wait_until
    if not _use_recovery_code(user, given, now):
        if is_waiting:
            return Tried.WAIT
        if not _use_step(user, given, now):
            _count_miss(user, now)
            return Tried.WRONG
    user.second_factor_misses, user.second_factor_wait_until = 0, None
    return Tried.RIGHT


def minutes_to_wait(user: User, now: dt.datetime) -> int:
    """Return how many minutes the next code has to wait; 0 if it needn't."""
    until = user.second_factor_wait_until
    return max(0, math.ceil((until - now) / dt.timedelta(minutes=1))) if until else 0


def count_recovery_codes(user_id: uuid.UUID) -> int:
    """Return how many recovery codes are left."""
    query = select(func.count()).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(query) or 0


def own_recovery_codes(user_id: uuid.UUID, given: list[str]) -> list[str]:
    """Return those of the given codes that are the person's and unused."""
    query = select(RecoveryCode.seal).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    seals = set(db.session.scalars(query))
    return [code for code in given if seals.intersection(seals_of_recovery_code(user_id, code))]


def find_secret(user: User) -> str | None:
    """Return the secret that the person's app holds, or None if there is none or its key is gone."""
    key = keys().find(user.second_factor_key_id) if user.second_factor_key_id else keys().oldest
    if user.second_factor_nonce is None or key is None:
        return None
    return secret_of(user.id, user.second_factor_nonce, key, user.second_factor_mask)


def _count_miss(user: User, now: dt.datetime) -> None:
    user.second_factor_misses += 1
    wait = wait_after(user.second_factor_misses)
    user.second_factor_wait_until = now + wait if wait else None
    note("second_factor.code_refused", now, actor_id=user.id, subject_id=user.id)
    if user.second_factor_misses == FREE_MISSES and user.email is not None:
        post("codes-refused", user.email, mail_language(user.language), {"user": user.id.hex}, now)


def _use_step(user: User, given: str, now: dt.datetime) -> bool:
    secret = find_secret(user)
    if secret is None:
        return False
    step = find_step(secret, plain(given), now)
    if step is None or step <= (user.second_factor_step or 0):
        return False
    user.second_factor_step = step
    return True


def _use_recovery_code(user: User, given: str, now: dt.datetime) -> bool:
    used = db.session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.user_id == user.id,
            RecoveryCode.seal.in_(seals_of_recovery_code(user.id, given)),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]
        return False
    note("recovery_code.used", now, actor_id=user.id, subject_id=user.id)
    return True
