"""Issuing and revoking credentials."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from trainer.core import chance
from trainer.core.db import db
from trainer.core.errors import Conflict, NotFound
from trainer.credentials.models import Credential
from trainer.credentials.queries import find_by_serial, find_credential
from trainer.credentials.rules import new_serial, valid_until


@dataclass(frozen=True)
class Earned:
    """What a credential will state. `minutes` are active minutes."""

    user_id: uuid.UUID
    course: str
    cycle: int
    holder_name: str
    course_title: str
    course_version: str
    course_digest: str
    edition: str | None
    achievement: str
    scenes: int
    minutes: int
    started_on: dt.date
    is_attested: bool
    is_paced: bool
    unapproved_states: list[str]
    validity_months: int
    is_local_trial: bool


def issue(earned: Earned, now: dt.datetime) -> Credential:
    """Issue the credential. The database allows one per person, course and cycle (Conflict otherwise)."""
    facts = {name: value for name, value in vars(earned).items() if name != "validity_months"}
    credential = Credential(
        **facts,
        serial=new_serial(chance.rng),
        issued_at=now,
        issued_on=now.date(),
        valid_until=valid_until(now.date(), earned.validity_months),
    )
    db.session.add(credential)
    db.session.flush()
    return credential


def supersede(user_id: uuid.UUID, course: str, newer: Credential) -> None:
    """Note on the credential of the cycle before that there is a newer one; it stays readable."""
    older = find_credential(user_id, course, newer.cycle - 1)
    if older is not None:
        older.superseded_by_id = newer.id


def revoke(serial: str, reason: str, now: dt.datetime) -> Credential:
    """Withdraw a credential; its page says so, with date and reason, from now on."""
    credential = find_by_serial(serial)
    if credential is None:
        raise NotFound("There is no credential with this number.")
    if credential.revoked_at is not None:
        raise Conflict("This credential is withdrawn already.")
    credential.revoked_at, credential.revocation_reason = now, reason.strip()
    return credential
