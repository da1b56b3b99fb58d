"""Allowing, setting up, opening and closing a trial; agreeing to take part, withdrawing, the second form.

Never commits. Who agrees or withdraws is never noted in the audit log: the firm reads that.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, delete, func, select, update

from trainer.assessment import pretest
from trainer.assessment.check_ins import other_form
from trainer.assessment.drawn import keep_drawn
from trainer.assessment.models import Attempt, Response
from trainer.assessment.operations import ungraded
from trainer.assessment.queries import find_pretest, find_retest
from trainer.assessment.rules import Kind
from trainer.assignments.history import keep_periods
from trainer.assignments.models import Assignment, Requirement
from trainer.assignments.upkeep import correct_due_days
from trainer.content.library import Content
from trainer.core import chance
from trainer.core.audit import note
from trainer.core.db import Base, db, delete_some
from trainer.core.errors import Conflict, Invalid, NotFound, NotYet
from trainer.extras.study.models import Trial, TrialPerson, TrialProtocol
from trainer.extras.study.protocol import write_protocol
from trainer.extras.study.queries import (
    Host,
    find_host,
    find_protocol,
    find_site,
    find_trial,
    get_own,
    list_courses,
)
from trainer.extras.study.rules import TrialStage, draw_lot
from trainer.instructing.models import Cohort
from trainer.learning.operations import enroll
from trainer.learning.queries import get_enrollment
from trainer.organizations.queries import find_open_firm

LONGEST = dt.timedelta(days=365)
"""How far ahead the last day to agree may be."""


@dataclass(frozen=True, slots=True)
class TrialFacts:
    """What is said of a trial where it runs."""

    course: str
    contact: str
    enroll_until: dt.date
    registry_number: str | None = None
    ethics_decision: str | None = None


def allow(organization_id: uuid.UUID, now: dt.datetime, *, is_made_up: bool = False) -> Trial:
    """Let a firm set up a trial. Raises NotFound without such a firm, Conflict if one is allowed or running."""
    firm = find_open_firm(organization_id)
    if firm is None:
        raise NotFound(_l("There’s no open firm with this ID."))
    return _allow(Host(firm, None), now, is_made_up=is_made_up)


def allow_in_class(cohort_id: uuid.UUID, content: Content, now: dt.datetime) -> Trial:
    """Let a class set up a trial. Raises NotFound without such a class, Conflict if one is allowed or running."""
    cohort = db.session.get(Cohort, cohort_id)
    firm = find_open_firm(cohort.organization_id) if cohort and cohort.organization_id else None
    if cohort is None or cohort.archived_at is not None or cohort.organization_id != (firm.id if firm else None):
        raise NotFound(_l("There’s no open class with this ID."))
    host = Host(firm, cohort)
    if not list_courses(content, host):
        raise Conflict(_l("A trial needs a course with a pretest. This class takes one that has none."))
    return _allow(host, now)


def set_up(user_id: uuid.UUID, trial: Trial, facts: TrialFacts, content: Content, now: dt.datetime) -> None:
    """Write down what a trial is about. Once it is open, what changes makes a new version of its protocol."""
    _lock(trial)
    host = find_host(trial)
    if trial.closed_at is not None:
        raise Conflict(_l("This study is closed. Nothing about it can be changed."))
    _check_course(facts.course, content, host)
    if trial.opened_at is not None and facts.course != trial.course:
        raise Conflict(_l("The course of an open study can’t be changed."), field="course")
    today = host.day(now)
    if facts.enroll_until != trial.enroll_until and not today <= facts.enroll_until <= today + LONGEST:
        raise Invalid(_l("Choose a day between today and a year from now."), field="enroll_until")
    trial.course, trial.contact, trial.enroll_until = facts.course, facts.contact, facts.enroll_until
    trial.registry_number, trial.ethics_decision = facts.registry_number, facts.ethics_decision
    db.session.flush()
    if trial.opened_at is not None:
        _freeze(trial, host, content, now)
        _shift_due_days(trial, host, now)
    _note("trial.changed", trial, host, now, user_id)


def open_trial(user_id: uuid.UUID, trial: Trial, content: Content, now: dt.datetime) -> None:
    """Freeze the protocol and invite everyone there. From now on, the course is due for nobody before the end."""
    _lock(trial)
    host = find_host(trial)
    if trial.opened_at is not None or trial.closed_at is not None:
        raise Conflict(_l("This study was already opened."))
    if trial.enroll_until is None or trial.enroll_until < host.day(now):
        raise NotYet(_l("First, choose the last day to join. It must be today or later."))
    _check_course(str(trial.course), content, host)
    trial.opened_at = now
    _freeze(trial, host, content, now)
    _shift_due_days(trial, host, now)
    _note("trial.opened", trial, host, now, user_id)


def close_trial(trial: Trial, now: dt.datetime, actor_id: uuid.UUID | None = None) -> None:
    """Close a trial for good: nobody waits anymore, nothing more counts, and its answers can be exported."""
    _lock(trial)
    if trial.opened_at is None or trial.closed_at is not None:
        raise Conflict(_l("Only an open study can be closed."))
    trial.closed_at = now
    _note("trial.closed", trial, find_host(trial), now, actor_id)


def agree(user_id: uuid.UUID, trial_id: uuid.UUID, content: Content, now: dt.datetime) -> Attempt:
    """Let someone take part: draw the lot, and start the first form. Nobody is told the lot before that is handed in.

    Raises NotFound for someone who isn't invited, or no longer is.
    """
    trial = db.session.get(Trial, trial_id, with_for_update=True)  # one lot at a time
    if trial is None:
        raise NotFound
    own = get_own(user_id, trial_id, content, now)
    if own.person is not None:
        raise Conflict(_l("You already take part."))
    site = find_site(user_id, trial)
    last = select(func.max(TrialPerson.place)).where(TrialPerson.trial_id == trial.id, TrialPerson.site == site)
    before = db.session.scalar(last)
    place = 0 if before is None else before + 1
    lot, protocol = draw_lot(trial.seed, site, place), find_protocol(trial)
    assert protocol is not None  # it is open
    db.session.add(
        TrialPerson(
            trial_id=trial.id,
            user_id=user_id,
            site=site,
            place=place,
            arm=lot.arm.value,
            form=lot.form,
            agreed_at=now,
            protocol=protocol.version,
        )
    )
    db.session.flush()
    return pretest.start(enroll(user_id, own.course, now), own.course, content, now, lot.form)


def withdraw(user_id: uuid.UUID, trial_id: uuid.UUID, content: Content, now: dt.datetime) -> None:
    """Let someone stop taking part: their answers count for nothing from now on, and they wait for nothing."""
    own = get_own(user_id, trial_id, content, now)
    if own.person is None:
        raise NotFound
    if own.person.withdrew_at is None:
        own.person.withdrew_at = now
        db.session.flush()


def start_second(user_id: uuid.UUID, trial_id: uuid.UUID, content: Content, now: dt.datetime) -> Attempt:
    """Start the second form, or return it if it is under way. Raises NotYet if it isn't open for this person."""
    db.session.get(Trial, trial_id, with_for_update=True)  # two tabs that start at once become one attempt
    own, under_way = get_own(user_id, trial_id, content, now), find_retest(user_id)
    if under_way is not None:
        return under_way
    if own.stage is not TrialStage.SECOND:
        raise NotYet(_l("The second set of scenes isn’t open now. This page shows its days."))
    drawn = other_form(user_id, content)
    if not drawn:
        raise NotFound(_l("These scenes aren’t offered anymore. Thank you for your first answers."))
    attempt = ungraded(get_enrollment(user_id, own.course.slug), Kind.RETEST, len(drawn), now)
    return keep_drawn(attempt, content, drawn, now)


