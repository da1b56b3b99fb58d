"""Making, changing, archiving and handing over classes; joining and leaving them; approving instructors."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, select, update

from trainer.accounts.models import User
from trainer.accounts.queries import find_user_by_email_key
from trainer.accounts.rules import clean_name, email_key, is_printable_name
from trainer.content.library import Course
from trainer.core.audit import note
from trainer.core.db import db, delete_some
from trainer.core.errors import Conflict, Invalid, NotFound, NotYet
from trainer.core.feature import ask_extra
from trainer.instructing.invitations import answer_by_place
from trainer.instructing.models import (
    ClassInvitation,
    ClassInvitationMail,
    ClassTeam,
    ClassView,
    Cohort,
    CohortMember,
    InstructorApproval,
    Nudge,
)
from trainer.instructing.queries import (
    TeachingContext,
    count_present,
    find_approval,
    find_approved,
    find_cohort_by_code,
    find_membership,
    has_anyone_joined,
    has_lapsed,
    is_approved,
    list_colleagues,
    lock_cohort,
    today_in,
)
from trainer.learning.operations import enroll
from trainer.organizations.actor import Actor
from trainer.organizations.codes import new_code
from trainer.organizations.models import Organization
from trainer.organizations.queries import find_actor
from trainer.organizations.rules import Role

MOST_PEOPLE = 1000
NOT_OPEN = _l("This class is no longer open. Ask the person who gave you the code.")


@dataclass(frozen=True, slots=True)
class CohortFacts:
    """What an instructor says of a class. `ends_on`: the last day to join."""

    title: str
    taught_by: str
    starts_on: dt.date
    ends_on: dt.date
    capacity: int | None
    shows_answers: bool
    takes_notes: bool = False


def make_cohort(
    user_id: uuid.UUID,
    actor: Actor | None,
    course: str,
    facts: CohortFacts,
    courses: Mapping[str, Course],
    now: dt.datetime,
) -> Cohort:
    """Create a class of a firm, or a public one. Raises NotYet for whoever isn't approved to teach in public."""
    if actor is None and not is_approved(user_id):
        raise NotYet(_l("Public classes are taught by instructors approved by an administrator."))
    if course not in courses:
        raise Invalid(_l("Choose a course from the list."))
    cohort = Cohort(
        organization_id=actor.organization_id if actor else None,
        instructor_id=user_id,
        course=course,
        code=new_code(),
        created_at=now,
    )
    _write(cohort, facts)
    _check_reader(cohort, facts)
    cohort.shows_answers, cohort.takes_notes = facts.shows_answers, facts.takes_notes
    db.session.add(cohort)
    db.session.flush()
    _note("cohort.made", user_id, cohort, now, title=cohort.title, course=course)
    return cohort


def change_cohort(context: TeachingContext, facts: CohortFacts, now: dt.datetime) -> None:
    """Change a class. Raises Conflict for changing what the instructor sees once people have joined."""
    cohort = lock_cohort(context.cohort.id)
    told = (cohort.shows_answers, cohort.takes_notes)
    if (facts.shows_answers, facts.takes_notes) != told and has_anyone_joined(cohort):
        raise Conflict(_l("People have already joined and were told what you see, so that can’t change anymore."))
    if facts.takes_notes and not cohort.takes_notes:
        _check_reader(cohort, facts)
    _write(cohort, facts)
    if facts.capacity is not None and facts.capacity < count_present(cohort):
        raise Conflict(_l("The class already has more people than that."))
    cohort.shows_answers, cohort.takes_notes = facts.shows_answers, facts.takes_notes
    _note("cohort.changed", context.user_id, cohort, now, title=cohort.title)


def archive_cohort(context: TeachingContext, now: dt.datetime) -> None:
    """Archive a class: nobody can join it, and its people get no more mail. Raises Conflict if that was done."""
    cohort = lock_cohort(context.cohort.id)
    if cohort.archived_at is not None:
        raise Conflict(_l("This class is already archived."))
    cohort.archived_at = now
    _note("cohort.archived", context.user_id, cohort, now, title=cohort.title)


def reopen_cohort(context: TeachingContext, now: dt.datetime) -> None:
    """Restore a class from the archive."""
    cohort = lock_cohort(context.cohort.id)
    if cohort.archived_at is None:
        raise Conflict(_l("This class isn’t archived."))
    cohort.archived_at = None
    _note("cohort.reopened", context.user_id, cohort, now, title=cohort.title)


