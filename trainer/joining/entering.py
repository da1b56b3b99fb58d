"""Coming into a firm: by an invitation, with or without an account, or by a code."""

from __future__ import annotations

import datetime as dt
import uuid

from flask_babel import lazy_gettext as _l

from trainer.accounts.models import User
from trainer.accounts.operations import confirm_address, create_account, remember_language
from trainer.accounts.queries import get_user
from trainer.accounts.rules import clean_name
from trainer.assignments.upkeep import assign_person
from trainer.content.serving import served
from trainer.core.audit import note
from trainer.core.db import db
from trainer.core.errors import Conflict, Invalid, NotFound
from trainer.organizations.codes import count_use, find_code, find_waiting
from trainer.organizations.history import keep_stays
from trainer.organizations.invitations import (
    Invited,
    accept_invitation,
    fill,
    find_invitation,
    is_in,
    is_number_taken,
    is_taken,
)
from trainer.organizations.models import LONGEST_NAME, JoinCode, Membership, Organization, TeamMembership
from trainer.organizations.rules import Role, fold, has_letter
from trainer.organizations.team_queries import list_team_ids


def accept(token: str, user_id: uuid.UUID, now: dt.datetime) -> Membership:
    """Let a user join with an invitation to their address. Raises NotFound for a link that no longer works."""
    return _accept(_good(token, now), get_user(user_id), now)


def accept_with_new_account(
    token: str, password_hash: str, guest_id: uuid.UUID | None, now: dt.datetime
) -> tuple[User, Membership]:
    """Create an account with the invited address and join; a guest keeps everything. Raises NotFound, Conflict."""
    invited = _good(token, now)
    user = create_account(invited.invitation.email_key, password_hash, now, guest_id, is_confirmed=invited.was_mailed)
    return user, _accept(invited, user, now)


def join_by_code(given: str, user_id: uuid.UUID, name: str, employee_number: str, now: dt.datetime) -> Membership:
    """Let a user join with a code, under this name. A roster entry that waits for their confirmed address is used.

    Raises NotFound for a code that doesn't work, Conflict for one that is used up or a person who is already in.
    """
    user = get_user(user_id)
    code, organization = find_code(given, now)
    if is_in(user.id, organization.id):
        raise Conflict(_l("You’re already in this firm. There’s nothing more to do."))
    count_use(code, now)
    key = user.email_key if user.email_confirmed_at is not None else None
    waiting = find_waiting(organization.id, key) if key else None
    person = fill(waiting.id, user.id, now) if waiting is not None else _add(code, user, name, employee_number, now)
    if code.team_id is not None and code.team_id not in list_team_ids(person.id):
        db.session.add(TeamMembership(membership_id=person.id, team_id=code.team_id))
        db.session.flush()
        keep_stays([person.id], now)
    note(
        "join_code.used",
        now,
        actor_id=user.id,
        organization_id=organization.id,
        subject_id=code.id,
        name=person.name,
    )
    came_in(person, now)
    return person


def came_in(person: Membership, now: dt.datetime) -> None:
    """Do what follows when the person of a roster entry has joined: what the firm requires becomes theirs to do.

    Raises Conflict for a role that someone would get who has only a PIN.
    """
    db.session.flush()
    if person.role != Role.MEMBER and db.session.get_one(User, person.user_id).password_hash is None:
        raise Conflict(
            _l("This gives you a role, and a PIN isn’t enough for that. Choose a password on your account page first.")
        )
    organization = db.session.get_one(Organization, person.organization_id)
    assign_person(organization, person.id, served().courses, now)


def _good(token: str, now: dt.datetime) -> Invited:
    invited = find_invitation(token, now)
    if invited is None:
        raise NotFound
    return invited


def _accept(invited: Invited, user: User, now: dt.datetime) -> Membership:
    person = accept_invitation(invited, user, now)
    remember_language(user)
    if invited.was_mailed:
        confirm_address(user, now)  # who got the mail has the address
    came_in(person, now)
    return person


def _add(code: JoinCode, user: User, name: str, employee_number: str, now: dt.datetime) -> Membership:
    cleaned = clean_name(name)
    if not has_letter(cleaned):
        raise Invalid(_l("Enter your name, with at least one letter."))
    if len(cleaned) > LONGEST_NAME or len(fold(cleaned)) > LONGEST_NAME:
        raise Invalid(_l("This name is too long. Shorten it."))
    number = clean_name(employee_number) or None
    if number is not None and is_number_taken(code.organization_id, number):
        raise Invalid(_l("We can’t use this number. Leave it empty: the firm can add it."))
    # An address that isn't confirmed may be anybody's: it must not stand on the roster for someone else.
    is_own = user.email_confirmed_at is not None
    is_own = is_own and not is_taken(code.organization_id, Membership.email_key == user.email_key)
    person = Membership(
        organization_id=code.organization_id,
        user_id=user.id,
        name=cleaned,
        name_key=fold(cleaned),
        email=user.email_key if is_own else None,
        email_key=user.email_key if is_own else None,
        role=Role(code.role),
        manages_all=False,
        employee_number=number,
        created_at=now,
        joined_at=now,
    )
    db.session.add(person)
    db.session.flush()
    return person
