"""Trainings elsewhere: one person records, another approves; nothing twice, nothing of others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import replace
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from tests.assignments.firm import EVERYONE, Firm, make_firm
from tests.assignments.trainings import DAY, PDF, record
from tests.cast import actor_of, make_account, make_site, put_on_roster
from trainer.assignments import earlier, earlier_queries
from trainer.assignments.earlier import Proof, ProofRefused, TrainingFacts
from trainer.assignments.models import EarlierTraining, Requirement, TrainingProof
from trainer.assignments.operations import change_requirement
from trainer.assignments.queries import terms_of, titles_of
from trainer.assignments.snapshots import on
from trainer.assignments.statements import duties
from trainer.assignments.words import earlier_told
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.audit import AuditEvent
from trainer.core.db import db, transaction
from trainer.core.errors import Conflict, DomainError, Invalid, NotFound
from trainer.organizations.actor import Actor
from trainer.organizations.models import Membership
from trainer.organizations.rules import Role

NOW = "2026-11-26T15:00:00Z"


@pytest.fixture
def acme(app: Flask) -> Iterator[Firm]:
    """Acme on a day."""
    with time_machine.travel(NOW, tick=False):
        yield make_firm(app)


def second_of(firm: Firm, name: str = "mark", teams: Collection[UUID] = ()) -> Actor:
    """Return another manager, of all or of these teams, acting; needs an app context."""
    db.session.rollback()
    user_id = make_account(firm.app, f"{name}@example.org")
    email, sees_all = f"{name}@example.org", not teams
    put_on_roster(
        firm.app, firm.id, user_id, Role.MANAGER, name=name.title(), email=email, teams=teams, manages_all=sees_all
    )
    return actor_of(user_id, firm.id)


def status_of(firm: Firm) -> tuple[str, dt.date | None, bool]:
    """Return (status, until when something covers, whether that is recorded) of the firm's only duty of Bob."""
    duty = duties()
    row = db.session.execute(
        select(duty.c.status, duty.c.covers_until, duty.c.is_recorded)
        .join(Membership, Membership.id == duty.c.membership_id)
        .where(Membership.name == "Bob"),
        on(firm.id, dt.date(2026, 11, 26)),
    ).one()
    return row[0].value, row[1], bool(row[2])


def acts(firm: Firm) -> list[str]:
    """Return what happened to trainings, in order."""
    query = select(AuditEvent.act).where(AuditEvent.organization_id == firm.id, AuditEvent.act.like("training.%"))
    return list(db.session.scalars(query.order_by(AuditEvent.at, AuditEvent.act)))


def test_a_training_counts_once_a_second_person_approved_it_and_only_where_a_requirement_says_so(acme: Firm) -> None:
    bob = acme.add("Bob")
    rule = replace(EVERYONE, earlier_titles=("Spotting  IT",))
    requirement_id = acme.require(rule)
    acme.keep_up()
    with acme.app.app_context():
        second = second_of(acme)
        with transaction():
            number = record(acme.actor(), bob)
        assert status_of(acme) == ("due_soon", None, False)
        with transaction():
            assert earlier.approve_trainings(second, [number], clock.now()) == 1
        assert status_of(acme) == ("current", dt.date(2027, 3, 4), True)
        with transaction():
            change_requirement(
                acme.actor(), requirement_id, replace(rule, earlier_titles=None), served().courses, clock.now()
            )
        assert status_of(acme) == ("due_soon", None, False)
        with transaction():
            change_requirement(
                acme.actor(), requirement_id, replace(rule, earlier_titles=()), served().courses, clock.now()
            )
            earlier.withdraw_training(second, number, "The wrong Bob", clock.now())
        assert status_of(acme) == ("due_soon", None, False)
        assert acts(acme) == ["training.approved", "training.recorded", "training.withdrawn"]


def test_who_recorded_it_and_who_was_trained_dont_approve_it(acme: Firm) -> None:
    with acme.app.app_context():
        second = second_of(acme)
        with transaction():
            of_second = record(acme.actor(), second.membership.id)
        for actor in (acme.actor(), second):
            assert earlier_queries.count_to_approve(actor) == 0
            assert earlier_queries.list_waiting(actor, is_for_me=True).rows == []
            assert len(earlier_queries.list_waiting(actor).rows) == 1
            with pytest.raises(Conflict), transaction():
                earlier.approve_trainings(actor, [of_second], clock.now())
            with pytest.raises(Conflict), transaction():
                earlier.decline_training(actor, of_second, "No", clock.now())
        third = second_of(acme, "nina")
        assert earlier_queries.count_to_approve(third) == 1
        with transaction():
            earlier.decline_training(third, of_second, "Can’t read it", clock.now())
        with pytest.raises(Conflict), transaction():
            earlier.approve_trainings(third, [of_second], clock.now())
        with pytest.raises(Conflict), transaction():
            earlier.undo_training(acme.actor(), of_second, clock.now())


