"""What becomes of a certificate after it was issued: another name on it, and its withdrawal. Never commits."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace
from typing import Final

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from trainer.accounts.models import User
from trainer.accounts.operations import printable_name
from trainer.accounts.queries import get_user
from trainer.core.audit import note
from trainer.core.db import db
from trainer.core.errors import Conflict, NotFound
from trainer.core.outbox import post
from trainer.credentials.models import Credential
from trainer.credentials.operations import reissue, revoke
from trainer.credentials.queries import find_by_serial, list_names, status_on
from trainer.credentials.rules import CredentialStatus
from trainer.learning.models import Enrollment
from trainer.learning.queries import find_enrollment
from trainer.web.language import mail_language

MOST_REISSUES: Final = 3
"""How often a holder may have one certificate reissued; after that, an administrator corrects it."""


def get_own(user_id: uuid.UUID, credential_id: uuid.UUID) -> Credential:
    """Return someone's own certificate. Raises NotFound."""
    mine = (Credential.id == credential_id, Credential.user_id == user_id)
    credential = db.session.scalar(select(Credential).where(*mine).execution_options(populate_existing=True))
    if credential is None:
        raise NotFound(_l("You have no such certificate."))
    return credential


def get_by_serial(serial: str) -> Credential:
    """Return a certificate by its number. Raises NotFound."""
    credential = find_by_serial(serial)
    if credential is None:
        raise NotFound(_l("There’s no certificate with this number."))
    return credential


def reissue_own(user_id: uuid.UUID, credential_id: uuid.UUID, now: dt.datetime) -> Credential:
    """Issue someone's certificate again in the name that the account has now.

    Raises NotFound for another's, Conflict where it can't be, or can't be anymore.
    """
    holder = get_user(user_id)  # locks the row: of many at once one does it
    credential = get_own(user_id, credential_id)
    if len(list_names(credential)) > MOST_REISSUES:
        raise Conflict(_l("This certificate was already reissued three times. Write to us to have it corrected."))
    return _reissue(credential, holder, holder.certificate_name, now, actor_id=user_id)


def correct_name(serial: str, name: str, actor_id: uuid.UUID, now: dt.datetime) -> Credential:
    """Issue a certificate again in a name that an administrator corrects, and give the account that name.

    Raises NotFound; Invalid for a name that can't be printed; Conflict where it can't be.
    """
    credential = get_by_serial(serial)
    holder = get_user(credential.user_id)
    db.session.refresh(credential)  # as it is now that nobody else can change it
    holder.certificate_name = printable_name(name)
    return _reissue(credential, holder, holder.certificate_name, now, actor_id=actor_id)


def _reissue(
    credential: Credential, holder: User, name: str | None, now: dt.datetime, *, actor_id: uuid.UUID
) -> Credential:
    earned = db.session.scalar(select(Enrollment).where(Enrollment.credential_id == credential.id))
    if status_on(credential, now.date()) is not CredentialStatus.VALID or earned is None:
        raise Conflict(_l("Only a valid certificate can be reissued, and this one isn’t, or was already replaced."))
    if earned.user_id != credential.user_id:
        raise Conflict(_l("Two accounts are being joined right now. Try again in a day."))
    if not name or name == credential.holder_name:
        raise Conflict(_l("The certificate already shows this name."))
    newer = reissue(credential, name, now)
    earned.credential_id = newer.id
    note("credential.reissued", now, actor_id=actor_id, subject_id=newer.id, older=credential.id.hex)
    _tell(holder, "certificate-reissued", newer, now)
    return newer


def withdraw(
    serial: str, reason: str, now: dt.datetime, *, actor_id: uuid.UUID | None = None, why: str | None = None
) -> Credential:
    """Withdraw a credential, and tell its holder. A short renewal of it that is under way goes on as the whole core
    path.

    `actor_id`: None on the command line; `why`: for the audit log alone. Raises NotFound, and Conflict where it is
    withdrawn already.
    """
    credential = get_by_serial(serial)
    holder = get_user(credential.user_id)  # locks the row, as everything does that goes on with a renewal
    db.session.refresh(credential)  # as it is now that nobody else can change it
    credential = revoke(serial, reason, now)
    by = None if actor_id else "operator"
    note("credential.revoked", now, actor_id=actor_id, subject_id=credential.id, reason=reason, why=why, by=by)
    _tell(holder, "certificate-withdrawn", credential, now)
    earned = db.session.scalar(select(Enrollment).where(Enrollment.credential_id == credential.id))
    if earned is None:
        return credential
    newest = find_enrollment(earned.user_id, earned.course)
    if newest is not None and newest.cycle == earned.cycle + 1 and newest.completed_at is None and newest.is_short:
        newest.conditions = replace(newest.asks, is_short=False).kept()
    return credential


def _tell(holder: User, template: str, credential: Credential, now: dt.datetime) -> None:
    if holder.email is not None and holder.email_confirmed_at is not None:  # otherwise, it may be someone else's
        post(template, holder.email, mail_language(holder.language), {"credential": credential.id.hex}, now)
