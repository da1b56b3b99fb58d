"""Reading classes: by whoever teaches them, and by whoever is in them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from trainer.accounts.administrators import is_administrator
from trainer.accounts.models import User
from trainer.content.schema import Pool
from trainer.core.db import db
from trainer.core.errors import NotFound
from trainer.instructing.models import (
    ClassView,
    Cohort,
    CohortMember,
    InstructorApproval,
    Nudge,
)
from trainer.organizations.actor import Actor
from trainer.organizations.codes import read_code
from trainer.organizations.models import Membership, Organization
from trainer.organizations.queries import find_actor, firm_is_open
from trainer.organizations.rules import FirmState, May, Role, fold, local_day


@dataclass(frozen=True, slots=True)
class TeachingContext:
    """Who teaches a class, or owns its firm, at the moment of a request. All of a class is loaded through it."""

    user_id: uuid.UUID
    cohort: Cohort
    actor: Actor | None
    """None for a public class."""
    is_past: bool = False
    """Used to teach it, and may look at it but change nothing."""

    @property
    def organization_id(self) -> uuid.UUID | None:
        """The firm's id, if the class is a firm's."""
        return self.cohort.organization_id

    @property
    def reads_figures(self) -> bool:
        """True for the instructor of the class and for former ones; not for an owner of its firm, who is
        their employer, even as the one who teaches it."""
        is_employer = self.actor is not None and self.actor.role is not Role.INSTRUCTOR
        return (self.cohort.instructor_id == self.user_id or self.is_past) and not is_employer

    @property
    def sees_answers(self) -> bool:
        """True for the one who teaches it now, where the class said so before people joined."""
        return self.cohort.shows_answers and self.reads_figures and not self.is_past

    @property
    def zone(self) -> str:
        """The firm's time zone, or UTC."""
        return self.actor.organization.time_zone if self.actor else "UTC"

    def today(self, now: dt.datetime) -> dt.date:
        """Return the firm's day, or the day in UTC."""
        return local_day(self.zone, now)


def find_context(
    user_id: uuid.UUID, cohort_id: uuid.UUID, states: Collection[FirmState] = (FirmState.OPEN,)
) -> TeachingContext | None:
    """Return a class as one of its teachers sees it, or None for everybody else.

    That is its instructor, as long as they may teach there, and each owner of its firm, while the firm is in one of
    `states`.
    """
    cohort = db.session.get(Cohort, cohort_id)
    if cohort is None:
        return None
    if cohort.organization_id is None:
        return (
            TeachingContext(user_id, cohort, None) if cohort.instructor_id == user_id and is_approved(user_id) else None
        )
    actor = find_actor(user_id, cohort.organization_id, states)
    if actor is None or not actor.may(May.TEACH):
        return None
    return (
        TeachingContext(user_id, cohort, actor) if cohort.instructor_id == user_id or actor.role is Role.OWNER else None
    )


def find_view(
    user_id: uuid.UUID, cohort_id: uuid.UUID, states: Collection[FirmState] = (FirmState.OPEN,)
) -> TeachingContext | None:
    """Return a class as a former instructor sees it, as long as the view lasts and they may teach there, or None for
    everybody else."""
    cohort = db.session.scalar(
        select(Cohort)
        .join(ClassView, ClassView.cohort_id == Cohort.id)
        .where(Cohort.id == cohort_id, ClassView.user_id == user_id, ClassView.ended_at.is_(None))
    )
    if cohort is None:
        return None
    if cohort.organization_id is None:
        return TeachingContext(user_id, cohort, None, is_past=True) if is_approved(user_id) else None
    actor = find_actor(user_id, cohort.organization_id, states)
    return TeachingContext(user_id, cohort, actor, is_past=True) if actor is not None and actor.may(May.TEACH) else None


def list_views(cohort: Cohort, *, is_lapsed_too: bool = False) -> Sequence[ClassView]:
    """Return the views of those who taught a class before and can look at it now, the newest first. `is_lapsed_too`:
    also of those who may not teach there now, until it is noted that their view has ended."""
    views = select(ClassView).where(ClassView.cohort_id == cohort.id, ClassView.ended_at.is_(None))
    if not is_lapsed_too:
        views = views.where(ClassView.user_id.in_(_may_teach(cohort.organization_id)))
    return db.session.scalars(views.order_by(ClassView.began_at.desc(), ClassView.id)).all()


def has_lapsed(organization_id: uuid.UUID | None) -> ColumnElement[bool]:
    """Return the condition of views of a firm's classes, or of public ones, whose owners may not teach there
    anymore."""
    if organization_id is None:
        classes = select(Cohort.id).where(Cohort.organization_id.is_(None))
    else:
        classes = select(Cohort.id).where(Cohort.organization_id == organization_id)
    return and_(ClassView.cohort_id.in_(classes), ClassView.user_id.not_in(_may_teach(organization_id)))


