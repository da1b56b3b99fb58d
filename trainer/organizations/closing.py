"""The end of a firm: suspended by whoever runs the installation, closed and opened again by its owners, deleted."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, select

from trainer.accounts.models import User
from trainer.core import outbox
from trainer.core.audit import LONGEST, note
from trainer.core.db import db, delete_some
from trainer.core.errors import Conflict, Invalid, NotFound
from trainer.core.paging import Page, read_page
from trainer.organizations.actor import Actor
from trainer.organizations.models import (
    Invitation,
    InvitationMail,
    JoinCode,
    Membership,
    Organization,
    Team,
    TeamStay,
    Upkeep,
)
from trainer.organizations.rules import REOPENING_LASTS, FirmState, Role, can_reopen, firm_state, fold, is_to_be_deleted
from trainer.web.language import mail_language


@dataclass(frozen=True, slots=True)
class FirmLine:
    """A firm as whoever runs the installation lists it. `people`: how many are on the roster now."""

    organization: Organization
    people: int
    state: FirmState


def list_lines() -> Sequence[FirmLine]:
    """Return all firms, by name."""
    return [_line(row) for row in db.session.execute(_lines().order_by(Organization.name, Organization.id))]


def read_lines(sought: str, after: str | None, most: int) -> Page[FirmLine]:
    """Return a page of the firms whose name contains a text, by name."""
    query = _lines().where(Organization.name.icontains(sought, autoescape=True)) if sought else _lines()
    page = read_page(query, Organization.name, Organization.id, after=after, most=most)
    return Page([_line(row) for row in page.rows], page.next_after)


def _lines() -> Select[Organization, int]:
    people = select(func.count()).where(Membership.organization_id == Organization.id, Membership.ended_at.is_(None))
    return select(Organization, people.correlate(Organization).scalar_subquery())


def _line(row: Sequence[Any]) -> FirmLine:
    return FirmLine(row[0], row[1], _state(row[0]))


def suspend(organization_id: uuid.UUID, reason: str, now: dt.datetime) -> Organization:
    """Let nothing be done in a firm from now on. Raises NotFound, Conflict if it is suspended, Invalid."""
    if not 1 <= len(reason.strip()) <= LONGEST:
        raise Invalid(_l("Give a reason of at most %(most)s characters. It stands in the audit log.", most=LONGEST))
    organization = _lock(organization_id)
    if organization.suspended_at is not None:
        raise Conflict(_l("This firm is already suspended."))
    if is_to_be_deleted(_state(organization), organization.deletes_at, now):
        raise Conflict(_l("This firm was closed, and its time has run out: it is being deleted."))
    organization.suspended_at = now
    note("organization.suspended", now, organization_id=organization.id, reason=reason)
    return organization


def resume(organization_id: uuid.UUID, now: dt.datetime) -> Organization:
    """Lift a suspension. Raises NotFound, Conflict if there is none.

    The time does not count toward the days for which the owners of a closed firm can open it again.
    """
    organization = _lock(organization_id)
    if organization.suspended_at is None:
        raise Conflict(_l("This firm isn’t suspended."))
    if organization.deletes_at is not None:
        organization.deletes_at += now - organization.suspended_at
    organization.suspended_at = None
    note("organization.resumed", now, organization_id=organization.id)
    return organization


def set_invitations_a_day(organization_id: uuid.UUID, number: int, now: dt.datetime) -> Organization:
    """Let a firm send so many invitations a day. Raises NotFound."""
    organization = _lock(organization_id)
    organization.invitations_a_day = number
    note("organization.invitations_set", now, organization_id=organization.id, invitations_a_day=number)
    return organization


def close(actor: Actor, typed_name: str, now: dt.datetime) -> None:
    """Close the firm at once, tell its owners, and let it be deleted in 30 days. Raises Invalid for another name."""
    organization = _lock(actor.organization_id)
    if fold(typed_name) != fold(organization.name):
        raise Invalid(_l("That isn’t the firm’s name. Type it exactly as shown above."))
    if _state(organization) is not FirmState.OPEN:
        raise Conflict(_l("This firm is already closed."))
    organization.closed_at, organization.deletes_at = now, now + REOPENING_LASTS
    for membership_id, address, language in _owners(organization.id):
        ids = {"organization": organization.id.hex, "membership": membership_id.hex}
        outbox.post("firm-closed", address, language, ids, now)
    note("organization.closed", now, actor_id=actor.user_id, organization_id=organization.id)


def reopen(actor: Actor, now: dt.datetime) -> None:
    """Open a closed firm again: nothing was deleted yet. Raises Conflict if it is open, or too late."""
    organization = _lock(actor.organization_id)
    if not can_reopen(_state(organization), organization.deletes_at, now):
        raise Conflict(_l("This firm is open, or it can no longer be reopened."))
    organization.closed_at = organization.deletes_at = None
    note("organization.reopened", now, actor_id=actor.user_id, organization_id=organization.id)


def list_ids_to_delete(now: dt.datetime) -> Sequence[uuid.UUID]:
    """Return the ids of firms whose owners can no longer reopen them."""
    closed = db.session.scalars(
        select(Organization).where(Organization.deletes_at <= now).order_by(Organization.deletes_at, Organization.id)
    )
    return [firm.id for firm in closed if is_to_be_deleted(_state(firm), firm.deletes_at, now)]


def lock_to_delete(organization_id: uuid.UUID, now: dt.datetime) -> Organization | None:
    """Return a firm that is to be deleted, locked, or None: opened again, suspended, or gone."""
    organization = _find_locked(organization_id)
    if organization is None or not is_to_be_deleted(_state(organization), organization.deletes_at, now):
        return None
    return organization


def forget_firm(organization_id: uuid.UUID, most: int) -> int:
    """Delete at most so many rows of what a firm has here; return how many, 0 once only the firm itself is left."""
    return delete_some(
        most,
        (Upkeep, Upkeep.organization_id == organization_id),
        (JoinCode, JoinCode.organization_id == organization_id),
        (InvitationMail, InvitationMail.organization_id == organization_id),
        (Invitation, Invitation.organization_id == organization_id),
        (TeamStay, TeamStay.organization_id == organization_id),
        (Membership, Membership.organization_id == organization_id),
        (Team, Team.organization_id == organization_id),
    )


def delete_organization(organization: Organization, now: dt.datetime) -> None:
    """Delete a firm of which nothing else is left. Its audit log stays."""
    db.session.delete(organization)
    db.session.flush()
    note("organization.deleted", now, organization_id=organization.id)


def _state(organization: Organization) -> FirmState:
    return firm_state(organization.suspended_at, organization.closed_at)


def _owners(organization_id: uuid.UUID) -> Sequence[tuple[uuid.UUID, str, str]]:
    """Return (membership's id, address, language) of the owners who have come in."""
    rows = db.session.execute(
        select(Membership.id, User.email, User.language)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.organization_id == organization_id,
            Membership.role == Role.OWNER,
            Membership.ended_at.is_(None),
            User.email.is_not(None),
        )
        .order_by(Membership.created_at, Membership.id)
    )
    return [(row[0], str(row[1]), mail_language(row[2])) for row in rows]


def _lock(organization_id: uuid.UUID) -> Organization:
    organization = _find_locked(organization_id)
    if organization is None:
        raise NotFound(_l("No firm has this id. `flask admin organizations` lists them."))
    return organization


def _find_locked(organization_id: uuid.UUID) -> Organization | None:
    return db.session.scalar(
        select(Organization)
        .where(Organization.id == organization_id)
        .with_for_update()
        .execution_options(populate_existing=True)  # as it stands now that nobody else changes it
    )
