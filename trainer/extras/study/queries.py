"""Reading trials: those of a firm or class, one's own, and for administrators all of them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, and_, func, or_, select

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
from trainer.instructing.models import Cohort, CohortMember
from trainer.instructing.queries import count_present, is_taught
from trainer.learning.models import Enrollment
from trainer.organizations.models import Membership, Organization, Team, TeamMembership
from trainer.organizations.rules import local_day
from trainer.web.language import show_day


@dataclass(frozen=True)
class Host:
    """Where a trial runs: in a firm, or in a class, which may be a firm's."""

    firm: Organization | None
    cohort: Cohort | None

    @property
    def name(self) -> str:
        """As people there know it."""
        names = [record.title if isinstance(record, Cohort) else record.name for record in self._records]
        return ", ".join(names)

    @property
    def firm_id(self) -> uuid.UUID | None:
        """The firm's id, of a class's firm, too."""
        return self.firm.id if self.firm else None

    def day(self, at: dt.datetime) -> dt.date:
        """Return the firm's day, or the day in UTC."""
        return local_day(self.firm.time_zone if self.firm else "UTC", at)

    @property
    def _records(self) -> list[Cohort | Organization]:
        return [record for record in (self.cohort, self.firm) if record is not None]


@dataclass(frozen=True)
class OwnTrial:
    """A trial as someone sees it who is invited or takes part; `person` is None until they agree."""

    trial: Trial
    host: Host
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
        return self.host.day(self.person.agreed_at) if self.person else self.today


@dataclass(frozen=True)
class TrialLine:
    """A trial in the list for administrators."""

    trial: Trial
    host: Host
    people: int
    withdrew: int


def find_trial(host: Host) -> Trial | None:
    """Return the newest trial of a firm or class, or None if an administrator never allowed one."""
    is_there = Trial.cohort_id == host.cohort.id if host.cohort else Trial.organization_id == host.firm_id
    return db.session.scalar(select(Trial).where(is_there).order_by(Trial.allowed_at.desc(), Trial.id).limit(1))


def get_trial(host: Host) -> Trial:
    """Return the same. Raises NotFound without one."""
    trial = find_trial(host)
    if trial is None:
        raise NotFound
    return trial


def find_host(trial: Trial) -> Host:
    """Return where a trial runs."""
    return _read(db.session.execute(_hosted().where(Trial.id == trial.id)).one())[1]


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


def list_courses(content: Content, host: Host | None = None) -> list[Course]:
    """Return the courses that a trial can be about: those with a pretest, in two forms; in a class, its own alone."""
    return [
        course
        for course in content.courses.values()
        if course.file.pretest is not None and not (host and host.cohort and host.cohort.course != course.slug)
    ]


def count_shown(trial: Trial, host: Host) -> int | None:
    """Return how many take part as a firm or an instructor is told: in fives, or None."""
    roster = select(func.count()).where(Membership.organization_id == host.firm_id, Membership.ended_at.is_(None))
    invited = count_present(host.cohort) if host.cohort else db.session.scalar(roster)
    people = select(func.count()).where(TrialPerson.trial_id == trial.id)
    return in_fives(db.session.scalar(people) or 0, invited or 0)


def list_own(user_id: uuid.UUID, content: Content, now: dt.datetime) -> list[OwnTrial]:
    """Return the trials that someone agreed to, whatever became of them, and those to which they are invited now."""
    return [*_list_agreed(user_id, content, now), *_list_invited(user_id, content, now)]


def _list_agreed(user_id: uuid.UUID, content: Content, now: dt.datetime) -> list[OwnTrial]:
    taking = _hosted().add_columns(TrialPerson).join(TrialPerson, TrialPerson.trial_id == Trial.id)
    rows = db.session.execute(taking.where(TrialPerson.user_id == user_id).order_by(TrialPerson.agreed_at)).all()
    return [own for row in rows if (own := _own(*_read(row), row.TrialPerson, content, now))]


def get_own(user_id: uuid.UUID, trial_id: uuid.UUID, content: Content, now: dt.datetime) -> OwnTrial:
    """Return one of them. Raises NotFound for a stranger."""
    own = next((own for own in list_own(user_id, content, now) if own.trial.id == trial_id), None)
    if own is None:
        raise NotFound
    return own


