"""What firms tell of a person on their roster, and how they forget one. Part of the operations; never commits."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Final

from sqlalchemy import ColumnElement, delete, func, select, update

from trainer.core import audit, outbox
from trainer.core.db import any_of, db
from trainer.core.privacy import Held, Plain, Told, tell_all, tell_one
from trainer.organizations.models import (
    Invitation,
    InvitationMail,
    JoinCode,
    Membership,
    Organization,
    Team,
    TeamMembership,
    TeamStay,
)
from trainer.organizations.operations import end_membership

HELD: Final = {
    "rosters": Held(
        {
            "invitation_mails",
            "invitations",
            "memberships",
            "team_memberships",
            "team_stays",
            "teams",
        },
        ("memberships", "invitations", "emails_with_invitations"),
    ),
    "work": Held(
        {"join_codes", "organizations"},
        (
            "organizations_created",
            "join_codes",
            "invitations_sent",
        ),
    ),
    "emails": Held(set(), ("emails_to_the_address_on_a_roster",)),
}
"""What it holds of people, by the sort of data that `trainer/privacy/register.py` tells of."""
NOBODY: Final = {
    "upkeeps": "When a firm's duties are looked at next.",
}
"""Tables that say nothing of a person by themselves, and why."""


def export_person(user_id: uuid.UUID) -> Told:
    """Return a person's entries on rosters with what each firm wrote, and what the person made for firms."""
    entries = db.session.execute(
        select(Membership, Organization.name)
        .join(Organization, Organization.id == Membership.organization_id)
        .where(Membership.user_id == user_id)
        .order_by(Membership.created_at, Membership.id)
    ).all()
    received = select(Invitation).where(_is_to(user_id)).order_by(Invitation.created_at, Invitation.id)
    mailed = (
        select(InvitationMail)
        .join(Invitation, Invitation.id == InvitationMail.invitation_id)
        .where(_is_to(user_id))
        .order_by(InvitationMail.created_at, InvitationMail.id)
    )
    sent = select(Invitation).where(Invitation.created_by_id == user_id).order_by(Invitation.created_at, Invitation.id)
    codes = select(JoinCode).where(JoinCode.created_by_id == user_id).order_by(JoinCode.created_at, JoinCode.id)
    founded = select(Organization).where(Organization.created_by_id == user_id).order_by(Organization.created_at)
    return {
        "memberships": [
            {
                "organization": firm,
                "teams": [*_teams(entry.id)],
                "stays_in_teams": [*_stays(entry.id)],
                **tell_one(
                    entry,
                    *("name", "email", "role", "manages_all", "job_title", "employee_number", "hired_on"),
                    *("created_at", "joined_at", "ended_on", "ended_at", "shows_address_at"),
                ),
            }
            for entry, firm in entries
        ],
        "emails_to_the_address_on_a_roster": outbox.list_to(_addresses(user_id), user_id),
        "invitations": tell_all(received, "email_key", "created_at", "expires_at", "accepted_at", "revoked_at"),
        "emails_with_invitations": tell_all(mailed, "number", "created_at", "skipped"),
        "invitations_sent": tell_all(sent, "created_at", "expires_at", "revoked_at"),
        "join_codes": tell_all(codes, "role", "created_at", "expires_at", "most_uses", "uses", "revoked_at"),
        "organizations_created": tell_all(founded, "name", "region", "created_at"),
    }


def forget_person(user_id: uuid.UUID, now: dt.datetime) -> None:
    """End a person's memberships and forget the addresses; after assignments and instructing, before accounts.

    A firm keeps the entry it wrote itself, with name and number but without address: it is its training record, to be
    shown for years. Raises Conflict for a firm's only owner: someone else has to own it first, or it has to be closed.
    """
    for entry in db.session.scalars(
        select(Membership).where(Membership.user_id == user_id, Membership.ended_at.is_(None)).with_for_update()
    ).all():
        end_membership(entry, now)
    outbox.forget_mails(_addresses(user_id), user_id)
    about = audit.AuditEvent.subject_id.in_(select(Membership.id).where(Membership.user_id == user_id))
    came_in = (audit.AuditEvent.actor_id == user_id) & (audit.AuditEvent.act == "join_code.used")
    audit.forget_names(any_of(audit.AuditEvent, about, came_in))
    for statement in (
        delete(Invitation).where(_is_to(user_id)),
        update(Invitation).where(Invitation.created_by_id == user_id).values(created_by_id=None),
        update(Membership)
        .where(Membership.user_id == user_id)
        .values(email=None, email_key=None, shows_address_at=None),
    ):
        db.session.execute(statement.execution_options(synchronize_session=False))
    db.session.expire_all()


def _is_to(user_id: uuid.UUID) -> ColumnElement[bool]:
    return Invitation.membership_id.in_(select(Membership.id).where(Membership.user_id == user_id))


def _teams(membership_id: uuid.UUID) -> list[str]:
    query = select(Team.name).join(TeamMembership, TeamMembership.team_id == Team.id)
    return list(db.session.scalars(query.where(TeamMembership.membership_id == membership_id).order_by(Team.name_key)))


def _stays(membership_id: uuid.UUID) -> list[dict[str, Plain]]:
    stays = select(TeamStay, func.coalesce(Team.name, TeamStay.team_name)).outerjoin(Team, Team.id == TeamStay.team_id)
    order = (TeamStay.began_at, TeamStay.team_id)
    rows = db.session.execute(stays.where(TeamStay.membership_id == membership_id).order_by(*order))
    return [{"team": name, **tell_one(stay, "began_at", "ended_at")} for stay, name in rows]


def _addresses(user_id: uuid.UUID) -> set[str]:
    keys = select(Membership.email_key).where(Membership.user_id == user_id, Membership.email_key.is_not(None))
    mailed = select(Invitation.email_key).where(_is_to(user_id))
    return {str(key) for key in (*db.session.scalars(keys), *db.session.scalars(mailed))}
