"""Finding what an evidence pack shows of a firm on a day, through whoever ordered it. Rows are read in portions."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased

from trainer.assignments import earlier_queries
from trainer.assignments.models import Assignment, Reminder, Requirement, Waiver
from trainer.assignments.queries import terms_of
from trainer.assignments.rules import Recorded, Status, accepts
from trainer.assignments.snapshots import meets_any
from trainer.assignments.sql import add_days
from trainer.assignments.words import outcome
from trainer.compliance import queries
from trainer.compliance.file_names import proof_name
from trainer.compliance.rules import StatusFilter, is_kept
from trainer.content.papers import FormerStaff
from trainer.content.serving import served
from trainer.core.audit import AuditEvent
from trainer.core.db import db, in_portions
from trainer.core.outbox import OutboxMessage
from trainer.credentials.models import Credential
from trainer.credentials.queries import in_name_until
from trainer.extras.meetings.models import Attendance, ClassSession, Signature, SignOff
from trainer.extras.packs.records import (
    AuditedChange,
    Excuse,
    FormerPerson,
    Meeting,
    PackPerson,
    Reminding,
    TaughtLesson,
    Trained,
)
from trainer.extras.packs.view import View, completions, of_rule, on_roster, required, seen, with_duty
from trainer.instructing.models import Cohort, CohortMember
from trainer.learning.models import Enrollment
from trainer.organizations.mail_words import has_no_server
from trainer.organizations.models import Membership
from trainer.organizations.queries import seen_by
from trainer.organizations.rules import day_begins
from trainer.organizations.team_queries import team_names, team_names_then
from trainer.organizations.words import act_name, tell_details

_PORTION = 500  # rows in memory
_BY_PERSON = (Membership.name_key, Membership.id, Credential.issued_at, Credential.id)


class Earned(NamedTuple):
    """A certificate that belongs in a pack, and whose it is."""

    serial: str
    name: str
    employee_number: str | None


def list_earned(view: View, laws: Sequence[FormerStaff]) -> Iterator[Earned]:
    """Yield the certificates that belong in the pack."""
    query = completions(view, Credential.serial, Membership.name, Membership.employee_number).order_by(*_BY_PERSON)
    for row in db.session.execute(query):
        yield Earned(*row)
    for person, credential in list_former(view, laws):
        if credential is not None:
            yield Earned(credential.serial, person.name, person.employee_number)


def list_people(view: View) -> Iterator[PackPerson]:
    """Yield who was on the roster, by name."""
    query = select(Membership).where(on_roster(view)).order_by(Membership.name_key, Membership.id)
    for people in db.session.scalars(in_portions(query, _PORTION)).partitions():
        ids = [person.id for person in people]
        until = view.viewer.until
        teams = team_names(view.actor, ids) if until is None else team_names_then(view.actor, ids, until)
        for person in people:
            yield PackPerson(person, tuple(teams.get(person.id, ())))


def list_former(view: View, laws: Sequence[FormerStaff]) -> Iterator[FormerPerson]:
    """Yield who had left, with what they had earned before that, as long as one of the laws wants it kept. Who came
    back is no former staff."""
    if not laws:
        return
    returned = aliased(Membership)
    is_back = (
        select(returned.id)
        .where(
            returned.organization_id == Membership.organization_id,
            returned.user_id == Membership.user_id,
            returned.id != Membership.id,
            returned.created_at < view.end,
            or_(returned.ended_on.is_(None), returned.ended_on >= view.as_of),
        )
        .exists()
    )
    query = (
        select(Membership, Credential)
        .outerjoin(
            Credential,
            and_(
                Credential.user_id == Membership.user_id,
                Credential.issued_on <= add_days(Membership.ended_on, 1),  # a day of UTC; by the firm's clock below
                in_name_until(Membership.ended_at),
                meets_any(Credential.course, required(view)),
            ),
        )
        .where(
            seen_by(view.actor),
            *with_duty(view),
            Membership.ended_on < view.as_of,
            Membership.created_at < view.end,
            ~is_back,
        )
        .order_by(*_BY_PERSON)
    )
    rows = db.session.execute(in_portions(query, _PORTION))
    for _id, own in groupby(rows, lambda row: row[0].id):
        people, credentials = zip(*own, strict=True)
        person, last_day = people[0], people[0].ended_on
        left_at = day_begins(last_day + dt.timedelta(days=1), view.actor.organization.time_zone)
        kept = [
            earned
            for earned in credentials
            if earned
            and earned.issued_at < left_at
            and any(is_kept(law, last_day, earned.issued_on, view.as_of) for law in laws)
        ]
        if kept or any(is_kept(law, last_day, None, view.as_of) for law in laws):
            yield from (FormerPerson(person, earned) for earned in kept or [None])


def list_completions(view: View) -> Iterator[tuple[Membership, Credential]]:
    """Yield the certificates of those on the roster, by name."""
    query = completions(view, Membership, Credential).order_by(*_BY_PERSON)
    yield from db.session.execute(in_portions(query, _PORTION))


def list_attestations(view: View) -> Iterator[tuple[Membership, Credential, Enrollment]]:
    """Yield the statements that those on the roster signed, by name."""
    query = (
        completions(view, Membership, Credential, Enrollment)
        .join(
            Enrollment,
            and_(
                Enrollment.user_id == Credential.user_id,
                Enrollment.course == Credential.course,
                Enrollment.cycle == Credential.cycle,
            ),
        )
        .where(Enrollment.credential_id.is_not(None), Enrollment.attested_at.is_not(None))
        .order_by(*_BY_PERSON)
    )
    yield from db.session.execute(in_portions(query, _PORTION))


def list_trainings(view: View) -> Iterator[Trained]:
    """Yield the trainings elsewhere that counted, of those on the roster, by name."""
    proofs = dict(_proofs(view))
    for line in _counting(view):
        training, person = line.training, line.person
        assert training.approved_at is not None
        yield Trained(
            person.name,
            person.employee_number,
            training.title,
            training.issuer,
            training.completed_on,
            training.minutes,
            training.note,
            training.created_at,
            view.author(training.created_by_id),
            training.approved_at,
            view.author(training.approved_by_id),
            proofs.get(training.proof_id) if training.proof_id else None,
        )


def list_proofs(view: View) -> Iterator[tuple[str, bytes]]:
    """Yield (file in the pack, content) of what proves these trainings; of a file that proves others' trainings, too,
    only to someone who sees all of these people."""
    for proof_id, name in _proofs(view):
        yield name, earlier_queries.read_proof(view.actor, proof_id)


def _counting(view: View) -> Iterator[earlier_queries.EarlierTrainingLine]:
    """Yield the trainings of those on the roster; of one requirement those that it counts."""
    asked = [terms_of(rule) for rule in queries.list_rules(view.viewer)]
    for line in earlier_queries.iterate_counting(view.actor, view.end, on_roster(view)):
        training = line.training
        recorded = Recorded(training.title_key, training.completed_on, training.minutes)
        if view.requirement_id is None or any(accepts(recorded, terms) for terms in asked):
            yield line


def _proofs(view: View) -> list[tuple[uuid.UUID, str]]:
    counting = None if view.requirement_id is None else {line.training.proof_id for line in _counting(view)}
    proofs = earlier_queries.list_proofs(view.actor, view.end, on_roster(view), is_of_these_alone=view.is_limited)
    return [
        (proof_id, f"proof-files/{proof_name(proof_id, name)}")
        for proof_id, name in proofs
        if counting is None or proof_id in counting
    ]


def list_excuses(view: View) -> Iterator[Excuse]:
    """Yield the waivers up to the day, those in effect on it first, by name. None is in effect for someone who had left
    or had no such duty on the day, as training status has it."""
    firm = view.actor.organization_id
    ended = db.session.execute(
        select(AuditEvent.subject_id, AuditEvent.at, AuditEvent.actor_id).where(
            AuditEvent.organization_id == firm, AuditEvent.act == "waiver.ended"
        )
    )
    # A waiver also ends where another one takes its place, at that very moment.
    replaced = db.session.execute(
        select(Waiver.assignment_id, Waiver.created_at, Waiver.created_by_id).where(Waiver.organization_id == firm)
    )
    enders = {(row[0], row[1]): row[2] for rows in (replaced, ended) for row in rows}
    excused = {row.assignment_id for row in queries.iterate_rows(view.viewer, StatusFilter(status=Status.WAIVED))}
    stands = and_(Waiver.until >= view.as_of, or_(Waiver.ended_at.is_(None), Waiver.ended_at >= view.end))
    query = (
        select(Waiver, Membership.name, Membership.employee_number, Requirement.title, stands)
        .join(Assignment, Assignment.id == Waiver.assignment_id)
        .join(Membership, Membership.id == Assignment.membership_id)
        .join(Requirement, Requirement.id == Assignment.requirement_id)
        .where(seen(view), *of_rule(view), Waiver.organization_id == firm, Waiver.created_at < view.end)
        .order_by(Membership.name_key, Membership.id, Waiver.created_at, Waiver.id)
    )
    for is_in_effect, chosen in ((True, query.where(stands)), (False, query)):
        for waiver, name, number, title, is_standing in db.session.execute(in_portions(chosen, _PORTION)):
            if (bool(is_standing) and waiver.assignment_id in excused) is not is_in_effect:
                continue
            ended_at = waiver.ended_at if waiver.ended_at and waiver.ended_at < view.end else None
            yield Excuse(
                name,
                number,
                title,
                waiver.reason,
                waiver.until,
                waiver.created_at,
                view.author(waiver.created_by_id),
                ended_at,
                view.author(enders.get((waiver.assignment_id, ended_at))) if ended_at else None,
                is_in_effect,
            )


def list_meetings(view: View) -> Iterator[Meeting]:
    """Yield the meetings in person up to the day, the newest first, each with those whom the actor sees. Who sees some
    people alone gets the meetings at which one of these was."""
    query = (
        select(ClassSession, Cohort)
        .join(Cohort, Cohort.id == ClassSession.cohort_id)
        .where(
            Cohort.organization_id == view.actor.organization_id,
            ClassSession.held_on <= view.as_of,
            ClassSession.created_at < view.end,
            *([] if view.requirement_id is None else [meets_any(Cohort.course, required(view))]),
        )
        .order_by(ClassSession.held_on.desc(), ClassSession.created_at.desc(), ClassSession.id)
    )
    courses = served().courses
    for session, cohort in db.session.execute(query).all():
        people = _list_taught(view, session)
        if not people and view.is_limited:
            continue
        course = courses.get(cohort.course)
        titles = {lesson.id: lesson.file.title for lesson in course.lessons} if course else {}
        yield Meeting(
            session.held_on,
            session.minutes,
            cohort.title,
            course.file.title if course else cohort.course,
            tuple(titles.get(lesson, lesson) for lesson in session.lessons),
            cohort.taught_by,
            people,
            session.place,
        )


def list_reminders(view: View) -> Iterator[Reminding]:
    """Yield the reminders sent up to the day, and why one wasn't, by name."""
    query = (
        select(Reminder, OutboxMessage, Membership.name, Membership.employee_number, Requirement.title)
        .join(Assignment, Assignment.id == Reminder.assignment_id)
        .join(Membership, Membership.id == Assignment.membership_id)
        .join(Requirement, Requirement.id == Assignment.requirement_id)
        .outerjoin(OutboxMessage, OutboxMessage.id == Reminder.message_id)
        .where(
            seen(view),
            *of_rule(view),
            Reminder.organization_id == view.actor.organization_id,
            Reminder.created_at < view.end,
        )
        .order_by(Membership.name_key, Membership.id, Reminder.created_at, Reminder.id)
    )
    for reminder, mail, name, number, title in db.session.execute(in_portions(query, _PORTION)):
        is_sent = mail is not None and mail.sent_at is not None
        told = outcome(reminder, mail)
        facts = (name, number, title, reminder.kind, reminder.due_on, reminder.created_at, told, is_sent)
        yield Reminding(*facts, not reminder.skipped and has_no_server(mail))


