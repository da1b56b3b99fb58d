"""Why someone with a valid certificate still has something to do: which of a requirement's terms it doesn't meet."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from trainer.assignments.rules import CoveringCredential, Shortfall, Terms, find_shortfall
from trainer.content.serving import served
from trainer.core.db import db
from trainer.credentials.models import Credential
from trainer.organizations.models import Membership

Asked = tuple[uuid.UUID, str, Terms]
"""Of whom (a membership), which course, on which terms."""


def completion_of(credential: Credential) -> CoveringCredential:
    """Return what a requirement looks at of a credential."""
    return CoveringCredential(
        credential.issued_on,
        credential.valid_until,
        credential.minutes,
        credential.is_attested,
        credential.is_paced,
        credential.revoked_at is not None,
        credential.is_tested_out,
    )


def find_shortfalls(
    asked: Mapping[uuid.UUID, Asked], today: dt.date, until: dt.datetime | None = None
) -> dict[uuid.UUID, Shortfall]:
    """Return why a valid certificate doesn't count, of those duties that nothing covers whose person holds one.

    `until`: when the day ended, of a past one. One statement; none, where nothing is asked.
    """
    if not asked:
        return {}
    renewal, short = served().site.renewal or "", dict[uuid.UUID, Shortfall]()
    courses = {course for _person, course, _terms in asked.values()} | {renewal}
    held = _list_held({person for person, _course, _terms in asked.values()}, courses, today, until)
    for duty, (person, course, terms) in asked.items():
        for credential in held.get(person, ()):
            if credential.course in {course, renewal}:  # the newest is the last
                short[duty] = find_shortfall(completion_of(credential), terms)
    return short


def _list_held(
    people: Iterable[uuid.UUID], courses: Iterable[str], today: dt.date, until: dt.datetime | None
) -> dict[uuid.UUID, list[Credential]]:
    """Return membership id -> the certificates that were valid on the day, oldest first."""
    query = (
        select(Membership.id, Credential)
        .join(Credential, Credential.user_id == Membership.user_id)
        .where(
            Membership.id.in_(people),
            Credential.course.in_(courses),
            Credential.issued_on <= today,
            Credential.valid_until >= today,
            _stood(Credential.revoked_at, until),
            _stood(Credential.reissued_at, until),
        )
        .order_by(Credential.issued_on, Credential.issued_at)
    )
    held: dict[uuid.UUID, list[Credential]] = {}
    for person_id, credential in db.session.execute(query):
        held.setdefault(person_id, []).append(credential)
    return held


def _stood(ended_at: InstrumentedAttribute[dt.datetime | None], until: dt.datetime | None) -> ColumnElement[bool]:
    return ended_at.is_(None) if until is None else or_(ended_at.is_(None), ended_at >= until)