def hand_over_within_firm(context: TeachingContext, membership_id: uuid.UUID, now: dt.datetime) -> None:
    """Give a firm's class to another of its instructors or owners."""
    assert context.actor is not None
    colleagues = {
        colleague.id: colleague for colleague in list_colleagues(context.actor, lock_cohort(context.cohort.id))
    }
    chosen = colleagues.get(membership_id)
    if chosen is None or chosen.user_id is None:
        raise Invalid(_l("Choose someone from the list."))
    _hand_over(context, chosen.user_id, chosen.name, now)


def hand_over_in_public(context: TeachingContext, address: str, name: str, now: dt.datetime) -> None:
    """Give a public class to another approved instructor."""
    lock_cohort(context.cohort.id)
    instructor = find_approved(email_key(address) or "-")
    if instructor is None or instructor.id == context.cohort.instructor_id:
        raise Invalid(_l("No other approved instructor has this address."))
    _hand_over(context, instructor.id, _printable(name), now)


def leave_view(context: TeachingContext, now: dt.datetime) -> None:
    """Stop seeing a class that one used to teach. Raises Conflict for the person who teaches it now."""
    if not context.is_past:
        raise Conflict(_l("You teach this class now. To stop, transfer it to someone else."))
    if _end_views(_of(context, ClassView.user_id == context.user_id), now):
        _note("cohort.view_left", context.user_id, context.cohort, now, title=context.cohort.title)


def remove_view(context: TeachingContext, view_id: uuid.UUID, now: dt.datetime) -> None:
    """End a former instructor's view of a class. Raises NotFound where there is no such view."""
    view = db.session.get(ClassView, view_id)
    if view is None or not _end_views(_of(context, ClassView.id == view_id), now):
        raise NotFound(_l("This person no longer sees the class."))
    _note(
        "cohort.view_removed", context.user_id, context.cohort, now, title=context.cohort.title, whose=str(view.user_id)
    )


def end_views_that_lapsed(
    organization: Organization, _courses: object, now: dt.datetime, _after: uuid.UUID | None
) -> uuid.UUID | None:
    """Note that views of a firm's classes have ended whose owners may not teach there anymore, so that they don't come
    back with a role. A portion of upkeep; the only one."""
    _end_views(has_lapsed(organization.id), now)
    return None


def join(user_id: uuid.UUID, code: str, name: str, courses: Mapping[str, Course], now: dt.datetime) -> CohortMember:
    """Join a class, and begin its course. Joining twice is no error.

    Raises NotFound for an unknown code, Conflict for a class that is full or closed, NotYet for whoever isn't in its
    firm.
    """
    cohort_and_firm = find_cohort_by_code(code)
    if cohort_and_firm is None:
        raise NotFound
    organization = cohort_and_firm[1]
    cohort = lock_cohort(cohort_and_firm[0].id)  # counting and coming in are one act
    if cohort.organization_id is not None and find_actor(user_id, cohort.organization_id) is None:
        raise NotYet(_l("This class is for people in the firm. Join the firm first: ask for its link or code."))
    member = find_membership(user_id, cohort)
    if member is not None:
        return member
    if not is_open(cohort, today_in(organization, now)):
        raise Conflict(NOT_OPEN)
    if cohort.capacity is not None and count_present(cohort) >= cohort.capacity:
        raise Conflict(_l("This class is full. Ask the person who gave you the code."))
    member = CohortMember(cohort_id=cohort.id, user_id=user_id, name=_printable(name), joined_at=now)
    db.session.add(member)
    db.session.flush()
    answer_by_place(user_id, cohort, None)
    if cohort.course in courses:
        enroll(user_id, courses[cohort.course], now)
    _note("cohort.joined", user_id, cohort, now)
    return member


def leave(user_id: uuid.UUID, code: str, now: dt.datetime) -> None:
    """Leave a class; the instructor no longer sees anything of this person, and their notes are deleted. Leaving twice
    is no error."""
    cohort_and_firm = find_cohort_by_code(code)
    if cohort_and_firm is None:
        raise NotFound
    cohort = lock_cohort(cohort_and_firm[0].id)
    member = find_membership(user_id, cohort)
    if member is not None:
        member.left_at = now
        ask_extra("delete_notes", [member.id])
        answer_by_place(user_id, cohort, now)
        _note("cohort.left", user_id, cohort, now)


def is_open(cohort: Cohort, today: dt.date) -> bool:
    """Return True while people can join."""
    return cohort.archived_at is None and today <= cohort.ends_on


