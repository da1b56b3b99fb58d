"""Reading trials: of a firm through its actor, one's own, and for administrators all of them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from trainer.assessment import pretest
from trainer.assessment.models import Attempt
from trainer.assessment.next_steps import AskedFirst
from trainer.assessment.queries import find_pretest, find_retest
from trainer.content.library import Content, Course
from trainer.content.serving import served
from trainer.core.db import db
from trainer.core.errors import NotFound
from trainer.extras.study.models import Trial, TrialPerson, TrialProtocol
from trainer.extras.study.rules import Arm, Days, TrialStage, days_of, earliest_due, in_fives, stage_of
from trainer.learning.models import Enrollment
from trainer.organizations.actor import Actor
from trainer.organizations.models import Membership, Organization, Team, TeamMembership
from trainer.organizations.queries import list_firms
from trainer.organizations.rules import local_day
from trainer.web.language import show_day


@dataclass(frozen=True)
class OwnTrial:
    """A trial as someone sees it who is invited or takes part; `person` is None until they agree."""

    trial: Trial
    firm: Organization
    course: Course
    person: TrialPerson | None
    stage: TrialStage | None
    first: Attempt | None
    second: Attempt | None
    today: dt.date

    @property
    def days(self) -> Days:
        """The days of the second form; for someone who agrees today until they do."""
        return days_of(self.agreed_on)

    @property
    def agreed_on(self) -> dt.date:
        """The firm's day on which they agreed, or today."""
        return local_day(self.firm.time_zone, self.person.agreed_at) if self.person else self.today


@dataclass(frozen=True)
class TrialLine:
    """A trial in the list for administrators."""

    trial: Trial
    firm: str
    people: int
    withdrew: int


def find_trial(actor: Actor) -> Trial | None:
    """Return the newest trial of an actor's firm, or None if an administrator never allowed one."""
    query = select(Trial).where(Trial.organization_id == actor.organization_id)
    return db.session.scalar(query.order_by(Trial.allowed_at.desc(), Trial.id).limit(1))


def get_trial(actor: Actor) -> Trial:
    """Return the same. Raises NotFound without one."""
    trial = find_trial(actor)
    if trial is None:
        raise NotFound
    return trial


def find_protocol(trial: Trial, version: int | None = None) -> TrialProtocol | None:
    """Return a version of a trial's protocol, the newest without a number."""
    query = select(TrialProtocol).where(TrialProtocol.trial_id == trial.id)
    if version is not None:
        query = query.where(TrialProtocol.version == version)
    return db.session.scalar(query.order_by(TrialProtocol.version.desc()).limit(1))


def list_protocols(trial: Trial) -> Sequence[TrialProtocol]:
    """Return all versions, the newest first."""
    query = select(TrialProtocol).where(TrialProtocol.trial_id == trial.id)
    return db.session.scalars(query.order_by(TrialProtocol.version.desc())).all()


def list_courses(content: Content) -> list[Course]:
    """Return the courses that a trial can be about: those with a pretest, in two forms."""
    return [course for course in content.courses.values() if course.file.pretest is not None]


def count_shown(trial: Trial) -> int | None:
    """Return how many take part as a firm is told: in fives, or None."""
    invited = select(func.count()).where(
        Membership.organization_id == trial.organization_id, Membership.ended_at.is_(None)
    )
    people = select(func.count()).where(TrialPerson.trial_id == trial.id)
    return in_fives(db.session.scalar(people) or 0, db.session.scalar(invited) or 0)


def list_own(user_id: uuid.UUID, content: Content, now: dt.datetime) -> list[OwnTrial]:
    """Return the trials that someone agreed to, whatever became of them, and those to which they are invited now."""
    return [*_list_agreed(user_id, content, now), *_list_invited(user_id, content, now)]


def _list_agreed(user_id: uuid.UUID, content: Content, now: dt.datetime) -> list[OwnTrial]:
    taking = select(Trial, TrialPerson, Organization)
    taking = taking.join(TrialPerson, TrialPerson.trial_id == Trial.id)
    taking = taking.join(Organization, Organization.id == Trial.organization_id)
    rows = db.session.execute(taking.where(TrialPerson.user_id == user_id).order_by(TrialPerson.agreed_at)).all()
    return [own for trial, person, firm in rows if (own := _own(trial, firm, person, content, now))]


def get_own(user_id: uuid.UUID, trial_id: uuid.UUID, content: Content, now: dt.datetime) -> OwnTrial:
    """Return one of them. Raises NotFound for a stranger."""
    own = next((own for own in list_own(user_id, content, now) if own.trial.id == trial_id), None)
    if own is None:
        raise NotFound
    return own


