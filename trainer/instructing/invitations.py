"""Inviting a firm's teams to a class: who would be invited, who is and how they answered, mail about it, declining."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVarTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, case, delete, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from trainer.accounts.models import User
from trainer.core import outbox
from trainer.core.audit import note
from trainer.core.db import db, insert_new
from trainer.core.errors import Conflict, Invalid, NotFound
from trainer.core.paging import Page, read_page
from trainer.instructing.models import ClassInvitation, ClassInvitationMail, ClassTeam, Cohort, CohortMember
from trainer.instructing.queries import TeachingContext, find_membership, lock_cohort, today_in
from trainer.instructing.rules import NUDGES_APART, Answer, bucket
from trainer.organizations.actor import Actor
from trainer.organizations.invitations import midnight, most_a_day
from trainer.organizations.models import Membership, Organization, TeamMembership
from trainer.organizations.queries import firm_is_open, lock_organization
from trainer.organizations.team_queries import TeamLine, list_teams_of
from trainer.web.language import mail_language

Columns = TypeVarTuple("Columns")
PAGE = 50
MOST_NAMES = 10


@dataclass(frozen=True, slots=True)
class InvitationPreview:
    """Who would be invited now: how many, the first names, and how many of them haven't joined the firm."""

    people: int
    names: list[str]
    outside: int


class InvitedLine(NamedTuple):
    """Someone who is invited."""

    invitation: ClassInvitation
    name: str
    answer: Answer
    has_mail: bool
    """An account with an address: mail can go there."""
    mailed_at: dt.datetime | None
    """When the newest mail about it was ordered."""


class Sent(NamedTuple):
    """How many people are newly invited, how many get an email, and how many have to wait for the firm's next day."""

    people: int
    mailed: int
    left: int


def choose_teams(context: TeachingContext, team_ids: Collection[uuid.UUID]) -> None:
    """Set whose people a class invites. Nobody is invited by that. Raises Invalid for a team of another firm."""
    actor = _actor_of(context)
    if not set(team_ids) <= {team.id for team in list_teams(actor)}:
        raise Invalid(_l("Choose teams from the list."))
    cohort = lock_cohort(context.cohort.id)
    db.session.execute(
        delete(ClassTeam).where(ClassTeam.cohort_id == cohort.id).execution_options(synchronize_session=False)
    )
    db.session.add_all(ClassTeam(cohort_id=cohort.id, team_id=team_id) for team_id in set(team_ids))
    db.session.flush()


def list_teams(actor: Actor) -> Sequence[TeamLine]:
    """Return the teams that a class of the firm can invite: all, as anyone in the firm can join with the code."""
    return list_teams_of(actor.organization_id)


def list_chosen_teams(cohort: Cohort) -> set[uuid.UUID]:
    """Return ids of the teams that a class invites."""
    return set(db.session.scalars(select(ClassTeam.team_id).where(ClassTeam.cohort_id == cohort.id)))


def preview(context: TeachingContext) -> InvitationPreview:
    """Return who would be invited now."""
    condition = _to_invite(_actor_of(context), context.cohort)
    people, inside = db.session.execute(
        select(func.count(), func.count(Membership.user_id)).select_from(Membership).where(condition)
    ).one()
    names = select(Membership.name).where(condition).order_by(Membership.name_key, Membership.id).limit(MOST_NAMES)
    return InvitationPreview(people, list(db.session.scalars(names)), people - inside)


def invite(context: TeachingContext, now: dt.datetime) -> Sent:
    """Invite the people of the chosen teams who aren't invited yet, and mail as many of them as the firm's day allows.

    Raises Conflict for a class that nobody can join.
    """
    actor = _actor_of(context)
    lock_organization(actor)  # the day's mails are counted one after the other
    cohort = _lock_open(context, now)
    people = db.session.scalars(select(Membership.id).where(_to_invite(actor, cohort))).all()
    new = insert_new(
        ClassInvitation,
        [
            {
                "id": uuid.uuid4(),
                "cohort_id": cohort.id,
                "membership_id": membership_id,
                "invited_at": now,
                "invited_by_id": context.user_id,
                "declined_at": None,
            }
            for membership_id in people
        ],
    )
    mailed, left = _mail(actor, cohort, ClassInvitation.invited_at == now, now)
    if new:
        _note("cohort.invited", context.user_id, cohort, now, people=len(new))
    return Sent(len(new), mailed, left)


def remind(context: TeachingContext, invitation_id: uuid.UUID | None, now: dt.datetime) -> Sent:
    """Mail one person, or everyone, who hasn't answered and has had no email about it for three days."""
    actor = _actor_of(context)
    lock_organization(actor)
    cohort = _lock_open(context, now)
    which = [] if invitation_id is None else [ClassInvitation.id == invitation_id]
    mailed, left = _mail(actor, cohort, and_(~mailed_lately(now), *which), now)
    if mailed:
        _note("cohort.reminded", context.user_id, cohort, now, people=mailed)
    return Sent(0, mailed, left)