def _may_teach(organization_id: uuid.UUID | None) -> Select[uuid.UUID] | Select[uuid.UUID | None]:
    """Return ids of those who may teach classes of a firm, or public ones."""
    if organization_id is None:
        return select(InstructorApproval.user_id).where(InstructorApproval.revoked_at.is_(None))
    return select(Membership.user_id).where(
        Membership.organization_id == organization_id,
        Membership.user_id.is_not(None),
        Membership.ended_at.is_(None),
        Membership.role.in_([Role.OWNER, Role.INSTRUCTOR]),
    )


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads how scenes work: an approved instructor, or an administrator. No role in a firm makes anyone one."""

    user_id: uuid.UUID
    is_administrator: bool

    @property
    def pools(self) -> frozenset[Pool]:
        """The pools that this person reads: those of finals and shifts are for administrators alone."""
        return frozenset(Pool) if self.is_administrator else frozenset({Pool.OPEN})


def find_reader(user_id: uuid.UUID) -> Reader | None:
    """Return someone as a reader of figures of scenes, or None for everybody else."""
    administers = is_administrator(user_id)
    return Reader(user_id, administers) if administers or is_approved(user_id) else None


def is_approved(user_id: uuid.UUID) -> bool:
    """Return True if an administrator lets this person teach public classes."""
    return find_approval(user_id) is not None


def find_approval(user_id: uuid.UUID) -> InstructorApproval | None:
    """Return the approval of an instructor that is in effect now, or None."""
    return db.session.scalar(
        select(InstructorApproval).where(InstructorApproval.user_id == user_id, InstructorApproval.revoked_at.is_(None))
    )


def list_cohorts(actor: Actor) -> Sequence[tuple[Cohort, int]]:
    """Return a firm's classes with how many are in each: for an owner all, for an instructor their own and those
    that they see because they taught them before. The newest first."""
    query = _counted().where(Cohort.organization_id == actor.organization_id)
    return _pairs(query if actor.role is Role.OWNER else query.where(_is_seen_by(actor.user_id)))


def list_public_cohorts(user_id: uuid.UUID) -> Sequence[tuple[Cohort, int]]:
    """Return an instructor's public classes, those taught before included, with how many are in each, the newest
    first."""
    return _pairs(_counted().where(Cohort.organization_id.is_(None), _is_seen_by(user_id)))


def lock_cohort(cohort_id: uuid.UUID) -> Cohort:
    """Return a class, locked: changes that depend on who is in it wait for each other."""
    return db.session.scalars(select(Cohort).where(Cohort.id == cohort_id).with_for_update()).one()


def find_cohort_by_code(given: str) -> tuple[Cohort, Organization | None] | None:
    """Return the class of a code as typed or as in an address, with its firm, or None, also while that is shut."""
    row = db.session.execute(
        select(Cohort, Organization)
        .outerjoin(Organization, Organization.id == Cohort.organization_id)
        .where(Cohort.code == (read_code(given) or "-"), is_taught())
    ).first()
    return (row[0], row[1]) if row else None


def today_in(organization: Organization | None, now: dt.datetime) -> dt.date:
    """Return the day of a class: the firm's, or in UTC."""
    return local_day(organization.time_zone, now) if organization else now.date()


def present(cohort: Cohort) -> ColumnElement[bool]:
    """Return the condition of people who are in a class now. Whoever has left the firm has left its classes; while the
    firm is shut, nobody is in them."""
    there = and_(CohortMember.cohort_id == cohort.id, CohortMember.left_at.is_(None))
    if cohort.organization_id is None:
        return there
    # Looked up for each of the class: a list of the firm's people would be as long as the firm is large.
    is_staff = (
        select(Membership.id)
        .where(
            Membership.organization_id == cohort.organization_id,
            Membership.user_id == CohortMember.user_id,
            Membership.ended_at.is_(None),
        )
        .correlate_except(Membership)
        .exists()
    )
    is_open = select(Organization.id).where(Organization.id == cohort.organization_id, firm_is_open()).exists()
    return and_(there, is_staff, is_open)


def users_of(cohort: Cohort) -> Select[uuid.UUID]:
    """Return the ids of users in a class, as a part of other statements."""
    return select(CohortMember.user_id).where(present(cohort))


def count_present(cohort: Cohort) -> int:
    """Return how many people are in a class."""
    return db.session.scalar(select(func.count()).select_from(CohortMember).where(present(cohort))) or 0


def has_anyone_joined(cohort: Cohort) -> bool:
    """Return True if someone is in a class or ever was."""
    return db.session.scalar(select(CohortMember.id).where(CohortMember.cohort_id == cohort.id).limit(1)) is not None


def list_members(cohort: Cohort) -> list[CohortMember]:
    """Return the people in a class, by name."""
    members = db.session.scalars(select(CohortMember).where(present(cohort)))
    return sorted(members, key=lambda member: (fold(member.name), member.id))


