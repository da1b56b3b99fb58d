"""What is told of a person, and what is left once everything was erased: nothing but what is listed here."""

from __future__ import annotations

import datetime as dt
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from types import ModuleType
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Table, select, update

from tests.assignments.firm import EVERYONE, Firm
from tests.assignments.trainings import have_recorded, record
from tests.cast import (
    actor_of,
    add_second_factor,
    appoint,
    approve,
    ask_for_round,
    certify,
    desk_of,
    hold_meeting,
    join_class,
    make_account,
    make_class,
    make_firm,
    make_guest,
    make_passkey,
    make_site,
    put_on_roster,
    sign_in_as,
    start_practice,
    use_up_tries,
)
from tests.extras import fill_extras, list_samples
from tests.remembered import remembered
from tests.support import COURSE, Visitor
from trainer.accounts.models import User
from trainer.accounts.operations import request_address, request_reset
from trainer.accounts.privacy import ERASED
from trainer.accounts.queries import get_user, list_guests_before
from trainer.accounts.rules import KEPT as GUESTS_KEPT
from trainer.app import FEATURES
from trainer.assessment import renewal_mails
from trainer.assessment.check_ins import ask_for_mail
from trainer.assessment.models import Attempt, ItemSnapshot, Response, RoundRequest
from trainer.assessment.rounds import grant
from trainer.assignments.earlier import withdraw_training
from trainer.assignments.models import Assignment, EarlierTraining
from trainer.assignments.operations import waive
from trainer.compliance.operations import order_certificates
from trainer.compliance.reminding import remind
from trainer.compliance.rules import StatusFilter
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.db import Base, db, transaction
from trainer.core.errors import Conflict
from trainer.core.outbox import OutboxMessage
from trainer.core.work import Job
from trainer.credentials.models import Credential
from trainer.instructing.invitations import choose_teams
from trainer.instructing.invitations import invite as invite_to_class
from trainer.instructing.models import (
    ClassInvitation,
    ClassView,
    Cohort,
    CohortMember,
)
from trainer.instructing.nudges import nudge
from trainer.instructing.sessions import note_attendance, sign_off
from trainer.items.registry import read_further
from trainer.learning.models import Enrollment
from trainer.learning.operations import answer
from trainer.learning.queries import get_enrollment
from trainer.organizations.closing import close
from trainer.organizations.codes import make_join_code
from trainer.organizations.invitations import invite
from trainer.organizations.models import Invitation, Membership
from trainer.organizations.operations import undo_removal
from trainer.organizations.queries import get_person
from trainer.organizations.replies import set_replies
from trainer.organizations.rules import Role
from trainer.roster.drafts import keep_draft
from trainer.roster.reading import read_list

pytestmark = pytest.mark.on_both

PERSONS = tuple(sys.modules[one.export_person.__module__] for one in reversed(FEATURES) if one.export_person)
"""The modules that tell and forget a person, in the order in which they forget."""
NOBODY = {table: why for feature in FEATURES for table, why in feature.holds_nobody.items()}
NAME, ADDRESS, WORK = "Petra Quill", "petra.quill@example.org", "pq@acme.example.org"
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
    "class_sessions.created_by_id": ID,
    "sign_offs.signed_off_by_id": ID,
    "signatures.signed_by_id": ID,
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


def named_in(module: ModuleType) -> set[str]:
    """Return the tables whose records a module names."""
    return {
        one.__tablename__
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, Base)
        if one is not Base
    }


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


def dump(app: Flask) -> dict[tuple[str, str], dict[str, str]]:
    """Return every row of every table by its primary key: column → value as text."""
    found = {}
    with app.app_context():
        for name, table in Base.metadata.tables.items():
            for row in db.session.execute(select(table)):
                values = {column.name: str(value) for column, value in zip(table.columns, row, strict=True)}
                found[name, "|".join(values[one.name] for one in table.primary_key)] = values
        db.session.rollback()
    return found


