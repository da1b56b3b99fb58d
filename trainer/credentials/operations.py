"""Issuing and revoking credentials."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from trainer.core import chance
from trainer.core.db import db
from trainer.core.errors import Conflict, NotFound
from trainer.core.events import EventKind, happen
from trainer.core.installation import draw_list_number, get_installation
from trainer.credentials.models import Credential, Facts
from trainer.credentials.queries import find_by_serial, find_credential, list_names
from trainer.credentials.rules import STATUS_PLACES, new_serial, valid_until

_DRAWS = 20
"""How often a free place is drawn for in a status list before the next one is begun, when it is nearly full."""


def issue(
    facts: Facts,
    user_id: uuid.UUID,
    cycle: int,
    validity_months: int,
    now: dt.datetime,
    final: Mapping[str, Any] | None = None,
) -> Credential:
    """Issue the credential. The database allows one per person, course and cycle (Conflict otherwise).

    It supersedes that of the cycle before, which stays readable. While that is valid, its last day is where the months
    begin: renewing early loses no days.

    `final`: the final that earned it, as `PassedFinal` has it.
    """
    older = find_credential(user_id, facts.course, cycle - 1)
    begins = max(now.date(), older.valid_until) if older and older.revoked_at is None else now.date()
    newer = _add(facts, user_id, cycle, final, now, valid_until(begins, validity_months), now)
    if older is not None:
        older.superseded_by_id = newer.id
    return newer


def reissue(credential: Credential, holder_name: str, now: dt.datetime) -> Credential:
    """Issue a credential that stands again in another name: the same facts and days under a new number.

    The old one stays, superseded. The database lets one of each cycle stand (Conflict otherwise).
    """
    facts = Facts(**{field.name: getattr(credential.stated, field.name) for field in fields(Facts)})
    credential.reissued_at, credential.sharing_key = now, None  # the page would go on showing the former name
    db.session.flush()  # before the new one: no two may stand
    newer = _add(
        replace(facts, holder_name=holder_name),
        credential.user_id,
        credential.cycle,
        credential.final,
        credential.issued_at,
        credential.valid_until,
        now,
    )
    credential.superseded_by_id = newer.id
    return newer


def share(credential: Credential, *, is_on: bool) -> None:
    """Give a credential a page that can be shared, at an address nobody can guess; or end the one it has, for good."""
    credential.sharing_key = (credential.sharing_key or secrets.token_urlsafe(16)) if is_on else None


def revoke(serial: str, reason: str, now: dt.datetime) -> Credential:
    """Withdraw a credential, in all names in which it was issued; return the one that stands.

    Their pages say so, with date and reason, from now on.
    """
    credential = find_by_serial(serial)
    if credential is None:
        raise NotFound(_l("There’s no certificate with this number."))
    if credential.revoked_at is not None:
        raise Conflict(_l("This credential has already been withdrawn."))
    names = list_names(credential)
    for each in names:
        each.revoked_at, each.revocation_reason = now, reason.strip()
        happen(EventKind.REVOKED, each.id, now)
    return names[0]


def _add(
    facts: Facts,
    user_id: uuid.UUID,
    cycle: int,
    final: Mapping[str, Any] | None,
    issued_at: dt.datetime,
    valid_until: dt.date,
    now: dt.datetime,
) -> Credential:
    credential = Credential(
        **{**vars(facts), "unapproved_states": list(facts.unapproved_states)},
        final=final and dict(final),
        user_id=user_id,
        cycle=cycle,
        serial=new_serial(chance.rng),
        status_index=_draw_status_index(),
        issued_at=issued_at,
        issued_on=issued_at.date(),
        valid_until=valid_until,
    )
    db.session.add(credential)
    db.session.flush()
    happen(EventKind.ISSUED, credential.id, now)
    return credential


def _draw_status_index() -> int:
    """Return a free place at random: from it, nobody can tell when or beside whom a credential was issued."""
    installation = get_installation()
    for _draw in range(_DRAWS):
        index = installation.status_list * STATUS_PLACES + chance.rng.randrange(STATUS_PLACES)
        if db.session.scalar(select(Credential.id).where(Credential.status_index == index)) is None:
            return index
    installation.status_list = draw_list_number()
    return installation.status_list * STATUS_PLACES + chance.rng.randrange(STATUS_PLACES)
