"""Making firms and teams; putting people on the roster, changing, removing and taking them back."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from trainer.accounts.models import User
from trainer.accounts.operations import end_sessions
from trainer.accounts.rules import clean_name, email_key, is_mailable, is_printable_name
from trainer.core.audit import AuditEvent, note
from trainer.core.db import db
from trainer.core.errors import Conflict, Invalid, NotFound, NotYet
from trainer.core.events import EventKind, happen
from trainer.organizations.actor import Actor
from trainer.organizations.history import end_stays, keep_stays
from trainer.organizations.invitations import void_invitations
from trainer.organizations.models import LONGEST_NAME, LONGEST_TITLE, Membership, Organization, Team, TeamMembership
from trainer.organizations.queries import count_owners, list_firms, list_shut_firms, lock_organization
from trainer.organizations.rules import Role, can_undo, fold, has_letter, is_time_zone, local_day, names_an_address
from trainer.organizations.team_queries import get_team, list_team_ids, list_teams

NO_NUMBER = _l("Without an email address, add an employee number: this person signs in with it.")
MOST_FIRMS = 20
"""Someone who is in this many firms can't create another."""


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What a firm writes about a person: an address, an employee number or both. `hired_on`: due days run from it."""

    name: str
    email: str | None
    job_title: str | None = None
    employee_number: str | None = None
    hired_on: dt.date | None = None


def create_organization(
    user: User, name: str, time_zone: str, own_name: str, now: dt.datetime, region: str | None = None
) -> Organization:
    """Create a firm whose owner is the user. Raises NotYet until the user's address is confirmed."""
    if user.email is None or user.email_confirmed_at is None:
        raise NotYet(_l("Confirm your email address first: your account page has the link."))
    if user.password_hash is None:
        raise NotYet(_l("Choose a password first, on your account page. A PIN isn’t enough for a firm’s records."))
    if len(list_firms(user.id)) + len(list_shut_firms(user.id)) >= MOST_FIRMS:
        raise Conflict(_l("You’re already in twenty firms. Leave one first."))
    organization = Organization(
        name=_name_of_firm(name), time_zone=_zone(time_zone), region=region, created_at=now, created_by_id=user.id
    )
    db.session.add(organization)
    db.session.flush()
    owner = Membership(
        organization_id=organization.id,
        user_id=user.id,
        name=_printable(own_name),
        name_key=fold(_printable(own_name)),
        email=user.email_key,
        email_key=user.email_key,
        role=Role.OWNER,
        manages_all=False,
        created_at=now,
        joined_at=now,
    )
    db.session.add(owner)
    db.session.flush()
    note("organization.made", now, actor_id=user.id, organization_id=organization.id, name=organization.name)
    return organization


def change_organization(
    actor: Actor, name: str, time_zone: str, region: str | None, follows_up: bool, now: dt.datetime
) -> None:
    """Set the firm's name, time zone and region, and whether unanswered invitations go out again automatically."""
    organization = lock_organization(actor)
    organization.name, organization.time_zone = _name_of_firm(name), _zone(time_zone)
    organization.region, organization.follows_up = region, follows_up
    _note(
        actor,
        "organization.changed",
        now,
        name=organization.name,
        time_zone=time_zone,
        region=region,
        follows_up=follows_up,
    )


def skip_step(actor: Actor, step: str, now: dt.datetime) -> None:
    """Leave a step of setting the firm up out; it can still be done."""
    organization = lock_organization(actor)
    if step not in (skipped := organization.skipped_steps or []):
        organization.skipped_steps = [*skipped, step]
        _note(actor, "organization.step_skipped", now, step=step)


def make_team(actor: Actor, name: str, now: dt.datetime, region: str | None = None) -> Team:
    """Create a team. Raises Conflict where there is one of that name."""
    lock_organization(actor)
    cleaned = _printable(name, LONGEST_TITLE)
    _refuse_twin(actor, cleaned)
    team = Team(
        organization_id=actor.organization_id, name=cleaned, name_key=fold(cleaned), region=region, created_at=now
    )
    db.session.add(team)
    db.session.flush()
    _note(actor, "team.made", now, team.id, name=cleaned, region=region)
    return team


def change_team(actor: Actor, team_id: uuid.UUID, name: str, region: str | None, now: dt.datetime) -> None:
    """Set a team's name and region."""
    lock_organization(actor)
    team, cleaned = get_team(actor, team_id), _printable(name, LONGEST_TITLE)
    _refuse_twin(actor, cleaned, but=team.id)
    before, team.name, team.name_key, team.region = team.name, cleaned, fold(cleaned), region
    _note(actor, "team.renamed", now, team.id, before=before, name=cleaned, region=region)


def remove_team(actor: Actor, team_id: uuid.UUID, now: dt.datetime) -> None:
    """Remove a team; its people stay in the firm."""
    team = get_team(actor, team_id)
    end_stays(team, now)
    db.session.delete(team)
    _note(actor, "team.removed", now, team.id, name=team.name)