def list_changes(view: View) -> Iterator[AuditedChange]:
    """Yield what was done to the firm's requirements up to the day, the oldest first; where not everyone is seen, to
    those that were ever required of the people who are, without the names of others' teams."""
    concerned = (
        select(Assignment.requirement_id)
        .join(Membership, Membership.id == Assignment.membership_id)
        .where(seen(view), *of_rule(view), Assignment.created_at < view.end)
    )
    only = [AuditEvent.subject_id.in_(concerned)] if view.is_limited else []
    hidden = {"title"} if view.actor.team_ids is None else {"title", "audience"}
    query = (
        select(AuditEvent)
        .where(
            AuditEvent.organization_id == view.actor.organization_id,
            AuditEvent.act.in_(("requirement.made", "requirement.changed", "requirement.ended")),
            AuditEvent.at < view.end,
            *only,
        )
        .order_by(AuditEvent.at, AuditEvent.id)
    )
    for event in db.session.scalars(in_portions(query, _PORTION)):
        shown = {name: value for name, value in event.details.items() if name not in hidden}
        details = "; ".join(f"{label}: {text}" for label, text in tell_details(shown))
        title = str(event.details.get("title", ""))
        yield AuditedChange(event.at, act_name(event.act), title, view.author(event.actor_id), details)


