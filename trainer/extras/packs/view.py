"""What one person in a firm sees of a day, and the conditions of who and what is in a pack."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import and_, or_, select

from trainer.assignments.models import Assignment, DutyPeriod, Requirement, Waiver
from trainer.assignments.snapshots import meets_any
from trainer.compliance import queries
from trainer.compliance.rules import Viewer
from trainer.core.db import db
from trainer.credentials.models import Credential
from trainer.credentials.queries import in_name_until
from trainer.organizations.actor import Actor
from trainer.organizations.models import Membership, TeamStay
from trainer.organizations.queries import seen_by
from trainer.organizations.rules import Role, day_begins
from trainer.organizations.words import ROLE_WORDS


@dataclass(frozen=True)
class View:
    """What one person in a firm sees of a day. Everything is read as of its end, or of the moment if it isn't over."""

    actor: Actor
    as_of: dt.date
    at: dt.datetime
    """When the pack was begun: what is later isn't in it."""
    requirement_id: uuid.UUID | None = None
    """The only requirement that is looked at."""

    @property
    def is_limited(self) -> bool:
        """Whether there may be people in the firm who aren't seen."""
        return self.actor.team_ids is not None or self.requirement_id is not None

    @cached_property
    def end(self) -> dt.datetime:
        """The instant up to which records count."""
        return min(day_begins(self.as_of + dt.timedelta(days=1), self.actor.organization.time_zone), self.at)

    @cached_property
    def viewer(self) -> Viewer:
        """The same view of training status."""
        viewer = queries.viewer_of(self.actor, self.at, self.as_of)
        return viewer._replace(requirement_id=self.requirement_id)

    @cached_property
    def authors(self) -> dict[uuid.UUID, str]:
        """Name and role of everyone who decides something in the firm, or ever has."""
        deciding = select(Waiver.created_by_id).where(Waiver.organization_id == self.actor.organization_id)
        rows = db.session.execute(
            select(Membership.user_id, Membership.name, Membership.role)
            .where(
                Membership.organization_id == self.actor.organization_id,
                or_(Membership.role != Role.MEMBER, Membership.user_id.in_(deciding)),
                Membership.user_id.is_not(None),
            )
            .order_by(Membership.created_at)
        )
        return {row[0]: _("%(name)s, %(role)s", name=row[1], role=ROLE_WORDS[Role(row[2])]) for row in rows if row[0]}

    def author(self, user_id: uuid.UUID | None) -> str:
        """Return who someone is, or that this isn't known anymore."""
        known = self.authors.get(user_id) if user_id else None
        return known or _("someone who isn’t on the roster")


def on_roster(view: View) -> Any:
    """Return the condition of memberships that the actor sees and that were on the roster."""
    listed = and_(Membership.hired_on.is_(None), Membership.created_at < view.end)
    begun = or_(Membership.hired_on <= view.as_of, listed)
    is_there = and_(begun, or_(Membership.ended_on.is_(None), Membership.ended_on >= view.as_of))
    return and_(seen(view), is_there, *_with_duty_then(view))


def seen(view: View) -> Any:
    """Return the condition of memberships that the actor sees, as training status does, by the teams of that day; of
    one requirement those that had a duty of it."""
    return and_(_in_teams(view), *with_duty(view))


def with_duty(view: View) -> list[Any]:
    """Return the condition of memberships that up to the day had a duty of the only requirement."""
    if view.requirement_id is None:
        return []
    duties = select(Assignment.membership_id).where(
        Assignment.requirement_id == view.requirement_id, Assignment.created_at < view.end
    )
    return [Membership.id.in_(duties)]


def _with_duty_then(view: View) -> list[Any]:
    """Return the condition of memberships that had a duty of the only requirement that day."""
    until, requirement_id = view.viewer.until, view.requirement_id
    if requirement_id is None:
        return []
    duties = select(Assignment.membership_id).where(
        Assignment.requirement_id == requirement_id, Assignment.ended_at.is_(None)
    )
    if until is not None:
        duties = select(DutyPeriod.membership_id).where(
            DutyPeriod.organization_id == view.actor.organization_id,
            DutyPeriod.requirement_id == requirement_id,
            DutyPeriod.began_at < until,
            or_(DutyPeriod.ended_at.is_(None), DutyPeriod.ended_at >= until),
        )
    return [Membership.id.in_(duties)]


def of_rule(view: View) -> list[Any]:
    """Return the condition of duties that follow from the only requirement."""
    return [] if view.requirement_id is None else [Assignment.requirement_id == view.requirement_id]


def _in_teams(view: View) -> Any:
    actor, until = view.actor, view.viewer.until
    if actor.team_ids is None or until is None:
        return seen_by(actor)
    was_in = select(TeamStay.membership_id).where(
        TeamStay.organization_id == actor.organization_id,
        TeamStay.team_id.in_(actor.team_ids),
        TeamStay.began_at < until,
        or_(TeamStay.ended_at.is_(None), TeamStay.ended_at >= until),
    )
    return and_(Membership.organization_id == actor.organization_id, Membership.id.in_(was_in))


def required(view: View) -> Any:
    """Return the courses ever required of a person, or that of the only requirement."""
    if view.requirement_id is not None:
        return select(Requirement.course).where(Requirement.id == view.requirement_id).correlate(None)
    return (
        select(Requirement.course)
        .join(Assignment, Assignment.requirement_id == Requirement.id)
        .where(Assignment.membership_id == Membership.id)
        .correlate(Membership)
    )


def completions(view: View, *columns: Any) -> Any:
    """Return the credentials, of courses ever required of a person, of those on the roster, earned by then."""
    return (
        select(*columns)
        .join(Membership, Membership.user_id == Credential.user_id)
        .where(
            on_roster(view),
            Credential.issued_at < view.end,
            in_name_until(Membership.ended_at),
            meets_any(Credential.course, required(view)),
        )
    )