def add_person(actor: Actor, facts: PersonFacts, team_ids: Collection[uuid.UUID], now: dt.datetime) -> Membership:
    """Put a person on the roster, who comes in later: by an invitation, or without an address by a PIN slip.

    Raises Conflict for someone who is on it, and Invalid(NO_NUMBER) for someone with neither address nor number.
    """
    person = Membership(
        organization_id=actor.organization_id, role=Role.MEMBER, manages_all=False, created_at=now, name="", name_key=""
    )
    _write(person, facts)
    db.session.add(person)
    db.session.flush()
    set_teams(actor, person, team_ids, now)
    _note(actor, "membership.made", now, person.id, name=person.name)
    return person


def change_person(
    actor: Actor, person: Membership, facts: PersonFacts, team_ids: Collection[uuid.UUID], now: dt.datetime
) -> None:
    """Change what the firm has written about a person; once the address changes, links mailed to the old one no longer
    work."""
    _refuse_role_holder(actor, person)
    before, old_key = {name: getattr(person, name) for name in asdict(facts)}, person.email_key
    _write(person, facts)
    set_teams(actor, person, team_ids, now)
    db.session.flush()
    if person.email_key != old_key:
        void_invitations(actor, [person.id], now)
    changed = [name for name, value in before.items() if value != getattr(person, name)]
    _note(actor, "membership.changed", now, person.id, name=person.name, changed=", ".join(changed) or "teams")


def move_people(actor: Actor, people: Iterable[Membership], team_ids: Collection[uuid.UUID], now: dt.datetime) -> None:
    """Set which teams several people are in, as `set_teams`."""
    for person in people:
        _refuse_role_holder(actor, person)
        set_teams(actor, person, team_ids, now)
        _note(actor, "membership.changed", now, person.id, name=person.name, changed="teams")


def set_teams(actor: Actor, person: Membership, team_ids: Collection[uuid.UUID], now: dt.datetime) -> None:
    """Set which of the teams that the actor sees a person is in; those that the actor doesn't see stay."""
    seen = {team.id for team in list_teams(actor)}
    if not set(team_ids) <= seen:
        raise Invalid(_l("Choose teams from the list."))
    now_in = set(list_team_ids(person.id))
    gone = (now_in & seen) - set(team_ids)
    if gone:
        db.session.execute(
            delete(TeamMembership).where(TeamMembership.membership_id == person.id, TeamMembership.team_id.in_(gone))
        )
    db.session.add_all(TeamMembership(membership_id=person.id, team_id=team_id) for team_id in set(team_ids) - now_in)
    if actor.team_ids is not None and not (now_in - gone) | set(team_ids):
        raise Invalid(_l("Choose at least one of your teams. Without one, you’d no longer see this person."))
    db.session.flush()
    keep_stays([person.id], now)


def change_role(actor: Actor, person: Membership, role: Role, manages_all: bool, now: dt.datetime) -> None:
    """Give a person another role, at once. Raises Conflict where the firm would have no owner."""
    lock_organization(actor)
    if person.ended_at is not None:
        raise Conflict(_l("This person has left. Put them back on the roster first."))
    if role in {Role.OWNER, Role.MANAGER, Role.INSTRUCTOR} and person.user_id is None:
        raise NotYet(_l("This person hasn’t joined yet. Invite them first, and change the role after that."))
    if role is not Role.MEMBER and db.session.get_one(User, person.user_id).password_hash is None:
        raise NotYet(
            _l(
                "This person signs in with a PIN, which isn’t enough to see other people’s records. "
                "Ask them to add an email address and choose a password on their account page first."
            )
        )
    _keep_an_owner(person, role)
    before, person.role, person.manages_all = person.role, role, manages_all and role is Role.MANAGER
    if before == Role.MEMBER and role is not Role.MEMBER and person.user_id is not None:
        end_sessions(person.user_id, now)  # what was opened with less at stake doesn't open more
    _note(actor, "membership.role_changed", now, person.id, name=person.name, before=before, role=role.value)


def remove_person(actor: Actor, person: Membership, ended_on: dt.date, now: dt.datetime) -> None:
    """Note that a person has left the firm; the records stay."""
    lock_organization(actor)
    _refuse_role_holder(actor, person)
    if person.ended_at is not None:
        raise Conflict(_l("This person is already off the roster."))
    _keep_an_owner(person, None)
    _end(person, ended_on, now)
    _note(actor, "membership.removed", now, person.id, name=person.name, ended_on=ended_on.isoformat())


def undo_removal(actor: Actor, person: Membership, now: dt.datetime) -> None:
    """Undo a removal, within 30 days and unless the person was hired again since."""
    _refuse_role_holder(actor, person)
    if person.ended_at is None:
        raise Conflict(_l("This person is on the roster."))
    if person.user_id is not None and db.session.get_one(User, person.user_id).erased_at is not None:
        raise Conflict(_l("This person’s account was erased. Add this person again: a new entry needs a new account."))
    if _left_by_choice(person):
        raise Conflict(_l("This person left the firm without you. Invite them again, if they want to come back."))
    if not can_undo(person.ended_at, now):
        raise Conflict(_l("That was more than 30 days ago. Add this person again: a rehire is a new entry."))
    person.ended_at = person.ended_on = None
    if person.role != Role.MEMBER:
        person.role, person.manages_all = Role.MEMBER, False  # rights are given, not found again
    db.session.flush()  # whoever is on the roster again already makes this a Conflict
    _note(actor, "membership.removal_undone", now, person.id, name=person.name)


