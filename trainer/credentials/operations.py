"""Issuing and revoking credentials."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from trainer.core import chance
from trainer.core.db import db
from trainer.core.errors import Conflict, NotFound
from trainer.core.events import Kind, happen
from trainer.credentials.models import Credential, Facts
from trainer.credentials.queries import find_by_serial, find_credential
from trainer.credentials.rules import new_serial, valid_until


def issue(
    facts: Facts,
    user_id: uuid.UUID,
    cycle: int,
    validity_months: int,
    now: dt.datetime,
    final: Mapping[str, Any] | None = None,
) -> Credential:
    """Issue the credential. The database allows one per person, course and cycle (Conflict otherwise).

    `final`: the final that earned it, as `PassedFinal` has it.
    """
    credential = Credential(
        **{**vars(facts), "unapproved_states": list(facts.unapproved_states)},
        final=final and dict(final),
        user_id=user_id,
        cycle=cycle,
        serial=new_serial(chance.rng),
        issued_at=now,
        issued_on=now.date(),
        valid_until=valid_until(now.date(), validity_months),
    )
    db.session.add(credential)
    db.session.flush()
    happen(Kind.ISSUED, credential.id, now)
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
        raise NotFound(_l("There’s no credential with this number."))
    if credential.revoked_at is not None:
        raise Conflict(_l("This credential has already been withdrawn."))
    credential.revoked_at, credential.revocation_reason = now, reason.strip()
    happen(Kind.REVOKED, credential.id, now)
    return credential
