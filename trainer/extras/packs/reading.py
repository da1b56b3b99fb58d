"""Finding what an evidence pack shows of a firm on a day, through whoever ordered it. Rows are read in portions."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased

from trainer.assignments import earlier_queries
from trainer.assignments.models import Assignment, DutyPeriod, Reminder, Requirement, Waiver
from trainer.assignments.queries import terms_of
from trainer.assignments.rules import Recorded, Status, accepts
from trainer.assignments.sql import add_days
from trainer.assignments.statements import meets_any
from trainer.assignments.words import outcome
from trainer.compliance import queries
from trainer.compliance.file_names import proof_name
from trainer.compliance.rules import StatusFilter, Viewer, is_kept
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
from trainer.instructing.models import Cohort, CohortMember
from trainer.learning.models import Enrollment
from trainer.organizations.actor import Actor
from trainer.organizations.mail_words import has_no_server
from trainer.organizations.models import Membership, TeamStay
from trainer.organizations.queries import seen_by, team_names, team_names_then
from trainer.organizations.rules import Role, day_begins
from trainer.organizations.words import ROLE_WORDS, act_name, tell_details

_PORTION = 500  # rows in memory
_BY_PERSON = (Membership.name_key, Membership.id, Credential.issued_at, Credential.id)


class Earned(NamedTuple):
    """A certificate that belongs in a pack, and whose it is."""

    serial: str
    name: str
    employee_number: str | None


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


def list_earned(view: View, laws: Sequence[FormerStaff]) -> Iterator[Earned]:
    """Yield the certificates that belong in the pack."""
    query = _completions(view, Credential.serial, Membership.name, Membership.employee_number).order_by(*_BY_PERSON)
    for row in db.session.execute(query):
        yield Earned(*row)
    for person, credential in list_former(view, laws):
        if credential is not None:
            yield Earned(credential.serial, person.name, person.employee_number)


def list_people(view: View) -> Iterator[PackPerson]:
    """Yield who was on the roster, by name."""
    query = select(Membership).where(_on_roster(view)).order_by(Membership.name_key, Membership.id)
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
                meets_any(Credential.course, _required(view)),
            ),
        )
        .where(
            seen_by(view.actor),
            *_with_duty(view),
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
    query = _completions(view, Membership, Credential).order_by(*_BY_PERSON)
    yield from db.session.execute(in_portions(query, _PORTION))


def list_attestations(view: View) -> Iterator[tuple[Membership, Credential, Enrollment]]:
    """Yield the statements that those on the roster signed, by name."""
    query = (
        _completions(view, Membership, Credential, Enrollment)
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
    for line in earlier_queries.iterate_counting(view.actor, view.end, _on_roster(view)):
        training = line.training
        recorded = Recorded(training.title_key, training.completed_on, training.minutes)
        if view.requirement_id is None or any(accepts(recorded, terms) for terms in asked):
            yield line


def _proofs(view: View) -> list[tuple[uuid.UUID, str]]:
    counting = None if view.requirement_id is None else {line.training.proof_id for line in _counting(view)}
    proofs = earlier_queries.list_proofs(view.actor, view.end, _on_roster(view), is_of_these_alone=view.is_limited)
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
        .where(_seen(view), *_of_rule(view), Waiver.organization_id == firm, Waiver.created_at < view.end)
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
            *([] if view.requirement_id is None else [meets_any(Cohort.course, _required(view))]),
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
    """Yield what reminders were sent up to the day, and why one wasn't, by name."""
    query = (
        select(Reminder, OutboxMessage, Membership.name, Membership.employee_number, Requirement.title)
        .join(Assignment, Assignment.id == Reminder.assignment_id)
        .join(Membership, Membership.id == Assignment.membership_id)
        .join(Requirement, Requirement.id == Assignment.requirement_id)
        .outerjoin(OutboxMessage, OutboxMessage.id == Reminder.message_id)
        .where(
            _seen(view),
            *_of_rule(view),
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
        .where(_seen(view), *_of_rule(view), Assignment.created_at < view.end)
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
        .where(Attendance.session_id == session.id, Attendance.noted_at < view.end, _seen(view))
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


def _on_roster(view: View) -> Any:
    """Return the condition of memberships that the actor sees and that were on the roster."""
    listed = and_(Membership.hired_on.is_(None), Membership.created_at < view.end)
    begun = or_(Membership.hired_on <= view.as_of, listed)
    is_there = and_(begun, or_(Membership.ended_on.is_(None), Membership.ended_on >= view.as_of))
    return and_(_seen(view), is_there, *_with_duty_then(view))


def _seen(view: View) -> Any:
    """Return the condition of memberships that the actor sees, as training status does, by the teams of that day; of
    one requirement those that had a duty of it."""
    return and_(_in_teams(view), *_with_duty(view))


def _with_duty(view: View) -> list[Any]:
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


def _of_rule(view: View) -> list[Any]:
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


def _required(view: View) -> Any:
    """Return the courses ever required of a person, or that of the only requirement."""
    if view.requirement_id is not None:
        return select(Requirement.course).where(Requirement.id == view.requirement_id).correlate(None)
    return (
        select(Requirement.course)
        .join(Assignment, Assignment.requirement_id == Requirement.id)
        .where(Assignment.membership_id == Membership.id)
        .correlate(Membership)
    )


def _completions(view: View, *columns: Any) -> Any:
    """Return the credentials, of courses ever required of a person, of those on the roster, earned by then."""
    return (
        select(*columns)
        .join(Membership, Membership.user_id == Credential.user_id)
        .where(
            _on_roster(view),
            Credential.issued_at < view.end,
            in_name_until(Membership.ended_at),
            meets_any(Credential.course, _required(view)),
        )
    )