@pytest.mark.on_both
def test_all_that_is_chosen_is_approved_or_nothing(acme: Firm) -> None:
    bob = acme.add("Bob")
    with acme.app.app_context():
        second = second_of(acme)
        with transaction():
            first, own = record(acme.actor(), bob), record(second, bob, "Patrol")
        for chosen in ([first, own], [first, UUID(int=0)], []):
            with pytest.raises(Conflict), transaction():
                earlier.approve_trainings(second, chosen, clock.now())
        approved = select(func.count()).where(EarlierTraining.approved_at.is_not(None))
        assert db.session.scalars(approved).one() == 0


def test_nothing_is_recorded_twice_until_it_is_declined(acme: Firm) -> None:
    bob = acme.add("Bob")
    with acme.app.app_context():
        second = second_of(acme)
        with transaction():
            number = record(acme.actor(), bob)
        with pytest.raises(Conflict), transaction():
            record(second, bob, "SPOTTING it")
        with transaction():
            record(acme.actor(), bob, day=DAY + dt.timedelta(days=1))
            earlier.decline_training(second, number, "Can’t read it", clock.now())
            record(acme.actor(), bob)
        # The database holds it, whoever asks first.
        row = db.session.scalars(select(EarlierTraining).where(EarlierTraining.ended_at.is_(None))).first()
        assert row is not None
        same = {"organization_id": acme.id, "membership_id": bob, "title": "x", "title_key": row.title_key}
        same |= {"completed_on": row.completed_on, "issuer": "i", "minutes": 1, "created_by_id": acme.owner_id}
        with pytest.raises(Conflict), transaction() as session:
            session.add(EarlierTraining(**same, created_at=clock.now()))


@pytest.mark.parametrize(
    ("day", "minutes"),
    [(dt.date(2026, 11, 27), 60), (dt.date(1969, 12, 31), 60), (DAY, 0), (DAY, -60), (DAY, 200 * 60 + 1)],
)
def test_days_to_come_and_impossible_hours_are_refused(acme: Firm, day: dt.date, minutes: int) -> None:
    bob = acme.add("Bob")
    with acme.app.app_context(), pytest.raises(Invalid), transaction():
        earlier.record_training(acme.actor(), bob, TrainingFacts("T", "I", day, minutes), None, clock.now())


@pytest.mark.on_both
def test_a_site_manager_handles_the_trainings_of_the_site_and_no_others(acme: Firm) -> None:
    site = make_site(acme.app, acme.owner_id, acme.id)
    bob = acme.add("Bob")
    mona = put_on_roster(acme.app, acme.id, None, name="Mona", email="mona@example.org", teams=[site])
    with acme.app.app_context():
        manager = second_of(acme, teams=[site])
        with transaction():
            of_bob, of_mona = record(acme.actor(), bob, proof=True), record(acme.actor(), mona, proof=True)
        assert [line.person.id for line in earlier_queries.list_waiting(manager).rows] == [mona]
        assert earlier_queries.count_to_approve(manager) == 1
        assert earlier_queries.get_proof(manager, of_mona) == ("scan.pdf", "application/pdf", PDF)
        for read in (earlier_queries.find_line, earlier_queries.get_proof, earlier_queries.get_training):
            with pytest.raises(NotFound):
                read(manager, of_bob)
        db.session.rollback()
        with pytest.raises(NotFound), transaction():
            record(manager, bob, "Patrol")
        facts = TrainingFacts("Patrol", "I", DAY, 60)
        with transaction():
            batch = earlier.record_all(acme.actor(), [(bob, facts), (mona, facts)], Proof("l.pdf", PDF), clock.now())
        listed = db.session.scalars(
            select(EarlierTraining.id).where(EarlierTraining.batch_id == batch, EarlierTraining.membership_id == mona)
        ).one()
        # The scan names Bob, too.
        with pytest.raises(NotFound):
            earlier_queries.get_proof(manager, listed)
        assert earlier_queries.get_proof(acme.actor(), listed)[2] == PDF