def count_to_remind(context: TeachingContext, now: dt.datetime) -> int:
    """Return how many people can be reminded now."""
    query = _waiting_with_mail(_actor_of(context), context.cohort).where(~mailed_lately(now))
    return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0


def count_by_answer(context: TeachingContext) -> Counter[Answer]:
    """Return how many people gave each answer."""
    said = answer_case()
    query = _invited(_actor_of(context), select(said, func.count()), context.cohort).group_by(said)
    return Counter({Answer(row[0]): row[1] for row in db.session.execute(query)})


def list_invited(context: TeachingContext, answer: Answer | None, after: str | None) -> Page[InvitedLine]:
    """Return a page of the people invited, by name; `answer`: only those who said so."""
    newest = (
        select(func.max(ClassInvitationMail.created_at))
        .where(ClassInvitationMail.invitation_id == ClassInvitation.id)
        .scalar_subquery()
    )
    said = answer_case()
    columns = select(ClassInvitation, Membership.name, said, User.email.is_not(None), newest)
    query = _invited(_actor_of(context), columns, context.cohort).outerjoin(User, User.id == Membership.user_id)
    if answer is not None:
        query = query.where(said == answer.value)
    page = read_page(query, Membership.name_key, Membership.id, after=after, most=PAGE)
    return Page(
        [InvitedLine(row[0], row[1], Answer(row[2]), bool(row[3]), row[4]) for row in page.rows], page.next_after
    )


def find_own_invitation(user_id: uuid.UUID, cohort: Cohort) -> ClassInvitation | None:
    """Return the invitation of a user to a class, or None."""
    return db.session.scalar(
        select(ClassInvitation)
        .join(Membership, Membership.id == ClassInvitation.membership_id)
        .where(
            ClassInvitation.cohort_id == cohort.id,
            Membership.organization_id == cohort.organization_id,
            Membership.user_id == user_id,
            Membership.ended_at.is_(None),
        )
    )


def list_own_invitations(user_id: uuid.UUID, now: dt.datetime) -> list[tuple[Cohort, Organization]]:
    """Return the classes that a user is invited to and can still join, and hasn't answered, the newest first."""
    query = _unanswered().where(Membership.user_id == user_id)
    rows = db.session.execute(query.order_by(ClassInvitation.invited_at.desc(), ClassInvitation.id))
    return [(row[0], row[1]) for row in rows if today_in(row[1], now) <= row[0].ends_on]


def find_waiting(mail_id: uuid.UUID, now: dt.datetime) -> tuple[Cohort, Organization] | None:
    """Return the subject of an email, or None if the class can't be joined anymore or the invitation was answered."""
    query = _unanswered().join(ClassInvitationMail, ClassInvitationMail.invitation_id == ClassInvitation.id)
    row = db.session.execute(query.where(ClassInvitationMail.id == mail_id)).first()
    return (row[0], row[1]) if row and today_in(row[1], now) <= row[0].ends_on else None


def decline(user_id: uuid.UUID, cohort: Cohort, now: dt.datetime) -> None:
    """Decline an invitation. Declining twice is no error.

    Raises NotFound for whoever isn't invited, Conflict for someone in the class.
    """
    invitation = find_own_invitation(user_id, lock_cohort(cohort.id))
    if invitation is None:
        raise NotFound
    if find_membership(user_id, cohort) is not None:
        raise Conflict(_l("You’re already in this class. You can leave it below."))
    if invitation.declined_at is None:
        invitation.declined_at = now
        _note("cohort.declined", user_id, cohort, now)


def answer_by_place(user_id: uuid.UUID, cohort: Cohort, declined_at: dt.datetime | None) -> None:
    """Let an invitation say what joining (None) or leaving a class means for it, if there is one."""
    invitation = find_own_invitation(user_id, cohort)
    if invitation is not None:
        invitation.declined_at = declined_at


def _unanswered() -> Select[Cohort, Organization]:
    """Return a select of the classes and firms of invitations that wait for an answer, while the firm is open."""
    return (
        select(Cohort, Organization)
        .join(ClassInvitation, ClassInvitation.cohort_id == Cohort.id)
        .join(Membership, Membership.id == ClassInvitation.membership_id)
        .join(Organization, Organization.id == Membership.organization_id)
        .where(
            Membership.ended_at.is_(None),
            Cohort.organization_id == Membership.organization_id,
            Cohort.archived_at.is_(None),
            firm_is_open(),
            answer_case() == Answer.WAITING.value,
        )
    )


def _actor_of(context: TeachingContext) -> Actor:
    """Return who acts. Raises NotFound for a public class, which has no teams."""
    if context.actor is None:
        raise NotFound
    return context.actor