@dataclass(frozen=True)
class Rich:
    """Petra, who did everything here, the two firms that she is in, and Bob."""

    app: Flask
    id: UUID
    acme: UUID
    bob: UUID

    def forget(self) -> None:
        """Erase everything, in one transaction."""
        with self.app.app_context(), transaction():
            for module in PERSONS:
                if hasattr(module, "forget_person"):
                    module.forget_person(self.id, clock.now())

    def told(self) -> dict[str, dict[str, list[dict[str, object]]]]:
        """Return what all features tell, by feature."""
        with self.app.app_context():
            return {
                module.__name__: {kind: list(rows) for kind, rows in module.export_person(self.id).items()}
                for module in PERSONS
            }


@pytest.fixture
def petra(app: Flask) -> Iterator[Rich]:
    """Let Petra have something in every table that can hold a person."""
    with time_machine.travel(MONDAY):
        yield replace(remembered("petra", app, lambda: make_petra(app)), app=app)


def make_petra(app: Flask) -> Rich:
    """Make her and all of it."""
    petra, alice, bob, ines = (
        make_account(app, one) for one in (ADDRESS, "alice@a.example", "bob@a.example", "ines@a.example")
    )
    for one in (petra, alice):
        add_second_factor(app, one)
        make_passkey(app, one)
    acme, other = make_firm(app, alice), make_firm(app, petra, "Beta Guards")
    put_on_roster(app, other, alice, Role.OWNER, name="Alice Able", email="alice@b.example")
    site, long_ago = make_site(app, alice, acme), dt.date(2020, 1, 1)
    entry = put_on_roster(
        app, acme, None, Role.OWNER, name=NAME, email=WORK, teams=[site], manages_all=True, hired_on=long_ago
    )
    with app.app_context(), transaction():
        invite(actor_of(alice, acme), get_person(actor_of(alice, acme), entry), clock.now())
        db.session.execute(
            update(Membership).where(Membership.id == entry).values(user_id=petra, joined_at=clock.now())
        )
        db.session.execute(
            update(Membership).where(Membership.user_id == petra).values(name=NAME, name_key=NAME.lower())
        )
    put_on_roster(app, acme, bob, teams=[site], hired_on=long_ago)
    put_on_roster(app, acme, ines, Role.INSTRUCTOR, name="Ines Ito", email="ines@acme.example.org")
    dana = put_on_roster(app, acme, None, name="Dana Dow", email="dana@acme.example.org")
    firm = Firm(app, acme, alice)
    firm.require(replace(EVERYONE, starts_on=dt.date(2026, 1, 1), days_allowed=0))
    firm.keep_up()
    teach(app, petra, bob, ines, acme, site)
    learn(app, petra, bob)
    with app.app_context(), transaction():
        actor, month = actor_of(petra, acme), clock.now() + dt.timedelta(days=30)
        invite(actor, get_person(actor, dana), clock.now())
        make_join_code(actor, Role.MEMBER, site, month, None, clock.now())
        keep_draft(actor, read_list("name,e-mail\nPat Poe,pat@example.org"), clock.now())
        db.session.get_one(Membership, entry).employee_number = "00900"
        fill_extras(actor, "00900")
        order_certificates(actor, StatusFilter(), clock.now())
        finished = order_certificates(actor, StatusFilter(), clock.now())
        finished.finished_at, finished.done = clock.now(), 9
        set_replies(actor, shows_address=True, now=clock.now())
    with time_machine.travel(clock.now() + dt.timedelta(days=1)), app.app_context(), transaction():
        assert remind(actor_of(petra, acme), StatusFilter(), clock.now()).ready
        duties = {one.user_id: one.id for one in db.session.scalars(select(Assignment))}
        waive(actor, duties[bob], "Away", dt.date(2027, 1, 1), clock.now())
        waive(actor_of(alice, acme), duties[petra], "At sea", dt.date(2027, 1, 1), clock.now())
        inside = select(Membership).where(Membership.organization_id == acme, Membership.user_id.in_((petra, bob)))
        entries, able = {one.user_id: one.id for one in db.session.scalars(inside)}, actor_of(alice, acme)
        have_recorded(actor, able, entries[bob])
        have_recorded(able, actor, entries[bob], "Patrol")
        withdraw_training(actor, have_recorded(able, actor, entries[bob], "Reports"), "No", clock.now())
        record(able, entries[petra], "At night")
        asked = db.session.scalars(select(RoundRequest).where(RoundRequest.user_id == bob)).one()
        grant(asked, "Ready", clock.now(), actor_id=petra, organization_id=acme, subject_id=bob)
        request_reset(ADDRESS, clock.now())
        request_address(get_user(petra), "petra@new.example", clock.now())
        sent = select(OutboxMessage).where(OutboxMessage.recipient.in_((ADDRESS, WORK)))
        for message in db.session.scalars(sent.order_by(OutboxMessage.id).limit(4)):
            message.sent_at = clock.now()
    sign_in_as(app, petra)
    return Rich(app, petra, acme, bob)