def take_over(other_id: uuid.UUID, user_id: uuid.UUID) -> None:
    """Let an account have the part in a study, with its answers, of another account of the same person.

    Of two, the one agreed to first goes on; whoever withdrew from one of the same study has withdrawn. Nobody goes on
    who took the pretest in their own account outside a study: its scenes aren't the ones that were drawn here.
    """
    people = db.session.scalars(select(TrialPerson).where(TrialPerson.user_id.in_([other_id, user_id]))).all()
    if all(person.user_id == user_id for person in people):
        return
    if len(people) == 1 and find_pretest(user_id) is not None:
        _drop(people[0])
        return
    kept, *dropped = sorted(people, key=lambda person: person.agreed_at)
    left = [person.withdrew_at for person in people if person.trial_id == kept.trial_id and person.withdrew_at]
    for person in dropped:
        _drop(person)
    is_kept = (TrialPerson.trial_id == kept.trial_id, TrialPerson.user_id == kept.user_id)
    moved = update(TrialPerson).where(*is_kept).values(user_id=user_id, withdrew_at=min(left, default=None))
    db.session.execute(moved.execution_options(synchronize_session=False))
    db.session.expire_all()


def forget_firm(organization_id: uuid.UUID, most: int) -> int:
    """Delete at most so many rows of the trials of a firm and of its classes; return how many."""
    classes = select(Cohort.id).where(Cohort.organization_id == organization_id)
    kinds = list[tuple[type[Base], ColumnElement[bool]]]()
    for is_theirs in (Trial.organization_id == organization_id, Trial.cohort_id.in_(classes)):
        theirs = select(Trial.id).where(is_theirs)
        kinds += [(record, record.trial_id.in_(theirs)) for record in (TrialPerson, TrialProtocol)]
        kinds.append((Trial, is_theirs))
    return delete_some(most, *kinds)