def _list_taught(view: View, session: ClassSession) -> list[TaughtLesson]:
    """Return who was at a meeting, of those whom the actor sees, each once, and what was signed off for them."""
    query = (
        select(Attendance.member_id, Membership)
        .join(CohortMember, CohortMember.id == Attendance.member_id)
        .join(Membership, Membership.user_id == CohortMember.user_id)
        .where(Attendance.session_id == session.id, Attendance.noted_at < view.end, seen(view))
        .order_by(Membership.created_at)  # who left and came back is named as now
    )
    there: dict[uuid.UUID, Membership] = {row[0]: row[1] for row in db.session.execute(query)}
    signatures: dict[uuid.UUID | None, Signature] = {
        signature.id: signature
        for signature in db.session.scalars(select(Signature).where(Signature.session_id == session.id))
    }
    signed: dict[uuid.UUID | None, list[SignOff]] = {}
    for sign_off in db.session.scalars(
        select(SignOff)
        .where(SignOff.session_id == session.id, SignOff.signed_off_at < view.end)
        .order_by(SignOff.signed_off_at, SignOff.lesson)
    ):
        signed.setdefault(sign_off.member_id, []).append(sign_off)
    people = []
    for member_id, person in sorted(there.items(), key=lambda pair: (pair[1].name_key, pair[1].id)):
        lessons = signed.get(member_id, [])
        signature = signatures.get(lessons[-1].signature_id) if lessons and lessons[-1].signature_id else None
        people.append(
            TaughtLesson(
                person.name,
                person.employee_number,
                len(lessons),
                sum(sign_off.minutes for sign_off in lessons),
                lessons[-1].signed_off_at if lessons else None,
                view.author(lessons[-1].signed_off_by_id) if lessons else None,
                signature.name if signature else None,
                signature.statement if signature else None,
            )
        )
    return people
