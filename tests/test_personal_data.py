"""What is told of a person, and what is left once everything was erased: nothing but what is listed here."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Table, select

from tests.cast import (
    actor_of,
    make_account,
    make_firm,
    make_guest,
    sign_in_as,
    start_practice,
)
from tests.extras import list_samples
from tests.petra import ADDRESS, NAME, NOBODY, PERSONS, WORK, Rich, dump, make_petra, named_in
from tests.remembered import remembered
from tests.support import COURSE, Visitor
from trainer.accounts.models import User
from trainer.accounts.privacy import ERASED
from trainer.accounts.queries import list_guests_before
from trainer.accounts.rules import KEPT as GUESTS_KEPT
from trainer.assessment.models import Attempt, ItemSnapshot, Response
from trainer.assignments.models import Assignment, EarlierTraining
from trainer.core import clock
from trainer.core.db import Base, db, transaction
from trainer.core.errors import Conflict
from trainer.core.work import Job
from trainer.credentials.models import Credential
from trainer.instructing.models import (
    ClassInvitation,
    Cohort,
    CohortMember,
)
from trainer.learning.models import Enrollment
from trainer.organizations.closing import close
from trainer.organizations.models import Invitation, Membership
from trainer.organizations.operations import undo_removal

pytestmark = pytest.mark.on_both

OTHERS = ("bob@", "alice@", "ines@", "dana@", "pat@", "Bob", "Alice", "Ines", "Dana", "Gus", "Pat Poe")
MONDAY = "2026-11-23T15:00:00Z"

ELSEWHERE = {
    "audit_events": "`core.audit` tells a person's own acts, and takes names out of it.",
    "outbox_messages": "Accounts and organizations ask `core.outbox` by address.",
}
"""Tables with people in them that no `privacy.py` names, and why."""

ID = "Leads to an emptied account, and to nobody."
RECORD = "The firm's training record, which it must be able to show for years."
LEFT = {
    "users.id": ID,
    "credentials.user_id": ID,
    "credentials.holder_name": "Frozen: whoever was shown a certificate must be able to check it.",
    "enrollments.user_id": ID,
    "enrollments.attested_as": "Signed statement behind a certificate; law asks for it.",
    "memberships.user_id": ID,
    "memberships.name": RECORD,
    "memberships.name_key": RECORD,
    "assignments.user_id": ID,
    "waivers.created_by_id": ID,
    "earlier_trainings.created_by_id": ID,
    "earlier_trainings.approved_by_id": ID,
    "earlier_trainings.ended_by_id": ID,
    "training_proofs.created_by_id": ID,
    "reminders.created_by_id": ID,
    "organizations.created_by_id": ID,
    "join_codes.created_by_id": ID,
    "jobs.ordered_by_id": ID,
    "cohorts.instructor_id": ID,
    "cohort_members.user_id": ID,
    "nudges.created_by_id": ID,
    "class_invitations.invited_by_id": ID,
    "class_invitation_mails.sent_by_id": ID,
    "audit_events.actor_id": ID,
    "audit_events.subject_id": ID,
    **{column: ID for sample in list_samples() for column in sample.LEFT},
}
"""Where a person's id, name or address is found after everything was erased, and why."""

_PERSONAL = re.compile(
    r"(?:.*_)?(?:user_id|by_id|actor_id|email|email_key|recipient|holder_name|attested_as|taught_by)"
)
_OF_PEOPLE = {"users", "memberships", "cohort_members", "enrollments", "attempts"}


def is_personal(table: Table) -> bool:
    """Return whether a column of a table names a person, or a record of one."""
    return any(
        _PERSONAL.fullmatch(column.name) or {key.column.table.name for key in column.foreign_keys} & _OF_PEOPLE
        for column in table.columns
    )


def test_every_table_with_a_person_in_it_is_told_and_forgotten_by_its_feature() -> None:
    named = set().union(*map(named_in, PERSONS))
    personal = {name for name, table in Base.metadata.tables.items() if is_personal(table)}
    assert personal - named - ELSEWHERE.keys() == set(), "name them in the privacy.py of their feature"
    assert personal & NOBODY.keys() == set(), "their feature says that there is nobody in them"
    assert ELSEWHERE.keys() & named == set()
    for module in PERSONS:
        models = module.__name__.replace(".privacy", ".models")
        own = {mapper.class_.__tablename__ for mapper in Base.registry.mappers if mapper.class_.__module__ == models}
        assert named_in(module) & own or not own, models


@pytest.fixture
def petra(app: Flask) -> Iterator[Rich]:
    """Let Petra have something in every table that can hold a person."""
    with time_machine.travel(MONDAY):
        yield replace(remembered("petra", app, lambda: make_petra(app)), app=app)


def test_everything_is_told_and_no_secret_and_nobody_else(petra: Rich) -> None:
    told = petra.told()
    assert [kind for kinds in told.values() for kind, rows in kinds.items() if not rows] == []
    text = json.dumps(told)
    for one in (
        ADDRESS,
        WORK,
        NAME,
        "petra@new.example",
        *(word for sample in list_samples() for word in sample.TOLD),
        "At sea",
        "At night",
        "Acme Security",
        "Beta Guards",
        "Hotel",
    ):
        assert one in text, one
    assert [one for one in OTHERS if one in text] == []
    with petra.app.app_context():
        user = db.session.get_one(User, petra.id)
        secret = (user.password_hash, user.second_factor_nonce)
        held = db.session.scalars(
            select(Response.item).join(Attempt, Attempt.id == Response.attempt_id).where(Attempt.kind == "final")
        ).all()
        digests = db.session.scalars(select(ItemSnapshot.digest)).all()
    assert [one for one in (*secret, *held, *digests) if f'"{one}"' in text or str(one) in text] == []
    assert not {"truth", "key", "rationale", "seal", "nonce", "secret_hash", "password_hash"} & set(
        re.findall(r'"(\w+)":', text)
    )