def test_another_firm_sees_none_of_it(acme: Firm) -> None:
    bob = acme.add("Bob")
    beta = make_firm(acme.app, email="beta@example.org")
    with acme.app.app_context():
        with transaction():
            number = record(acme.actor(), bob, proof=True)
        stranger = beta.actor()
        assert earlier_queries.list_waiting(stranger).rows == []
        for act in (
            lambda: earlier_queries.find_line(stranger, number),
            lambda: earlier_queries.get_proof(stranger, number),
            lambda: record(stranger, bob),
            lambda: earlier.approve_trainings(stranger, [number], clock.now()),
            lambda: earlier.withdraw_training(stranger, number, "x", clock.now()),
            lambda: earlier.undo_training(stranger, number, clock.now()),
            lambda: earlier.attach_proof(stranger, number, Proof("a.pdf", PDF), clock.now()),
            lambda: earlier.replace_proof(stranger, number, Proof("a.pdf", PDF), proof_of(number), clock.now()),
        ):
            with pytest.raises((NotFound, Conflict)), transaction():
                act()
        assert db.session.get_one(EarlierTraining, number).approved_at is None


def proof_of(training_id: UUID) -> UUID | None:
    return db.session.scalars(select(EarlierTraining.proof_id).where(EarlierTraining.id == training_id)).one()


def test_a_wrong_proof_is_replaced_for_all_of_its_list_that_wait(acme: Firm) -> None:
    people = [acme.add(name) for name in ("Bob", "Mona", "Zed")]
    right = Proof("right.pdf", PDF + b", the right one")
    with acme.app.app_context():
        second, facts = second_of(acme), TrainingFacts("Patrol", "I", DAY, 60)
        with transaction():
            earlier.record_all(acme.actor(), [(person, facts) for person in people], Proof("list", PDF), clock.now())
            single = record(acme.actor(), people[0], proof=True)
        ids = {row.membership_id: row.id for row in db.session.scalars(select(EarlierTraining)) if row.id != single}
        first, other, approved = (ids[person] for person in people)
        with transaction():
            earlier.approve_trainings(second, [approved], clock.now())
        wrong = proof_of(first)
        for actor, number, replaced in ((second, first, wrong), (acme.actor(), approved, wrong)):
            with pytest.raises(Conflict), transaction():
                earlier.replace_proof(actor, number, right, replaced, clock.now())
        with pytest.raises(ProofRefused), transaction():
            earlier.replace_proof(acme.actor(), first, Proof("a.pdf", b"<html>"), wrong, clock.now())
        with transaction():
            assert earlier.replace_proof(acme.actor(), first, right, wrong, clock.now()) == 2
        contents = [earlier_queries.get_proof(acme.actor(), number)[2] for number in (first, other, approved, single)]
        assert contents == [right.content, right.content, PDF, PDF]
        with pytest.raises(Conflict), transaction():  # sent twice, or from an older page
            earlier.replace_proof(acme.actor(), first, right, wrong, clock.now())
        old = proof_of(single)
        with transaction():
            assert earlier.replace_proof(acme.actor(), single, right, old, clock.now()) == 1
        assert old not in db.session.scalars(select(TrainingProof.id)).all()
        assert acts(acme).count("training.proof_replaced") == 2


def test_what_got_another_proof_since_it_was_shown_isnt_approved(acme: Firm) -> None:
    bob, shown = acme.add("Bob"), clock.now()
    with acme.app.app_context():
        second = second_of(acme)
        with transaction():
            number, other = record(acme.actor(), bob, proof=True), record(acme.actor(), bob, "Patrol", proof=True)
        later = shown + dt.timedelta(seconds=1)
        with transaction():
            earlier.replace_proof(acme.actor(), number, Proof("b.pdf", PDF + b"!"), proof_of(number), later)
        with pytest.raises(Conflict, match="Look at it before you approve"), transaction():
            earlier.approve_trainings(second, [number, other], later, shown)
        with transaction():
            assert earlier.approve_trainings(second, [other], later, shown) == 1
            assert earlier.approve_trainings(second, [number], later, later) == 1


def test_undoing_takes_the_whole_list_and_its_proof_until_someone_approves(acme: Firm) -> None:
    bob, mona = acme.add("Bob"), acme.add("Mona")
    with acme.app.app_context():
        second = second_of(acme)
        facts = TrainingFacts("Patrol", "I", DAY, 60)
        with transaction():
            earlier.record_all(acme.actor(), [(bob, facts), (mona, facts)], Proof("list", PDF), clock.now())
            single = record(acme.actor(), bob)
        rows = {
            row.membership_id: row
            for row in db.session.scalars(select(EarlierTraining).where(EarlierTraining.batch_id.is_not(None)))
        }
        of_bob, of_mona = rows[bob].id, rows[mona].id
        with pytest.raises(Conflict), transaction():
            earlier.undo_training(second, of_bob, clock.now())
        with transaction():
            earlier.approve_trainings(second, [of_mona], clock.now())
            assert earlier.undo_training(acme.actor(), of_bob, clock.now()) == 1
        assert set(db.session.scalars(select(EarlierTraining.id))) == {of_mona, single}
        assert db.session.scalars(select(TrainingProof.name)).all() == ["list.pdf"]
        with transaction():
            assert earlier.undo_training(acme.actor(), single, clock.now()) == 1
        with pytest.raises(Conflict), transaction():
            earlier.undo_training(acme.actor(), of_mona, clock.now())