def _list_invited(user_id: uuid.UUID, content: Content, now: dt.datetime) -> list[OwnTrial]:
    """Return those of a person's firms and classes. Whoever has left a firm has left its classes."""
    mine = select(TrialPerson.trial_id).where(TrialPerson.user_id == user_id)
    firms = select(Membership.organization_id).where(Membership.user_id == user_id, Membership.ended_at.is_(None))
    classes = select(CohortMember.cohort_id).where(CohortMember.user_id == user_id, CohortMember.left_at.is_(None))
    query = _hosted().where(
        Trial.opened_at.is_not(None),
        Trial.closed_at.is_(None),
        Trial.id.not_in(mine),
        is_taught(),
        or_(Trial.organization_id.in_(firms), and_(Trial.cohort_id.in_(classes), Cohort.archived_at.is_(None))),
        or_(Organization.id.is_(None), Organization.id.in_(firms)),
    )
    return [
        own
        for row in db.session.execute(query.order_by(Trial.allowed_at, Trial.id)).all()
        if (own := _own(*_read(row), None, content, now))
        and own.trial.enroll_until is not None
        and own.today <= own.trial.enroll_until
        and pretest.find_offer(user_id, own.course)[1]
    ]


def _hosted() -> Select[Trial, Organization, Cohort]:
    """Return a select of trials with their firms and classes."""
    return (
        select(Trial, Organization, Cohort)
        .outerjoin(Cohort, Cohort.id == Trial.cohort_id)
        .outerjoin(Organization, Organization.id == func.coalesce(Trial.organization_id, Cohort.organization_id))
    )


def _read(row: Any) -> tuple[Trial, Host]:
    return row.Trial, Host(row.Organization, row.Cohort)


def _own(trial: Trial, host: Host, person: TrialPerson | None, content: Content, now: dt.datetime) -> OwnTrial | None:
    course, today = content.courses.get(trial.course or ""), host.day(now)
    if course is None:
        return None
    if person is None:
        return OwnTrial(trial, host, course, None, None, None, None, today)
    first, second = find_pretest(person.user_id), find_retest(person.user_id)
    has_first = first is not None and first.submitted_at is not None
    stage = stage_of(
        Arm(person.arm),
        days_of(host.day(person.agreed_at)),
        today,
        has_first=has_first,
        has_second=second is not None and second.submitted_at is not None,
        is_over=person.withdrew_at is not None or trial.closed_at is not None,
        can_begin=pretest.find_offer(person.user_id, course)[0] is not None,
    )
    return OwnTrial(trial, host, course, person, stage, first, second, today)


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
    """Return the day before which a course is due for nobody in a firm, because of a trial there or in one of its
    classes; or None.

    It is the same for all, and stays when a trial is closed, so that due days never tell who takes part.
    """
    last = db.session.scalar(
        select(func.max(Trial.enroll_until))
        .outerjoin(Cohort, Cohort.id == Trial.cohort_id)
        .where(
            func.coalesce(Trial.organization_id, Cohort.organization_id) == organization_id,
            Trial.course == course,
            Trial.opened_at.is_not(None),
        )
    )
    return earliest_due(last) if last else None


def find_site(user_id: uuid.UUID, trial: Trial) -> str:
    """Return the class or the team at which someone's lot is drawn, the first team by name, in hex; empty for someone
    in none."""
    if trial.cohort_id is not None:
        return trial.cohort_id.hex
    team_id = db.session.scalar(
        select(Team.id)
        .join(TeamMembership, TeamMembership.team_id == Team.id)
        .join(Membership, Membership.id == TeamMembership.membership_id)
        .where(
            Membership.user_id == user_id,
            Membership.organization_id == trial.organization_id,
            Membership.ended_at.is_(None),
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
    query = _hosted().add_columns(people.c.people, people.c.withdrew)
    query = query.outerjoin(people, people.c.trial_id == Trial.id)
    rows = db.session.execute(query.order_by(Trial.allowed_at.desc(), Trial.id))
    return [TrialLine(*_read(row), row.people or 0, row.withdrew or 0) for row in rows]
