"""Someone at a meeting says on their own phone that they are there. The instructor still decides who was."""

from __future__ import annotations

import datetime as dt
import uuid

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from trainer.core.db import db, insert_missing
from trainer.core.errors import Conflict, NotFound, NotYet
from trainer.instructing.models import SHEET_CODE, Arrival, ClassSession, Cohort, CohortMember
from trainer.instructing.queries import find_membership, is_taught, today_in
from trainer.organizations.codes import read_code
from trainer.organizations.models import Organization
from trainer.web.language import show_day


def find_meeting(given: str) -> tuple[ClassSession, Cohort, Organization | None] | None:
    """Return the meeting whose sign-in sheet has this code, with its class and firm, or None. While the firm is closed,
    too, it is None."""
    row = db.session.execute(
        select(ClassSession, Cohort, Organization)
        .join(Cohort, Cohort.id == ClassSession.cohort_id)
        .outerjoin(Organization, Organization.id == Cohort.organization_id)
        .where(ClassSession.code == (read_code(given, SHEET_CODE) or "-"), is_taught())
    ).first()
    return (row[0], row[1], row[2]) if row else None


def find_arrival(session: ClassSession, cohort: Cohort, user_id: uuid.UUID) -> Arrival | None:
    """Return when a user signed in at a meeting by phone, or None."""
    member = find_membership(user_id, cohort)
    return db.session.get(Arrival, (session.id, member.id)) if member else None


def check_day(session: ClassSession, cohort: Cohort, organization: Organization | None, now: dt.datetime) -> None:
    """Raise Conflict on any day but the meeting's, by the firm's clock, and for an archived class."""
    today = today_in(organization, now)
    if cohort.archived_at is not None or session.held_on < today:
        raise Conflict(_l("This meeting is over. Ask the person who taught it to check you off."))
    if session.held_on > today:
        raise Conflict(_l("This meeting is on %(day)s. Sign in on that day.", day=show_day(session.held_on)))


def arrive(user_id: uuid.UUID, given: str, now: dt.datetime) -> CohortMember:
    """Note that someone in the class says that they are at a meeting, and return them. A second time changes nothing.

    Raises NotFound for an unknown code, Conflict on another day, NotYet for someone who isn't in the class.
    """
    meeting = find_meeting(given)
    if meeting is None:
        raise NotFound
    session, cohort, organization = meeting
    check_day(session, cohort, organization, now)
    member = find_membership(user_id, cohort)
    if member is None:
        raise NotYet(_l("First join the class."))
    insert_missing(Arrival, [{"session_id": session.id, "member_id": member.id, "at": now}])
    return member