def leave(actor: Actor, now: dt.datetime) -> None:
    """Leave a firm, on its day. The firm keeps what it must keep; it sees nothing new."""
    lock_organization(actor)
    _keep_an_owner(actor.membership, None)
    _end(actor.membership, local_day(actor.organization.time_zone, now), now)
    _note(actor, "membership.left", now, actor.membership.id, name=actor.membership.name)


def end_membership(person: Membership, now: dt.datetime) -> None:
    """End the membership of someone who is having everything erased. Raises Conflict for its only owner, unless it is
    closed.

    The log doesn't get the name: it can't be changed.
    """
    firm = db.session.scalars(
        select(Organization).where(Organization.id == person.organization_id).with_for_update()
    ).one()
    if firm.closed_at is None:
        _keep_an_owner(person, None)
    today = local_day(firm.time_zone, now)
    _end(person, max(today, person.hired_on or today), now)
    note("membership.left", now, actor_id=person.user_id, organization_id=firm.id, subject_id=person.id)


def _left_by_choice(person: Membership) -> bool:
    """Return True if the person left, rather than being noted as having left."""
    acts = ("membership.left", "membership.removed")
    newest = (
        select(AuditEvent.act)
        .where(
            AuditEvent.organization_id == person.organization_id,
            AuditEvent.act.in_(acts),
            AuditEvent.subject_id == person.id,
        )
        .order_by(AuditEvent.at.desc(), AuditEvent.id.desc())
        .limit(1)
    )
    return db.session.scalar(newest) == acts[0]


def _refuse_role_holder(actor: Actor, person: Membership) -> None:
    """Refuse to touch whoever has a role, unless the actor may give roles: with the entry, the role could go to someone
    else."""
    if not actor.may_change(person):
        raise NotFound


def _keep_an_owner(person: Membership, role: Role | None) -> None:
    is_last = person.role == Role.OWNER and role is not Role.OWNER and count_owners(person.organization_id) <= 1
    if is_last:
        raise Conflict(_l("A firm needs an owner. Make someone else an owner first."))


def _end(person: Membership, ended_on: dt.date, now: dt.datetime) -> None:
    if person.hired_on is not None and ended_on < person.hired_on:
        raise Invalid(_l("The last day can’t be before the hire date."))
    person.ended_on, person.ended_at = ended_on, now
    happen(EventKind.LEFT, person.id, now)
    db.session.flush()


def _write(person: Membership, facts: PersonFacts) -> None:
    person.name = _printable(facts.name)
    if not has_letter(person.name):
        raise Invalid(_l("Enter at least one letter."))
    person.name_key = fold(person.name)
    given = (facts.email or "").strip()
    person.email_key = email_key(given)
    if given and (person.email_key is None or not is_mailable(person.email_key)):
        raise Invalid(
            _l("We can’t use this email address. Use plain letters, one @, and a full domain like example.org."),
            field="email",
        )
    person.email = person.email_key  # mail goes to the very address that was checked
    person.job_title = clean_name(facts.job_title or "") or None
    person.employee_number = clean_name(facts.employee_number or "") or None
    if person.email is None and person.employee_number is None and _needs_number(person):
        raise Invalid(NO_NUMBER, field="employee_number")
    person.hired_on = facts.hired_on


def _needs_number(person: Membership) -> bool:
    """People who haven't joined are found by it, and people with a PIN sign in with it."""
    return person.user_id is None or db.session.get_one(User, person.user_id).has_pin


def _refuse_twin(actor: Actor, name: str, but: uuid.UUID | None = None) -> None:
    if any(team.name_key == fold(name) and team.id != but for team in list_teams(actor)):
        raise Conflict(_l("There is already a team with this name."))


def _name_of_firm(name: str) -> str:
    cleaned = _printable(name)
    if names_an_address(cleaned):
        raise Invalid(_l("Leave web addresses out of the name: our emails start with it."))
    return cleaned


def _printable(name: str, most: int = LONGEST_NAME) -> str:
    cleaned = clean_name(name)
    if len(fold(cleaned)) > most:  # some letters are many when they are written in plain ones
        raise Invalid(_l("This name is too long. Shorten it."))
    if not is_printable_name(cleaned):
        raise Invalid(_l("Enter at least one letter."))
    return cleaned


def _zone(name: str) -> str:
    if not is_time_zone(name):
        raise Invalid(_l("Choose a time zone from the list."))
    return name


def _note(
    actor: Actor, act: str, now: dt.datetime, subject_id: uuid.UUID | None = None, **details: str | int | None
) -> None:
    note(act, now, actor_id=actor.user_id, organization_id=actor.organization_id, subject_id=subject_id, **details)
