"""A role stays with whom it was given to: who may give none changes, invites, removes and takes back members only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update
from werkzeug.test import TestResponse

from tests.cast import make_account, put_on_roster
from tests.organizations.conftest import Acme
from tests.support import Visitor
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.organizations.codes import make_join_code
from trainer.organizations.invitation_links import shown_token_of
from trainer.organizations.invitations import find_invitation
from trainer.organizations.models import Invitation, Membership, TeamMembership
from trainer.organizations.queries import find_actor
from trainer.organizations.rules import Role

pytestmark = pytest.mark.on_both

ACTORS = ("alice", "mona", "mark", "ines", "bob")
MANAGERS = {"alice", "mona", "mark"}


@pytest.fixture
def crowd(acme: Acme) -> dict[str, UUID]:
    """Return one person of each role who has joined, and one who hasn't, all in the team that Mark manages."""
    app, people = acme.app, dict[str, UUID]()
    for role in Role:
        user_id = make_account(app, f"{role}@example.org")
        there = put_on_roster(app, acme.id, user_id, role, name=f"Here {role}", email=f"{role}@example.org")
        waiting = put_on_roster(app, acme.id, None, role, name=f"Waiting {role}", email=f"w.{role}@example.org")
        people |= {f"{role} who joined": there, f"{role} who waits": waiting}
    with app.app_context(), transaction():
        for membership_id in people.values():
            db.session.add(TeamMembership(membership_id=membership_id, team_id=acme.harbor))
    return people


def facts(acme: Acme, visitor: Visitor, target: UUID, **changes: str) -> TestResponse:
    """Send the form of what the firm has written about someone."""
    with acme.app.app_context():
        person = db.session.get_one(Membership, target)
        fields = {"name": person.name, "email": person.email, "teams": str(acme.harbor), **changes}
    return visitor.post(acme.path(f"/people/{target}/facts"), fields)


ACTS: dict[str, Callable[[Acme, Visitor, UUID], TestResponse]] = {
    "facts": lambda acme, who, target: facts(acme, who, target, job_title="Another"),
    "address": lambda acme, who, target: facts(acme, who, target, email="thief@example.org"),
    "invite": lambda acme, who, target: who.post(acme.path(f"/people/{target}/invitations")),
    "invite all": lambda acme, who, target: who.post(acme.path("/invitations")),
    "revoke": lambda acme, who, target: who.post(acme.path(f"/people/{target}/invitations/revocation")),
    "remove": lambda acme, who, target: who.post(
        acme.path(f"/people/{target}/removal"), {"ended_on": clock.today().isoformat()}
    ),
    "undo": lambda acme, who, target: who.post(acme.path(f"/people/{target}/return")),
    "role": lambda acme, who, target: who.post(acme.path(f"/people/{target}/role"), {"role": "instructor"}),
}


def state(app: Flask, target: UUID) -> dict[str, Any]:
    """Return all that is written about a person, and the links."""
    with app.app_context():
        row = db.session.execute(select(Membership.__table__).where(Membership.id == target)).one()
        links = db.session.execute(
            select(func.count(), func.count(Invitation.revoked_at)).where(Invitation.membership_id == target)
        ).one()
        return {**row._mapping, "links": tuple(links)}


def prepare(app: Flask, act: str, target: UUID) -> None:
    """Bring a person into the state in which an act does something."""
    with app.app_context(), transaction():
        if act == "undo":
            gone = {"ended_at": clock.now(), "ended_on": clock.today()}
            db.session.execute(update(Membership).where(Membership.id == target).values(gone))
        if act == "revoke":
            person = db.session.get_one(Membership, target)
            db.session.add(invitation_of(person))


def invitation_of(person: Membership) -> Invitation:
    return Invitation(
        organization_id=person.organization_id,
        membership_id=person.id,
        email_key=person.email_key,
        nonce="x",
        created_at=clock.now(),
        created_by_id=None,
        expires_at=clock.now() + dt.timedelta(days=30),
    )


def restore(app: Flask, rows: list[dict[str, Any]]) -> None:
    with app.app_context(), transaction():
        db.session.execute(delete(Invitation))
        for row in rows:
            db.session.execute(update(Membership).where(Membership.id == row["id"]).values(row))