def test_undoing_a_list_takes_the_proofs_that_were_added_one_by_one(acme: Firm) -> None:
    bob, mona = acme.add("Bob"), acme.add("Mona")
    with acme.app.app_context():
        rows = [(person, TrainingFacts("Patrol", "I", DAY, 60)) for person in (bob, mona)]
        with transaction():
            earlier.record_all(acme.actor(), rows, None, clock.now())
            ids = db.session.scalars(select(EarlierTraining.id)).all()
        for number in ids:
            with transaction():
                earlier.attach_proof(acme.actor(), number, Proof("scan.pdf", PDF), clock.now())
        with transaction():
            assert earlier.undo_training(acme.actor(), ids[0], clock.now()) == 2
        assert db.session.scalars(select(TrainingProof.id)).all() == []


def test_whoever_approved_it_saw_its_proof(acme: Firm) -> None:
    bob = acme.add("Bob")
    with acme.app.app_context():
        second = second_of(acme)
        with transaction():
            number = record(acme.actor(), bob)
            earlier.approve_trainings(second, [number], clock.now())
        with pytest.raises(Conflict), transaction():
            earlier.attach_proof(acme.actor(), number, Proof("scan.pdf", PDF), clock.now())
        assert db.session.scalars(select(TrainingProof.id)).all() == []


@pytest.mark.asvs("5.2.2", "5.2.6", "5.4.2")
@pytest.mark.parametrize(
    ("name", "content", "kept"),
    [
        ("../../etc/Scan <1>.exe", PDF, ("Scan _1_.pdf", "application/pdf")),
        ("", b"\xff\xd8\xff\xe0 photo", ("proof.jpg", "image/jpeg")),
        ("C:\\x\\a.png", b"\x89PNG\r\n\x1a\n...", ("a.png", "image/png")),
        ("a.pdf", b"<html>%PDF-</html>", None),
        ("a.pdf", b"", None),
        ("a.pdf", PDF + bytes(earlier.MOST_PROOF), None),
    ],
)
def test_a_proof_is_told_by_its_content_and_named_plainly(
    acme: Firm, name: str, content: bytes, kept: tuple[str, str] | None
) -> None:
    bob = acme.add("Bob")
    with acme.app.app_context():
        with transaction():
            number = record(acme.actor(), bob)
        if kept is None:
            with pytest.raises(Invalid), transaction():
                earlier.attach_proof(acme.actor(), number, Proof(name, content), clock.now())
            return
        with transaction():
            earlier.attach_proof(acme.actor(), number, Proof(name, content), clock.now())
        assert earlier_queries.get_proof(acme.actor(), number) == (*kept, content)
        with pytest.raises(Conflict), transaction():
            earlier.attach_proof(acme.actor(), number, Proof(name, content), clock.now())


def test_whoever_is_alone_is_told_that_a_second_person_is_missing(acme: Firm) -> None:
    acme.add("Bob")
    put_on_roster(acme.app, acme.id, None, Role.MANAGER, name="Not Joined", email="n@example.org")
    with acme.app.app_context():
        assert not earlier_queries.has_second(acme.actor())
        second_of(acme)
        assert earlier_queries.has_second(acme.actor())


def test_a_reason_is_asked_for(acme: Firm) -> None:
    bob = acme.add("Bob")
    with acme.app.app_context():
        second = second_of(acme)
        with transaction():
            number = record(acme.actor(), bob)
        for reason in ("  ", "x" * 301):
            with pytest.raises(DomainError), transaction():
                earlier.decline_training(second, number, reason, clock.now())
        assert db.session.get_one(EarlierTraining, number).ended_at is None


def test_a_title_is_one_title_whatever_stands_between_its_words(acme: Firm) -> None:
    acme.require(replace(EVERYONE, earlier_titles=("Spotting\u2028it", "Patrol")))
    with acme.app.app_context():
        requirement = db.session.scalars(select(Requirement)).one()
        assert titles_of(requirement) == ("Spotting\u2028it", "Patrol")
        assert terms_of(requirement).earlier_keys == frozenset({"spotting it", "patrol"})
        assert earlier_told(requirement) == "Spotting\u2028it; Patrol"
        requirement.earlier_titles = ""
        assert (titles_of(requirement), earlier_told(requirement)) == ((), "Any, whatever its title")
        db.session.rollback()