def _lock_open(context: TeachingContext, now: dt.datetime) -> Cohort:
    cohort = lock_cohort(context.cohort.id)
    if cohort.archived_at is not None or context.today(now) > cohort.ends_on:
        raise Conflict(
            _l("Nobody can join this class now, so nobody can be invited. Reopen it, or change its last day.")
        )
    return cohort


def _to_invite(actor: Actor, cohort: Cohort) -> ColumnElement[bool]:
    """Return the condition of people in the chosen teams who are neither invited nor in the class, nor teach it."""
    in_teams = exists().where(
        TeamMembership.membership_id == Membership.id,
        TeamMembership.team_id == ClassTeam.team_id,
        ClassTeam.cohort_id == cohort.id,
    )
    is_invited = exists().where(ClassInvitation.membership_id == Membership.id, ClassInvitation.cohort_id == cohort.id)
    return and_(
        Membership.organization_id == actor.organization_id,
        Membership.ended_at.is_(None),
        or_(Membership.user_id.is_(None), Membership.user_id != cohort.instructor_id),
        in_teams,
        ~is_invited,
        ~_is_there(cohort.id),
    )


def _is_there(cohort_id: uuid.UUID | InstrumentedAttribute[uuid.UUID]) -> ColumnElement[bool]:
    return exists().where(
        CohortMember.cohort_id == cohort_id,
        CohortMember.user_id == Membership.user_id,
        CohortMember.left_at.is_(None),
    )


def answer_case() -> ColumnElement[str]:
    """Return the answer of someone invited, for ClassInvitation joined with Membership."""
    return case(
        (_is_there(ClassInvitation.cohort_id), Answer.JOINED.value),
        (ClassInvitation.declined_at.is_not(None), Answer.DECLINED.value),
        else_=Answer.WAITING.value,
    )


def _invited(actor: Actor, columns: Select[*Columns], cohort: Cohort) -> Select[*Columns]:
    """Return a select of the people invited to a class who are still in the firm."""
    return (
        columns.select_from(ClassInvitation)
        .join(Membership, Membership.id == ClassInvitation.membership_id)
        .where(
            ClassInvitation.cohort_id == cohort.id,
            Membership.organization_id == actor.organization_id,
            Membership.ended_at.is_(None),
        )
    )


def _waiting_with_mail(actor: Actor, cohort: Cohort) -> Select[uuid.UUID, str | None, str | None]:
    columns = select(ClassInvitation.id, User.email, User.language)
    return (
        _invited(actor, columns, cohort)
        .join(User, User.id == Membership.user_id)
        .where(User.email.is_not(None), answer_case() == Answer.WAITING.value)
    )


def mailed_lately(now: dt.datetime) -> ColumnElement[bool]:
    """Return the condition of invitations about which a mail went out within three days."""
    return exists().where(
        ClassInvitationMail.invitation_id == ClassInvitation.id, ClassInvitationMail.created_at > now - NUDGES_APART
    )


def _mail(actor: Actor, cohort: Cohort, which: ColumnElement[bool], now: dt.datetime) -> tuple[int, int]:
    """Mail these, as many as the firm's day allows; return how many were mailed and how many have to wait."""
    query = _waiting_with_mail(actor, cohort).where(which).order_by(ClassInvitation.invited_at, ClassInvitation.id)
    people = [(row[0], str(row[1]), row[2]) for row in db.session.execute(query)]
    return order_mails(actor.organization, people, actor.user_id, now)


def order_mails(
    organization: Organization,
    people: Sequence[tuple[uuid.UUID, str, str | None]],
    sent_by_id: uuid.UUID | None,
    now: dt.datetime,
) -> tuple[int, int]:
    """Order mails, (invitation's id, address, remembered language), as many as the firm's day allows, which the caller
    has locked; return how many were ordered and how many have to wait."""
    today = {uuid.uuid4(): person for person in people[: _left_today(organization, now)]}
    new = insert_new(
        ClassInvitationMail,
        [
            {
                "id": number,
                "organization_id": organization.id,
                "invitation_id": invitation_id,
                "bucket": bucket(now),
                "created_at": now,
                "sent_by_id": sent_by_id,
            }
            for number, (invitation_id, _address, _language) in today.items()
        ],
    )
    for number in new:
        _invitation_id, address, language = today[number]
        outbox.post("class-invitation", address, mail_language(language), {"mail": number.hex}, now, number)
    return len(new), len(people) - len(today)


def _left_today(organization: Organization, now: dt.datetime) -> int:
    sent = select(func.count()).where(
        ClassInvitationMail.organization_id == organization.id,
        ClassInvitationMail.created_at >= midnight(organization, now),
    )
    return max(most_a_day(organization) - (db.session.scalar(sent) or 0), 0)


def _note(act: str, user_id: uuid.UUID, cohort: Cohort, now: dt.datetime, **details: int) -> None:
    note(act, now, actor_id=user_id, organization_id=cohort.organization_id, subject_id=cohort.id, **details)