@pytest.mark.asvs("8.2.3")
@pytest.mark.parametrize("actor", ACTORS)
def test_who_may_not_give_roles_touches_nobody_who_has_one(acme: Acme, crowd: dict[str, UUID], actor: str) -> None:
    visitor, wrong = acme.enter(actor), []
    with acme.app.app_context():
        everyone = [dict(row._mapping) for row in db.session.execute(select(Membership.__table__))]
    for name, target in crowd.items():
        is_member, waits = name.startswith("member"), name.endswith("waits")
        for act, send in ACTS.items():
            if (act.startswith("invite") or act == "revoke") and not waits:
                continue
            if act == "role" and waits:
                continue  # a role is given to who has joined
            prepare(acme.app, act, target)
            before = state(acme.app, target)
            send(acme, visitor, target)
            may = actor == "alice" or (actor in MANAGERS and is_member and act != "role")
            if (state(acme.app, target) != before) != may and not (act == "role" and name.startswith("instructor")):
                wrong.append((act, name, "was refused" if may else "was done"))
            restore(acme.app, everyone)
    assert wrong == []


def test_a_page_offers_only_what_may_be_done(acme: Acme, crowd: dict[str, UUID]) -> None:
    for actor, sees in (("alice", True), ("mona", False), ("mark", False)):
        visitor = acme.enter(actor)
        page = visitor.get(acme.path(f"/people/{crowd['manager who waits']}")).text
        assert ("/facts" in page, "/removal" in page) == (sees, sees), actor
        for rest in ("facts", "removal"):
            status = visitor.get(acme.path(f"/people/{crowd['manager who waits']}/{rest}")).status_code
            assert (status == 200) == sees
        assert ("Waiting manager" in visitor.get(acme.path("/invitations")).text) == sees
        assert "/facts" in visitor.get(acme.path(f"/people/{crowd['member who waits']}")).text


def test_another_address_voids_links_to_the_old_one_for_good(acme: Acme, crowd: dict[str, UUID]) -> None:
    target, alice = crowd["manager who waits"], acme.enter("alice")
    alice.post(acme.path(f"/people/{target}/invitations"))
    with acme.app.app_context():
        token = shown_token_of(db.session.scalars(select(Invitation)).one())
        assert find_invitation(token, clock.now()) is not None
    for address in ("other@example.org", "w.manager@example.org"):
        assert facts(acme, alice, target, email=address).status_code == 303
    with acme.app.app_context():
        assert find_invitation(token, clock.now()) is None


def test_a_roster_of_who_may_not_give_roles_leaves_role_holders_alone(acme: Acme, crowd: dict[str, UUID]) -> None:
    with acme.app.app_context(), transaction():
        db.session.execute(
            update(Membership).where(Membership.id == crowd["manager who waits"]).values(employee_number="77")
        )
    text = "name,e-mail,employee number,job title\n" + "\n".join(
        [
            "Waiting manager,thief@example.org,77,",
            "Renamed,owner@example.org,,Boss",
            "Waiting member,w.member@example.org,,X",
        ]
    )
    before = {name: state(acme.app, target) for name, target in crowd.items()}
    mona = acme.enter("mona")
    path = mona.post(acme.path("/roster"), {"text": text}, content_type="multipart/form-data").headers["Location"]
    mona.get(path)
    assert mona.post(f"{path}/confirmation", {"digest": mona.field("digest"), "has_mail": "y"}).status_code == 303
    changed = {name for name, target in crowd.items() if state(acme.app, target) != before[name]}
    assert changed == {"member who waits"}


def test_a_code_that_gives_a_role_is_seen_only_by_who_may_give_it(acme: Acme) -> None:
    with acme.app.app_context(), transaction():
        actor = find_actor(acme.users["alice"], acme.id)
        assert actor is not None
        until = clock.now() + dt.timedelta(days=3)
        code_id = make_join_code(actor, Role.INSTRUCTOR, acme.harbor, until, None, clock.now()).id
    for name, sees in (("alice", True), ("mona", False), ("mark", False)):
        visitor = acme.enter(name)
        assert (f"{code_id}" in visitor.get(acme.path("/codes")).text) == sees, name
        assert (visitor.get(acme.path(f"/codes/{code_id}/poster.pdf")).status_code == 200) == sees