@pytest.mark.asvs("14.2.7")
def test_nothing_is_left_but_what_is_listed_and_nobody_else_loses_anything(petra: Rich) -> None:
    before = dump(petra.app)
    own = ids_of(petra)
    petra.forget()
    after = dump(petra.app)
    marks = [str(petra.id), petra.id.hex, ADDRESS, WORK, "petra@new.example", NAME, NAME.lower()]
    found = {
        f"{table}.{column}"
        for (table, _key), row in after.items()
        for column, value in row.items()
        if any(mark in value for mark in marks)
    }
    assert found == LEFT.keys()
    changed = {key: row for key, row in before.items() if after.get(key) != row}
    foreign = {key: row for key, row in changed.items() if not any(mark in str(row) for mark in own)}
    assert foreign == {}
    new = {key for key in after if key not in before}
    assert {(table, after[table, key].get("act") or after[table, key]["kind"]) for table, key in new} == {
        ("audit_events", "membership.left"),
        ("audit_events", "account.erased"),
        ("events", "person.left"),
    }
    with petra.app.app_context():
        kept = db.session.scalars(select(Enrollment).where(Enrollment.user_id == petra.id)).one()
        assert (kept.course, kept.place, kept.last_lesson) == (COURSE, None, None)
        assert kept.credential_id is not None
        assert db.session.scalars(select(Attempt).where(Attempt.user_id == petra.id)).all() == []
        names = db.session.scalars(select(CohortMember.name).where(CohortMember.user_id == petra.id))
        taught = db.session.scalars(select(Cohort).where(Cohort.instructor_id == petra.id)).all()
        assert {*names, *(one.taught_by for one in taught)} == {ERASED}
        closed = {one.organization_id is None: one.archived_at is not None for one in taught}
        assert closed == {True: True, False: False}  # a firm's class waits to be handed over
        jobs = db.session.scalars(select(Job)).all()
        assert [one.done for one in jobs] == [9]


def ids_of(petra: Rich) -> set[str]:
    """Return what a row that is Petra's holds one of."""
    found = {str(petra.id), petra.id.hex, ADDRESS, WORK, "petra@new.example"}
    with petra.app.app_context():
        of_extras = [record for sample in list_samples() for record in sample.OF_PEOPLE]
        for record in (Membership, Enrollment, Attempt, CohortMember, *of_extras):
            found |= {str(one) for one in db.session.scalars(select(record.id).where(record.user_id == petra.id))}
        invited = select(Invitation.id).join(Membership, Membership.id == Invitation.membership_id)
        found |= {str(one) for one in db.session.scalars(invited.where(Membership.user_id == petra.id))}
        trained = select(EarlierTraining.id).join(Membership, Membership.id == EarlierTraining.membership_id)
        found |= {str(one) for one in db.session.scalars(trained.where(Membership.user_id == petra.id))}
        asked = select(Assignment.id).join(Membership, Membership.id == Assignment.membership_id)
        found |= {str(one) for one in db.session.scalars(asked.where(Membership.user_id == petra.id))}
        called = select(ClassInvitation.id).join(Membership, Membership.id == ClassInvitation.membership_id)
        found |= {str(one) for one in db.session.scalars(called.where(Membership.user_id == petra.id))}
    return found


@pytest.mark.asvs("7.4.2")
def test_the_account_is_closed_and_the_certificate_still_verifies(petra: Rich) -> None:
    laptop = sign_in_as(petra.app, petra.id)
    assert laptop.get("/account").status_code == 200
    petra.forget()
    assert laptop.get("/account").status_code == 303
    assert Visitor(petra.app).sign_in(ADDRESS).status_code == 422
    with petra.app.app_context():
        serial = db.session.scalars(select(Credential.serial).where(Credential.user_id == petra.id)).one()
        assert petra.id not in list_guests_before(clock.now() + GUESTS_KEPT)
    assert NAME in Visitor(petra.app).get(f"/verify/{serial}").text
    with petra.app.app_context(), transaction():
        actor = actor_of(owner_of(petra), petra.acme)
        entry = db.session.scalars(
            select(Membership).where(Membership.user_id == petra.id, Membership.organization_id == petra.acme)
        ).one()
        with pytest.raises(Conflict, match="erased"):
            undo_removal(actor, entry, clock.now())
    make_account(petra.app, ADDRESS)  # who comes back begins anew


def owner_of(petra: Rich) -> UUID:
    """Return Alice."""
    with petra.app.app_context():
        return db.session.scalars(select(User.id).where(User.email == "alice@a.example")).one()


def test_a_guest_leaves_no_row(app: Flask) -> None:
    guest = make_guest(app)
    start_practice(app, guest)
    sign_in_as(app, guest)
    Rich(app, guest, guest, guest).forget()
    assert [key for key, row in dump(app).items() if str(guest) in str(row) or guest.hex in str(row)] == []


def test_an_only_owner_has_to_hand_the_firm_over_or_close_it(app: Flask) -> None:
    alice = make_account(app)
    firm = make_firm(app, alice)
    rich, before = Rich(app, alice, firm, alice), dump(app)
    with pytest.raises(Conflict, match="needs an owner"):
        rich.forget()
    assert dump(app) == before
    with app.app_context(), transaction():
        close(actor_of(alice, firm), "Acme Security", clock.now())
    rich.forget()
    with app.app_context():
        assert db.session.get_one(User, alice).erased_at is not None