def get_member(cohort: Cohort, member_id: uuid.UUID) -> CohortMember:
    """Return someone in a class. Raises NotFound."""
    member = db.session.scalar(select(CohortMember).where(CohortMember.id == member_id, present(cohort)))
    if member is None:
        raise NotFound
    return member


def find_membership(user_id: uuid.UUID, cohort: Cohort) -> CohortMember | None:
    """Return a user as someone in a class, or None."""
    return db.session.scalar(select(CohortMember).where(CohortMember.user_id == user_id, present(cohort)))


def list_own_classes(user_id: uuid.UUID) -> Sequence[tuple[Cohort, CohortMember]]:
    """Return the classes that a person is in, the newest first."""
    rows = db.session.execute(
        select(Cohort, CohortMember)
        .join(CohortMember, CohortMember.cohort_id == Cohort.id)
        .outerjoin(Organization, Organization.id == Cohort.organization_id)
        .where(
            CohortMember.user_id == user_id,
            CohortMember.left_at.is_(None),
            Cohort.archived_at.is_(None),
            is_taught(),
        )
        .order_by(Cohort.starts_on.desc(), Cohort.id)
    )
    return [(row[0], row[1]) for row in rows]


def list_classmates(user_id: uuid.UUID, course: str) -> Sequence[uuid.UUID]:
    """Return who else is in the newest class in which a person takes a course; nobody without one."""
    cohort = next((cohort for cohort, _member in list_own_classes(user_id) if cohort.course == course), None)
    return db.session.scalars(users_of(cohort).where(CohortMember.user_id != user_id)).all() if cohort else ()


def list_last_nudges(cohort: Cohort) -> dict[uuid.UUID, dt.datetime]:
    """Return user id -> when the class last had a mail sent to them."""
    rows = db.session.execute(
        select(Nudge.user_id, func.max(Nudge.created_at)).where(Nudge.cohort_id == cohort.id).group_by(Nudge.user_id)
    )
    return {row[0]: row[1] for row in rows}


def list_colleagues(actor: Actor, cohort: Cohort) -> Sequence[Membership]:
    """Return whom in the firm a class can be handed over to, by name."""
    return db.session.scalars(
        select(Membership)
        .where(
            Membership.organization_id == actor.organization_id,
            Membership.ended_at.is_(None),
            Membership.user_id.is_not(None),
            Membership.user_id != cohort.instructor_id,
            Membership.role.in_([Role.OWNER, Role.INSTRUCTOR]),
        )
        .order_by(Membership.name_key, Membership.id)
    ).all()


def list_instructor_addresses(cohorts: Iterable[Cohort]) -> list[tuple[Cohort, str, str | None]]:
    """Return address and language of the instructor of each class, of those who have an address."""
    instructors = [(cohort, db.session.get(User, cohort.instructor_id)) for cohort in cohorts]
    return [(cohort, user.email, user.language) for cohort, user in instructors if user and user.email]


def find_approved(key: str) -> User | None:
    """Return an approved instructor by the canonical key of an address, or None."""
    return db.session.scalar(
        select(User)
        .join(InstructorApproval, InstructorApproval.user_id == User.id)
        .where(User.email_key == key, InstructorApproval.revoked_at.is_(None))
    )


def _is_seen_by(user_id: uuid.UUID) -> ColumnElement[bool]:
    """Return the condition of classes that someone teaches, or taught before and still sees."""
    views = select(ClassView.cohort_id).where(ClassView.user_id == user_id, ClassView.ended_at.is_(None))
    return or_(Cohort.instructor_id == user_id, Cohort.id.in_(views))


def is_taught() -> ColumnElement[bool]:
    """Return the condition of classes, joined with their firm if they have one, that are public or of an open firm."""
    return or_(Cohort.organization_id.is_(None), firm_is_open())


def _counted() -> Select[Cohort, int]:
    # As `present` for many classes: whoever has left the firm isn't counted.
    hired = (
        select(Membership.id)
        .where(
            Membership.organization_id == Cohort.organization_id,
            Membership.user_id == CohortMember.user_id,
            Membership.ended_at.is_(None),
        )
        .correlate_except(Membership)
        .exists()
    )
    members = (
        select(func.count())
        .select_from(CohortMember)
        .where(
            CohortMember.cohort_id == Cohort.id,
            CohortMember.left_at.is_(None),
            Cohort.organization_id.is_(None) | hired,
        )
        .correlate(Cohort)
        .scalar_subquery()
    )
    return select(Cohort, members)


def _pairs(query: Select[Cohort, int]) -> Sequence[tuple[Cohort, int]]:
    rows = db.session.execute(query.order_by(Cohort.archived_at.is_not(None), Cohort.starts_on.desc(), Cohort.id))
    return [(row[0], row[1]) for row in rows]