def _list_invited(user_id: uuid.UUID, content: Content, now: dt.datetime) -> list[OwnTrial]:
    firms = {firm.id: firm for _membership, firm in list_firms(user_id)}
    mine = select(TrialPerson.trial_id).where(TrialPerson.user_id == user_id)
    trials = (
        db.session.scalars(
            select(Trial)
            .where(Trial.organization_id.in_(firms), Trial.opened_at.is_not(None), Trial.closed_at.is_(None))
            .where(Trial.id.not_in(mine))
        ).all()
        if firms
        else []
    )
    return [
        own
        for trial in trials
        if (own := _own(trial, firms[trial.organization_id], None, content, now))
        and own.trial.enroll_until is not None
        and own.today <= own.trial.enroll_until
        and pretest.is_due(user_id, own.course)
    ]


def _own(
    trial: Trial, firm: Organization, person: TrialPerson | None, content: Content, now: dt.datetime
) -> OwnTrial | None:
    course, today = content.courses.get(trial.course or ""), local_day(firm.time_zone, now)
    if course is None:
        return None
    if person is None:
        return OwnTrial(trial, firm, course, None, None, None, None, today)
    first, second = find_pretest(person.user_id), find_retest(person.user_id)
    has_first = first is not None and first.submitted_at is not None
    stage = stage_of(
        Arm(person.arm),
        days_of(local_day(firm.time_zone, person.agreed_at)),
        today,
        has_first=has_first,
        has_second=second is not None and second.submitted_at is not None,
        is_over=person.withdrew_at is not None or trial.closed_at is not None,
        can_begin=pretest.find_under_way(person.user_id, course) is not None,
    )
    return OwnTrial(trial, firm, course, person, stage, first, second, today)


def find_asked_first(enrollment: Enrollment, now: dt.datetime) -> AskedFirst | None:
    """Return what someone who takes part is to do, or to wait for, before a course goes on; or None."""
    for own in _list_agreed(enrollment.user_id, served(), now):
        if own.course.slug != enrollment.course or own.stage not in (TrialStage.WAIT, TrialStage.SECOND):
            continue
        address = url_for("studies.show", trial_id=own.trial.id)
        if own.stage is TrialStage.SECOND:
            words = _(
                "The second set of scenes of the study is open until %(day)s.", day=show_day(own.days.second_until)
            )
            return AskedFirst(str(words), str(_("Go to the scenes")), address)
        words = _(
            "Your group in the study starts this course on %(day)s. Until then, there’s nothing to do here.",
            day=show_day(own.days.second_from),
        )
        return AskedFirst(str(words), str(_("About the study")), address)
    return None


def find_earliest_due(organization_id: uuid.UUID, course: str) -> dt.date | None:
    """Return the day before which a course is due for nobody in a firm, because of a trial; or None.

    It is the same for all, and stays when a trial is closed, so that due days never tell who takes part.
    """
    last = db.session.scalar(
        select(func.max(Trial.enroll_until)).where(
            Trial.organization_id == organization_id, Trial.course == course, Trial.opened_at.is_not(None)
        )
    )
    return earliest_due(last) if last else None


def find_site(user_id: uuid.UUID, organization_id: uuid.UUID) -> str:
    """Return the team at which someone's lot is drawn, the first by name, in hex; empty for someone in none."""
    team_id = db.session.scalar(
        select(Team.id)
        .join(TeamMembership, TeamMembership.team_id == Team.id)
        .join(Membership, Membership.id == TeamMembership.membership_id)
        .where(
            Membership.user_id == user_id, Membership.organization_id == organization_id, Membership.ended_at.is_(None)
        )
        .order_by(Team.name, Team.id)
        .limit(1)
    )
    return team_id.hex if team_id else ""


def get_any(trial_id: uuid.UUID) -> Trial:
    """Return any trial, for administrators. Raises NotFound."""
    trial = db.session.get(Trial, trial_id)
    if trial is None:
        raise NotFound(_l("There’s no trial with this ID. `flask study list` shows all."))
    return trial


def list_lines() -> list[TrialLine]:
    """Return all trials for administrators, the newest first."""
    people = (
        select(
            TrialPerson.trial_id, func.count().label("people"), func.count(TrialPerson.withdrew_at).label("withdrew")
        )
        .group_by(TrialPerson.trial_id)
        .subquery("people")
    )
    rows = db.session.execute(
        select(Trial, Organization.name, people.c.people, people.c.withdrew)
        .join(Organization, Organization.id == Trial.organization_id)
        .outerjoin(people, people.c.trial_id == Trial.id)
        .order_by(Trial.allowed_at.desc(), Trial.id)
    )
    return [TrialLine(trial, firm, number or 0, withdrew or 0) for trial, firm, number, withdrew in rows]