def approve_instructor(address: str, now: dt.datetime, actor_id: uuid.UUID | None = None) -> User:
    """Let someone teach public classes. Raises NotFound for an unknown address, Conflict if that was done."""
    user = _get_user(address)
    if user.password_hash is None:
        raise Conflict(_l("This person signs in with a PIN. They have to choose a password first."))
    if find_approval(user.id) is not None:
        raise Conflict(_l("This instructor is already approved."))
    db.session.add(InstructorApproval(user_id=user.id, approved_at=now))
    db.session.flush()
    note("instructor.approved", now, actor_id=actor_id, subject_id=user.id)
    return user


def revoke_instructor(address: str, now: dt.datetime, actor_id: uuid.UUID | None = None) -> User:
    """Withdraw an approval, at once. Raises NotFound where there is none."""
    user = _get_user(address)
    approval = find_approval(user.id)
    if approval is None:
        raise NotFound(_l("This address isn’t approved."))
    approval.revoked_at = now
    db.session.flush()
    _end_views(has_lapsed(None), now)  # for good: they don't come back with a new approval
    note("instructor.revoked", now, actor_id=actor_id, subject_id=user.id)
    return user


def note_export(context: TeachingContext, act: str, form: str, now: dt.datetime) -> None:
    """Record that something of a class was exported."""
    _note(act, context.user_id, context.cohort, now, form=form)


def forget_firm(organization_id: uuid.UUID, most: int) -> int:
    """Delete at most so many rows of a firm's classes; return how many."""
    classes = select(Cohort.id).where(Cohort.organization_id == organization_id)
    return delete_some(
        most,
        (Nudge, Nudge.cohort_id.in_(classes)),
        (ClassInvitationMail, ClassInvitationMail.organization_id == organization_id),
        (ClassInvitation, ClassInvitation.cohort_id.in_(classes)),
        (ClassTeam, ClassTeam.cohort_id.in_(classes)),
        (ClassView, ClassView.cohort_id.in_(classes)),
        (CohortMember, CohortMember.cohort_id.in_(classes)),
        (Cohort, Cohort.organization_id == organization_id),
    )


def _hand_over(context: TeachingContext, user_id: uuid.UUID, name: str, now: dt.datetime) -> None:
    """Give a class, locked by the caller, to someone; its former instructor can look at it from now on."""
    _end_views(_of(context, ClassView.user_id == user_id), now)
    former = ClassView(
        cohort_id=context.cohort.id, user_id=context.cohort.instructor_id, name=context.cohort.taught_by, began_at=now
    )
    db.session.add(former)
    context.cohort.instructor_id, context.cohort.taught_by = user_id, name
    _note("cohort.handed_over", context.user_id, context.cohort, now, title=context.cohort.title, to=str(user_id))


def _of(context: TeachingContext, whose: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(ClassView.cohort_id == lock_cohort(context.cohort.id).id, whose)


def _end_views(which: ColumnElement[bool], now: dt.datetime) -> int:
    ended = db.session.execute(
        update(ClassView)
        .where(ClassView.ended_at.is_(None), which)
        .values(ended_at=now)
        .execution_options(synchronize_session=False)
    )
    return int(ended.rowcount)  # type: ignore[attr-defined]


def _write(cohort: Cohort, facts: CohortFacts) -> None:
    if facts.ends_on < facts.starts_on:
        raise Invalid(_l("The last day can’t be before the first."))
    if facts.capacity is not None and not 1 <= facts.capacity <= MOST_PEOPLE:
        raise Invalid(_l("A class has between 1 and %(most)s places.", most=MOST_PEOPLE))
    cohort.title, cohort.taught_by = _printable(facts.title), _printable(facts.taught_by)
    cohort.starts_on, cohort.ends_on, cohort.capacity = facts.starts_on, facts.ends_on, facts.capacity


def _check_reader(cohort: Cohort, facts: CohortFacts) -> None:
    """Raise Invalid for a firm's class that is to take notes and is taught by someone who may read none."""
    if not facts.takes_notes or cohort.organization_id is None:
        return
    actor = find_actor(cohort.instructor_id, cohort.organization_id)
    if actor is None or actor.role is not Role.INSTRUCTOR:
        raise Invalid(_l("People can hand in notes only to an instructor who isn’t an owner or manager of the firm."))


def _get_user(address: str) -> User:
    user = find_user_by_email_key(email_key(address) or "-")
    if user is None:
        raise NotFound(_l("No account has this address."))
    return user


def _printable(name: str) -> str:
    cleaned = clean_name(name)
    if not is_printable_name(cleaned):
        raise Invalid(_l("Enter at least one letter."))
    return cleaned


def _note(act: str, user_id: uuid.UUID, cohort: Cohort, now: dt.datetime, **details: str | int) -> None:
    note(act, now, actor_id=user_id, organization_id=cohort.organization_id, subject_id=cohort.id, **details)