def _allow(host: Host, now: dt.datetime, *, is_made_up: bool = False) -> Trial:
    running = find_trial(host)
    if running is not None and running.closed_at is None:
        raise Conflict(_l("There’s already a trial here that isn’t closed."))
    trial = Trial(
        organization_id=None if host.cohort else host.firm_id,
        cohort_id=host.cohort.id if host.cohort else None,
        seed=f"{chance.rng.getrandbits(256):064x}",
        allowed_at=now,
        is_made_up=is_made_up,
    )
    db.session.add(trial)
    db.session.flush()
    _note("trial.allowed", trial, host, now)
    return trial


def _check_course(slug: str, content: Content, host: Host) -> None:
    if slug not in {course.slug for course in list_courses(content, host)}:
        raise Invalid(_l("Choose a course from the list."), field="course")


def _lock(trial: Trial) -> None:
    db.session.refresh(trial, with_for_update=True)


def _freeze(trial: Trial, host: Host, content: Content, now: dt.datetime) -> None:
    """Keep the protocol as it is now as a new version, unless nothing in it has changed."""
    before, text = find_protocol(trial), write_protocol(trial, host, content)
    if before is not None and before.text == text:
        return
    version = before.version + 1 if before else 1
    digest = hashlib.sha256(text.encode()).hexdigest()
    db.session.add(TrialProtocol(trial_id=trial.id, version=version, frozen_at=now, text=text, digest=digest))
    db.session.flush()


def _shift_due_days(trial: Trial, host: Host, now: dt.datetime) -> None:
    """Let the first due days of everyone at the firm follow, of those who take part and of all others alike."""
    db.session.flush()
    if host.firm is None:
        return
    requirements = select(Requirement.id).where(
        Requirement.organization_id == host.firm_id, Requirement.course == trial.course
    )
    only = Assignment.requirement_id.in_(requirements)
    correct_due_days(host.firm, only)
    keep_periods(only, now)


def _drop(person: TrialPerson) -> None:
    """Delete someone's part in a study, and both forms."""
    forms = select(Attempt.id).where(Attempt.user_id == person.user_id, Attempt.kind.in_([Kind.PRETEST, Kind.RETEST]))
    for statement in (
        delete(Response).where(Response.attempt_id.in_(forms)),
        delete(Attempt).where(Attempt.id.in_(forms)),
        delete(TrialPerson).where(TrialPerson.trial_id == person.trial_id, TrialPerson.user_id == person.user_id),
    ):
        db.session.execute(statement.execution_options(synchronize_session=False))


def _note(act: str, trial: Trial, host: Host, now: dt.datetime, actor_id: uuid.UUID | None = None) -> None:
    note(act, now, actor_id=actor_id, organization_id=host.firm_id, subject_id=trial.id)