def learn(app: Flask, petra: UUID, bob: UUID) -> None:
    """Let Petra have a certificate, a practice, and a course of which she failed the final; Bob, a request."""
    certify(app, petra, NAME)
    start_practice(app, petra)
    for one in (bob, petra):
        course = COURSE if one == bob else other_course(app)
        use_up_tries(app, one, course)
        ask_for_round(app, one, course)
    with app.app_context(), transaction():
        own = update(Enrollment).where(Enrollment.user_id == petra)
        db.session.execute(own.values(attested_as=NAME, place="Hotel"))
        ask_for_mail(petra, served(), clock.now())
        certificate = db.session.scalars(select(Credential).where(Credential.user_id == petra)).first()
        assert certificate is not None
        renewal_mails.ask_for_mail(petra, certificate.course, certificate.cycle, clock.now())
        get_user(petra).certificate_name = NAME
        lesson = next(one for one in served().courses[COURSE].lessons if one.questions)
        question, given = lesson.questions[0], {"chosen": [lesson.questions[0].payload["options"][0]["id"]]}
        mark = read_further(question.payload).mark(given)
        answer(get_enrollment(petra, COURSE), lesson, question, given, mark, clock.now())


def other_course(app: Flask) -> str:
    """Return a course besides the usual one that has a final."""
    with app.app_context():
        return next(slug for slug in served().courses if slug != COURSE)


def teach(app: Flask, petra: UUID, bob: UUID, ines: UUID, acme: UUID, site: UUID) -> None:
    """Let Petra teach Bob, in a firm and in public, and learn in a class of Ines's."""
    approve(app, petra)
    appoint(app, petra)
    public = make_class(app, petra, None, taught_by=NAME)
    evening = hold_meeting(app, petra, public)
    with app.app_context(), transaction():
        note_attendance(desk_of(petra, public), evening, [], clock.now(), walk_ins=["Nell Nash"])
    for teacher, learner, name in ((petra, bob, "Bob B."), (ines, petra, NAME)):
        cohort = make_class(app, teacher, acme, taught_by=NAME if teacher == petra else "Ines Ito")
        with app.app_context(), transaction():
            choose_teams(desk_of(teacher, cohort), [site])
            invite_to_class(desk_of(teacher, cohort), clock.now())
        member, meeting = join_class(app, learner, cohort, name), hold_meeting(app, teacher, cohort)
        with app.app_context(), transaction():
            desk = desk_of(teacher, cohort)
            note_attendance(desk, meeting, [member], clock.now())
            sign_off(
                desk, meeting, NAME if teacher == petra else "Ines Ito", served().courses[COURSE], True, clock.now()
            )
            nudge(desk, [member], clock.now())
            other = ines if teacher == petra else petra
            db.session.add(
                ClassView(cohort_id=cohort, user_id=other, name=NAME if other == petra else "I.", began_at=clock.now())
            )


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
    # Who was met in her public class, which nobody else can teach.
    assert [key for key, row in after.items() if "Nell Nash" in str(row)] == []
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
