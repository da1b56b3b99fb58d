"""Reading credentials."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, SQLColumnExpression, and_, not_, or_, select
from sqlalchemy.orm import aliased

from trainer.core.db import db
from trainer.core.errors import NotFound
from trainer.credentials.models import Credential
from trainer.credentials.rules import CredentialStatus, read_serial, status


def find_by_serial(given: str) -> Credential | None:
    """Return the credential of a serial as typed or as in an address, or None."""
    serial = read_serial(given)
    # An impossible serial is looked up all the same: unknown and impossible ones cost and say the same.
    return db.session.scalar(select(Credential).where(Credential.serial == (serial or "-")))


def get_by_serial(given: str) -> Credential:
    """Return the credential of a serial. Raises NotFound."""
    credential = find_by_serial(given)
    if credential is None:
        raise NotFound(_l("There’s no certificate with this number."))
    return credential


def find_shared(key: str) -> Credential | None:
    """Return the credential whose holder shares it under this key, or None."""
    return db.session.scalar(select(Credential).where(Credential.sharing_key == key))


def find_credential(user_id: uuid.UUID, course: str, cycle: int) -> Credential | None:
    """Return a person's credential of a course and cycle, in the name it has now, or None."""
    mine = (Credential.user_id == user_id, Credential.course == course, Credential.cycle == cycle)
    return db.session.scalar(select(Credential).where(*mine, Credential.reissued_at.is_(None)))


def list_names(credential: Credential) -> list[Credential]:
    """Return a credential in all names in which it was issued, the newest first."""
    names = [credential]
    while names[0].reissued_at is not None:
        names.insert(0, db.session.get_one(Credential, names[0].superseded_by_id))
    while True:
        of_this = (Credential.superseded_by_id == names[-1].id, Credential.reissued_at.is_not(None))
        older = db.session.scalar(select(Credential).where(*of_this))
        if older is None:
            return names
        names.append(older)


def newest_of(credential: Credential) -> Credential:
    """Return the credential that has taken the place of this one, or of what replaced it; itself if none has."""
    while credential.superseded_by_id is not None:
        credential = db.session.get_one(Credential, credential.superseded_by_id)
    return credential


def in_name_until(instant: SQLColumnExpression[dt.datetime | None]) -> ColumnElement[bool]:
    """Return the condition of a credential in the name that it had at an instant; in the one it has now for NULL."""
    older = aliased(Credential)
    # That it isn't missing is said twice, for the index of the few.
    renamed = (older.superseded_by_id == Credential.id, older.reissued_at.is_not(None), older.reissued_at >= instant)
    named_later = select(older.id).where(*renamed)
    has_name = or_(Credential.reissued_at.is_(None), Credential.reissued_at >= instant)
    return and_(has_name, not_(named_later.correlate_except(older).exists()))


def list_named_at(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, dt.datetime]:
    """Return when credentials got their names, of those that were issued again in another name."""
    older = select(Credential).where(Credential.superseded_by_id.in_(ids), Credential.reissued_at.is_not(None))
    rows = db.session.scalars(older).all() if ids else ()
    return {row.superseded_by_id: row.reissued_at for row in rows if row.superseded_by_id and row.reissued_at}


def list_credentials(user_id: uuid.UUID) -> Sequence[Credential]:
    """Return a person's credentials, each in the name it has now, newest first."""
    query = select(Credential).where(Credential.user_id == user_id, Credential.reissued_at.is_(None))
    return db.session.scalars(query.order_by(Credential.issued_at.desc())).all()


def list_by_ids(ids: Collection[uuid.UUID]) -> Sequence[Credential]:
    """Return credentials by their ids, in no particular order; without ids, runs no statement."""
    return db.session.scalars(select(Credential).where(Credential.id.in_(ids))).all() if ids else ()


def status_on(credential: Credential, day: dt.date) -> CredentialStatus:
    """Return a credential's status on a day."""
    return status(
        valid_until=credential.valid_until,
        revoked_at=credential.revoked_at,
        is_superseded=credential.superseded_by_id is not None,
        today=day,
    )
