"""Two entries of one person become one, for a day undone as they were; no firm gets at anyone's own account."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from tests.assignments.firm import EVERYONE, Firm
from tests.cast import (
    actor_of,
    answer_all,
    certify,
    code_of,
    hand_in,
    join_class,
    make_class,
    make_ready,
    put_on_roster,
    sign_in_as,
    start_final,
    start_practice,
)
from tests.extras.mergers.pair import NOON, NUMBER, Pair, dump, settle
from tests.extras.mergers.pair import maria as maria
from tests.extras.pins.slips import PIN, WRONG, add_gus, come_in, sign_in, slip_for
from tests.organizations.conftest import Acme
from tests.organizations.conftest import acme as acme
from tests.support import COURSE, Visitor, closed_up
from trainer.accounts.models import User
from trainer.assessment.models import Attempt, Response
from trainer.assessment.operations import forget_attempts
from trainer.assignments import earlier
from trainer.assignments.earlier import Proof, TrainingFacts
from trainer.assignments.models import Assignment, DutyPeriod, EarlierTraining, TrainingProof, Waiver
from trainer.assignments.operations import waive
from trainer.compliance.queries import count_rows, viewer_of
from trainer.compliance.rules import StatusFilter
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.audit import AuditEvent
from trainer.core.db import db, transaction
from trainer.core.errors import Conflict, NotFound
from trainer.core.outbox import OutboxMessage
from trainer.credentials.models import Credential
from trainer.extras.mergers import operations
from trainer.extras.mergers.models import Merger
from trainer.extras.mergers.privacy import forget_person
from trainer.extras.mergers.rules import MergerSide, Obstacle, obstacle_to
from trainer.extras.pins.models import PinSlip, PinTry
from trainer.instructing.models import CohortMember
from trainer.jobs.emails import write
from trainer.learning.models import Enrollment, LessonCompletion, LessonResponse
from trainer.learning.operations import complete_lesson, enroll
from trainer.organizations.models import Membership, TeamMembership, TeamStay
from trainer.organizations.operations import PersonFacts, add_person, change_person
from trainer.organizations.queries import get_person
from trainer.organizations.rules import Role
from trainer.organizations.team_queries import list_team_ids

pytestmark = pytest.mark.on_both


def duties(acme: Acme) -> int:
    """Return how many duties the firm's training status counts."""
    with acme.app.app_context():
        return count_rows(viewer_of(actor_of(acme.users["alice"], acme.id), clock.now()), StatusFilter()).total


MEMBER = MergerSide(has_account=False, is_own=False, is_member=True)
PIN_ONLY = MergerSide(has_account=True, is_own=False, is_member=True)
OWN = MergerSide(has_account=True, is_own=True, is_member=True)
OWNER = MergerSide(has_account=True, is_own=True, is_member=False)
INVITED_MANAGER = MergerSide(has_account=False, is_own=False, is_member=False)


@pytest.mark.parametrize(
    ("kept", "gone", "obstacle"),
    [
        (MEMBER, MEMBER, None),
        (PIN_ONLY, MEMBER, None),
        (MEMBER, PIN_ONLY, Obstacle.OTHER_WAY),
        (PIN_ONLY, PIN_ONLY, None),
        (OWN, PIN_ONLY, None),
        (PIN_ONLY, OWN, Obstacle.OTHER_WAY),
        (OWN, MEMBER, None),
        (OWN, OWN, Obstacle.OWN_ACCOUNTS),
        (OWNER, OWN, Obstacle.OWN_ACCOUNTS),
        (OWNER, PIN_ONLY, Obstacle.STAFF),
        (OWNER, MEMBER, None),
        (PIN_ONLY, OWNER, Obstacle.OTHER_WAY),
        (PIN_ONLY, INVITED_MANAGER, Obstacle.ROLES),
        (OWN, INVITED_MANAGER, Obstacle.ROLES),
        (MEMBER, INVITED_MANAGER, Obstacle.OTHER_WAY),
        (INVITED_MANAGER, PIN_ONLY, Obstacle.ROLES),
    ],
)
def test_which_entry_stays_and_what_cant_be_joined(
    kept: MergerSide, gone: MergerSide, obstacle: Obstacle | None
) -> None:
    if kept == INVITED_MANAGER and gone == PIN_ONLY:
        assert obstacle_to(kept, gone) is not None
    else:
        assert obstacle_to(kept, gone) is obstacle


def test_staff_find_the_other_entry_read_what_happens_and_maria_is_asked(maria: Pair) -> None:
    alice, acme = maria.acme.enter("alice"), maria.acme
    assert "Join the two entries" in alice.get(acme.path(f"/people/{maria.numbered}")).text
    likely = alice.get(acme.path(f"/people/{maria.numbered}/merger")).text
    assert "Likely" in likely
    assert "Maria Gómez" in likely
    assert "Bob Builder" in alice.get(acme.path(f"/people/{maria.numbered}/merger?q=bob")).text
    # Whichever was opened first, her own account is the one that stays.
    wrong = alice.get(acme.path(f"/people/{maria.numbered}/merger/{maria.addressed}"))
    assert wrong.location == maria.path()
    page = closed_up(alice.get(maria.path()).text)
    for words in ("Harbor Mall", "Motel 95", NUMBER, "they are asked first", "Nobody in the firm sees answers"):
        assert words in page, words
    before = dump(acme.app, Membership, Assignment, Credential, Enrollment, TeamMembership)
    maria.ask()
    assert dump(acme.app, Membership, Assignment, Credential, Enrollment, TeamMembership) == before
    assert "Waiting for an answer" in alice.get(acme.path(f"/people/{maria.addressed}")).text
    assert sign_in(Visitor(acme.app), acme, number=NUMBER).location == "/me"  # the PIN works until she agrees
    with acme.app.app_context():
        mail = db.session.scalars(select(OutboxMessage).where(OutboxMessage.template == "merger-asked")).one()
        assert mail.recipient == "maria@example.org"
        letter = write(mail)
        assert letter is not None
        assert str(maria.merger().id) in letter.text
    own = sign_in_as(acme.app, maria.own_user)
    assert "also you" in closed_up(own.get("/me").text)
    assert "Yes, that’s me" in own.get(f"/account/mergers/{maria.merger().id}").text


def test_once_she_agrees_there_is_one_entry_with_what_both_had(maria: Pair) -> None:
    acme = maria.acme
    Firm(acme.app, acme.id, acme.users["alice"]).require(EVERYONE)
    certify(acme.app, maria.pin_user, "Maria Gomez")
    before = duties(acme)
    maria.join()
    with acme.app.app_context():
        assert db.session.get(Membership, maria.numbered) is None
        kept = db.session.get_one(Membership, maria.addressed)
        assert (kept.name, kept.employee_number, kept.job_title) == ("Maria Gómez", NUMBER, "Guard")
        assert set(list_team_ids(kept.id)) == {acme.harbor, acme.motel}
        credential = db.session.scalars(select(Credential)).one()
        assert credential.user_id == maria.own_user
        theirs = db.session.scalars(select(Assignment).where(Assignment.membership_id == kept.id)).all()
        assert [duty.user_id for duty in theirs] == [maria.own_user]
    assert duties(acme) == before - 1
    assert maria.phone.get("/me").location.startswith("/sign-in")  # whoever was signed in with it is signed out
    told = sign_in(maria.phone, acme, number=NUMBER).location
    assert "joined this entry with another one" in maria.phone.get(told).text
    assert maria.phone.get("/me").location.startswith("/sign-in")
    assert WRONG in sign_in(maria.phone, acme, "583205", number=NUMBER).text
    assert credential.serial in sign_in_as(acme.app, maria.own_user).get("/me").text.replace("-", "")
    assert Visitor(acme.app).get(f"/verify/{credential.serial}").status_code == 200
    assert "Joined with another entry" in acme.enter("alice").get(acme.path(f"/people/{maria.addressed}")).text


def test_undone_within_a_day_both_are_as_they_were(maria: Pair) -> None:
    acme = maria.acme
    Firm(acme.app, acme.id, acme.users["alice"]).require(EVERYONE)
    certify(acme.app, maria.pin_user, "Maria Gomez")
    start_practice(acme.app, maria.pin_user)
    with acme.app.app_context(), transaction():
        alice = actor_of(acme.users["alice"], acme.id)
        duty = db.session.scalars(select(Assignment.id).where(Assignment.membership_id == maria.numbered)).one()
        waive(alice, duty, "Away", dt.date(2027, 1, 1), clock.now())
    records = (Membership, TeamMembership, TeamStay, Assignment, DutyPeriod, Waiver, Credential, Enrollment, Attempt)
    before = dump(acme.app, *records)
    maria.join(employee_number="gone", name="gone")
    assert dump(acme.app, *records) != before
    answer = acme.enter("alice").get(acme.path(f"/mergers/{maria.merger().id}"))
    assert "comes back with its number" in closed_up(answer.text)
    assert acme.enter("alice").post(acme.path(f"/mergers/{maria.merger().id}")).status_code == 303
    assert dump(acme.app, *records) == before
    assert sign_in(Visitor(acme.app), acme, number=NUMBER).location == "/me"
    with acme.app.app_context():
        acts = db.session.scalars(select(AuditEvent.act).where(AuditEvent.act.startswith("merger.")))
        assert sorted(acts) == ["merger.asked", "merger.made", "merger.undone"]


def test_what_was_done_since_the_join_stays_in_the_account_that_did_it(maria: Pair) -> None:
    """A firm could open the PIN account with a slip: nothing that she did in her own may get there by undoing."""
    acme = maria.acme
    certify(acme.app, maria.pin_user, "Maria Gomez")
    maria.join()
    certify(acme.app, maria.own_user, "Maria Gómez")  # again, in the same course
    start_practice(acme.app, maria.own_user)
    assert acme.enter("alice").post(acme.path(f"/mergers/{maria.merger().id}")).status_code == 303
    with acme.app.app_context():
        owners = {one.holder_name: one.user_id for one in db.session.scalars(select(Credential))}
        assert owners == {"Maria Gomez": maria.pin_user, "Maria Gómez": maria.own_user}
        assert all(
            one.revoked_at is None and one.superseded_by_id is None for one in db.session.scalars(select(Credential))
        )
        kinds = db.session.execute(select(Attempt.user_id, Attempt.kind))
        assert sorted(map(tuple, kinds)) == sorted(
            [(maria.pin_user, "final"), (maria.own_user, "final"), (maria.own_user, "practice")]
        )


def test_check_ins_of_a_certificate_wait_until_its_course_is_in_the_account(maria: Pair) -> None:
    certify(maria.acme.app, maria.pin_user, "Maria Gomez")
    with time_machine.travel("2026-12-10T12:00:00Z", tick=False):
        maria.join()
        own = sign_in_as(maria.acme.app, maria.own_user)
        own.post("/check-ins")
        with maria.acme.app.app_context():
            assert db.session.scalar(select(func.count()).where(Attempt.kind == "check_in")) == 0


def test_after_a_day_the_courses_follow_and_the_other_account_is_empty(maria: Pair) -> None:
    acme = maria.acme
    ines = make_class(acme.app, acme.users["ines"], acme.id)
    join_class(acme.app, maria.pin_user, ines, "Maria")
    certify(acme.app, maria.pin_user, "Maria Gomez")
    start_practice(acme.app, maria.pin_user)
    maria.join()
    settle(acme.app)
    assert maria.merger().outcome is None  # not before its time
    with time_machine.travel("2026-11-26T12:00:00Z", tick=False):
        undone = acme.enter("alice").post(acme.path(f"/mergers/{maria.merger().id}"), follow_redirects=True)
        assert "24 hours ago" in undone.text
        settle(acme.app)
        settle(acme.app)
        assert maria.merger().outcome == "settled"
        assert maria.merger().before is None
        own = sign_in_as(acme.app, maria.own_user)
        assert own.get("/me").status_code == 200
        assert "Night crew" in own.get("/me").text
        with acme.app.app_context():
            for record in (Enrollment, Attempt, Credential, CohortMember):
                assert set(db.session.scalars(select(record.user_id))) == {maria.own_user}, record
            assert db.session.get_one(User, maria.pin_user).erased_at is not None
            assert db.session.get_one(User, maria.own_user).certificate_name == "Maria Gomez"
            assert db.session.scalars(select(Credential.cycle)).one() == 1


def test_a_firm_that_joins_a_guard_to_an_account_of_its_own_gets_no_answers(maria: Pair) -> None:
    """Whoever owns the account that stays, and is no Maria, agrees without her PIN; or with one from a slip."""
    acme = maria.acme
    maria.learn()
    maria.ask()
    stranger, path = sign_in_as(acme.app, maria.own_user), f"/account/mergers/{maria.merger().id}"
    assert "nobody but you may read them" in closed_up(stranger.get(path).text)
    assert stranger.post(path, {"answer": "yes", "pin": "583205"}).status_code == 422
    slip = slip_for(acme, maria.numbered)
    assert come_in(Visitor(acme.app), acme, slip, "739164", number=NUMBER).location == "/me"
    refused = stranger.post(path, {"answer": "yes", "pin": "739164"})
    assert (refused.status_code, "too many wrong tries" in closed_up(refused.text)) == (422, True)
    assert maria.merger().joined_at is None
    assert stranger.post(path, {"answer": "yes", "pin": ""}).location == "/me"
    assert maria.secrets() == ({maria.pin_user}, ["motel"])
    with time_machine.travel("2026-11-26T13:00:00Z", tick=False):
        settle(acme.app)
        assert maria.merger().outcome == "settled"
        assert maria.secrets() == (set(), [])
        with acme.app.app_context():
            for record in (Enrollment, Credential, CohortMember):  # what a firm and a class see anyway
                assert set(db.session.scalars(select(record.user_id))) == {maria.own_user}, record


@pytest.mark.parametrize("when", ["asked", "told", "after a slip"])
def test_whoever_knows_the_pin_gets_the_answers_too(maria: Pair, when: str) -> None:
    acme = maria.acme
    maria.learn()
    if when == "told":
        maria.join(pin="")
        assert "Thank you." in maria.answer("yes")
        page = sign_in_as(acme.app, maria.own_user).get(f"/account/mergers/{maria.merger().id}")
        assert "PIN of the other entry" not in page.text
    elif when == "asked":
        maria.join()
    else:
        slip = slip_for(acme, maria.numbered)
        assert come_in(Visitor(acme.app), acme, slip, "739164", number=NUMBER).location == "/me"
        maria.join(pin=PIN)  # the one before the slip
    with time_machine.travel("2026-11-26T13:00:00Z", tick=False):
        settle(acme.app)
        assert maria.secrets() == ({maria.own_user}, ["motel"])


def test_joined_without_the_pin_and_undone_nothing_is_lost(maria: Pair) -> None:
    acme = maria.acme
    maria.learn()
    before = dump(acme.app, Attempt, Response, LessonResponse, Enrollment, Credential)
    maria.join(pin="")
    assert acme.enter("alice").post(acme.path(f"/mergers/{maria.merger().id}")).status_code == 303
    with time_machine.travel("2026-11-26T13:00:00Z", tick=False):
        settle(acme.app)
    assert dump(acme.app, Attempt, Response, LessonResponse, Enrollment, Credential) == before


def test_the_pin_of_the_other_entry_can_be_guessed_ten_times_a_day(maria: Pair) -> None:
    maria.ask()
    stranger, path = sign_in_as(maria.acme.app, maria.own_user), f"/account/mergers/{maria.merger().id}"
    for guess in range(12):
        stranger.post(path, {"answer": "yes", "pin": f"58320{guess % 4}"})
    with maria.acme.app.app_context():
        assert db.session.scalar(select(func.count()).where(PinTry.user_id == maria.pin_user)) == 10
    with time_machine.travel("2026-11-25T14:00:00Z", tick=False):  # the page takes more, the account doesn't
        assert stranger.post(path, {"answer": "yes", "pin": PIN}).status_code == 422
    assert maria.merger().joined_at is None


def test_certificates_of_the_same_course_and_cycle_are_both_kept_in_the_order_they_were_earned(maria: Pair) -> None:
    acme = maria.acme
    with time_machine.travel("2026-11-20T12:00:00Z", tick=False):
        certify(acme.app, maria.own_user, "Maria Gómez")
    certify(acme.app, maria.pin_user, "Maria Gomez")
    with acme.app.app_context():
        stated = {one.serial: one.stated for one in db.session.scalars(select(Credential))}
    maria.join()
    with time_machine.travel("2026-11-26T13:00:00Z", tick=False):
        settle(acme.app)
        with acme.app.app_context():
            rows = db.session.scalars(select(Credential).order_by(Credential.cycle)).all()
            assert [(one.cycle, one.holder_name) for one in rows] == [(1, "Maria Gómez"), (2, "Maria Gomez")]
            assert {one.serial: one.stated for one in rows} == stated
            cycles = {one.credential_id: one.cycle for one in db.session.scalars(select(Enrollment))}
            assert cycles == {one.id: one.cycle for one in rows}
        for serial in stated:
            assert "Valid" in Visitor(acme.app).get(f"/verify/{serial}").text


def test_a_course_under_way_in_both_goes_on_with_what_was_read_in_either(maria: Pair) -> None:
    acme = maria.acme
    with acme.app.app_context(), transaction():
        course = served().courses[COURSE]
        for number, user in enumerate((maria.pin_user, maria.own_user)):
            enrollment = enroll(user, course, clock.now() - dt.timedelta(hours=3))
            complete_lesson(enrollment, course, course.lessons[number], clock.now())
            enrollment.active_seconds = 600
    for user in (maria.pin_user, maria.own_user):
        start_practice(acme.app, user)
    maria.join()
    with time_machine.travel("2026-11-26T13:00:00Z", tick=False):
        settle(acme.app)
        page = sign_in_as(acme.app, maria.own_user).get("/me").text
        assert page.count("now-card") == 1
        with acme.app.app_context():
            newest = db.session.scalars(select(Enrollment).order_by(Enrollment.cycle.desc())).first()
            assert newest is not None
            assert (newest.cycle, newest.active_seconds) == (2, 1200)
            read = db.session.scalar(select(func.count()).where(LessonCompletion.enrollment_id == newest.id))
            assert read == 2
            assert db.session.scalar(select(func.count()).where(Attempt.user_id == maria.own_user)) == 2


def test_of_two_pretests_both_remain_and_are_forgotten_with_her(maria: Pair) -> None:
    acme = maria.acme
    with acme.app.app_context(), transaction():
        course = served().courses[COURSE]
        facts = {"kind": "pretest", "number": 1, "course": COURSE, "rule": {}, "scenes": 0, "started_at": clock.now()}
        for user in (maria.pin_user, maria.own_user):
            enrollment = enroll(user, course, clock.now())
            db.session.add(Attempt(user_id=user, enrollment_id=enrollment.id, submitted_at=clock.now(), **facts))
    maria.join()
    with time_machine.travel("2026-11-26T13:00:00Z", tick=False):
        settle(acme.app)
        with acme.app.app_context(), transaction():
            assert db.session.scalar(select(func.count()).where(Attempt.kind == "pretest")) == 2
            forget_attempts([maria.own_user])
            assert db.session.scalar(select(func.count()).select_from(Attempt)) == 0


@pytest.mark.parametrize("given", ["no", ""])
def test_she_says_that_it_isnt_her_and_nothing_moves(maria: Pair, given: str) -> None:
    acme = maria.acme
    before = dump(acme.app, Membership, Credential, Enrollment)
    maria.ask()
    assert "Nothing was joined" in maria.answer(given)
    assert dump(acme.app, Membership, Credential, Enrollment) == before
    assert maria.merger().outcome == "declined"
    again = sign_in_as(acme.app, maria.own_user).post(f"/account/mergers/{maria.merger().id}", {"answer": "yes"})
    assert again.status_code == 404


def test_she_can_undo_it_herself_for_a_day(maria: Pair) -> None:
    before = dump(maria.acme.app, Membership)
    maria.join()
    with maria.acme.app.app_context():
        assert db.session.get(Membership, maria.numbered) is None
    assert "separate again" in maria.answer("no")
    assert dump(maria.acme.app, Membership) == before


def test_nobody_else_can_answer_or_undo(maria: Pair) -> None:
    maria.ask()
    acme, path = maria.acme, f"/account/mergers/{maria.merger().id}"
    for name in ("alice", "bob", "mallory"):
        assert acme.enter(name).get(path).status_code == 404
        assert acme.enter(name).post(path, {"answer": "yes"}).status_code == 404
    assert maria.phone.post(path, {"answer": "yes"}).status_code == 404  # nor the account that would be joined away
    for name in ("bob", "ines", "mallory", "mark"):
        assert acme.enter(name).post(acme.path(f"/mergers/{maria.merger().id}")).status_code == 404
        assert acme.enter(name).post(maria.path()).status_code in {303, 404}
    mallorys = f"/organizations/{acme.other}/mergers/{maria.merger().id}"
    assert acme.enter("mallory").post(mallorys).status_code == 404
    assert maria.merger().joined_at is None


def test_a_manager_of_one_team_joins_nobody_who_is_also_in_another(maria: Pair) -> None:
    acme = maria.acme
    assert acme.enter("mark").get(maria.path()).status_code == 404  # he doesn't see her other entry
    with acme.app.app_context(), transaction():
        db.session.add(TeamMembership(membership_id=maria.addressed, team_id=acme.harbor))
    refused = acme.enter("mark").get(maria.path(), follow_redirects=True)
    assert "a team that isn’t yours" in refused.text
    assert acme.enter("mona").get(maria.path()).status_code == 200


def test_another_firms_person_cant_be_named(maria: Pair) -> None:
    acme = maria.acme
    path = acme.path(f"/people/{maria.addressed}/merger/{acme.others_person}")
    assert acme.enter("alice").get(path).status_code == 404
    assert acme.enter("alice").post(path).status_code == 404
    with acme.app.app_context():
        alice = actor_of(acme.users["alice"], acme.id)
        with pytest.raises(NotFound), transaction():
            operations.propose(alice, maria.addressed, maria.addressed, [], clock.now())


def test_two_accounts_of_their_own_are_refused_with_what_to_do(maria: Pair) -> None:
    acme = maria.acme
    path = acme.path(f"/people/{maria.addressed}/merger/{acme.people['bob']}")
    assert "Ask which account they use" in closed_up(acme.enter("alice").get(path, follow_redirects=True).text)


@pytest.mark.parametrize("what", ["address", "firm", "class"])
def test_an_account_that_is_also_used_elsewhere_is_never_joined_away(maria: Pair, what: str) -> None:
    acme = maria.acme
    if what == "address":
        with acme.app.app_context(), transaction():
            user = db.session.get_one(User, maria.pin_user)
            user.email = user.email_key = "m@example.org"
    elif what == "firm":
        put_on_roster(acme.app, acme.other, maria.pin_user, name="Maria", email="m@other.example")
    else:
        elsewhere = make_class(acme.app, acme.users["mallory"], acme.other)
        with acme.app.app_context(), transaction():
            db.session.add(
                CohortMember(cohort_id=elsewhere, user_id=maria.pin_user, name="Maria", joined_at=clock.now())
            )
        assert code_of(acme.app, elsewhere)
    assert "Ask which account they use" in closed_up(acme.enter("alice").get(maria.path(), follow_redirects=True).text)


def test_between_question_and_answer_an_address_was_added_and_nothing_is_joined(maria: Pair) -> None:
    maria.ask()
    with maria.acme.app.app_context(), transaction():
        user = db.session.get_one(User, maria.pin_user)
        user.email = user.email_key = "m@example.org"
    assert "Only they can decide" in closed_up(maria.answer("yes"))
    assert maria.merger().joined_at is None


def test_two_entries_with_pins_are_joined_at_once_and_told_at_the_next_sign_in(acme: Acme) -> None:
    with time_machine.travel(NOON, tick=False):
        first, second = (add_gus(acme, number, "Gus Gold") for number in ("00417", "417"))
        for person, number, pin in ((first, "00417", PIN), (second, "417", "739164")):
            come_in(Visitor(acme.app), acme, slip_for(acme, person), pin, number=number)
        alice, path = acme.enter("alice"), acme.path(f"/people/{first}/merger/{second}")
        assert "Keep the other entry instead" in alice.get(path).text
        assert alice.post(path, {"employee_number": "kept"}).status_code == 303
        phone = Visitor(acme.app)
        assert sign_in(phone, acme).location == "/me"
        assert "Two entries of yours were joined" in phone.get("/me").text
        old = Visitor(acme.app)
        told = sign_in(old, acme, "739164", number="417").location
        assert "joined this entry with another one" in old.get(told).text
        assert WRONG in sign_in(old, acme, "739165", number="417").text
        with acme.app.app_context():
            merger = db.session.scalars(select(Merger.id)).one()
        phone.post(f"/account/mergers/{merger}", {"answer": "yes"})
        assert "Two entries of yours were joined" not in phone.get("/me").text


def test_an_entry_that_waits_is_joined_at_once_and_its_slip_goes_along_but_no_longer_works(acme: Acme) -> None:
    gus = add_gus(acme, "00500", "Bob Builder")
    code = slip_for(acme, gus)
    path = acme.path(f"/people/{acme.people['bob']}/merger/{gus}")
    assert acme.enter("alice").post(path).status_code == 303
    assert WRONG in sign_in(Visitor(acme.app), acme, code, number="00500").text
    with acme.app.app_context():
        assert db.session.get_one(Membership, acme.people["bob"]).employee_number == "00500"
        slip = db.session.scalars(select(PinSlip)).one()
        assert (slip.membership_id, slip.revoked_at is not None) == (acme.people["bob"], True)
        merger = db.session.scalars(select(Merger.id)).one()
    assert acme.enter("alice").post(acme.path(f"/mergers/{merger}")).status_code == 303
    with acme.app.app_context():
        assert db.session.scalars(select(PinSlip.membership_id)).one() == gus


def test_undoing_waits_until_the_number_is_free_again(maria: Pair) -> None:
    acme = maria.acme
    maria.join()
    with acme.app.app_context(), transaction():
        alice = actor_of(acme.users["alice"], acme.id)
        facts = PersonFacts("Maria Gómez", "maria@example.org", "Lead", "1")
        change_person(alice, get_person(alice, maria.addressed), facts, [acme.harbor], clock.now())
        other = add_person(alice, PersonFacts("Nina New", None, None, NUMBER), [], clock.now()).id
    path = acme.path(f"/mergers/{maria.merger().id}")
    assert "by now" in acme.enter("alice").post(path, follow_redirects=True).text
    with acme.app.app_context(), transaction():
        db.session.get_one(Membership, other).employee_number = "2"
    assert acme.enter("alice").post(path).status_code == 303
    with acme.app.app_context():
        kept, back = (db.session.get_one(Membership, one) for one in (maria.addressed, maria.numbered))
        assert (kept.employee_number, kept.job_title, back.employee_number) == ("1", "Lead", NUMBER)


def test_a_question_that_nobody_answers_ends_after_two_weeks(maria: Pair) -> None:
    maria.ask()
    with time_machine.travel("2026-12-09T12:00:00Z", tick=False):
        assert "Nothing was joined" in maria.answer("yes")
        settle(maria.acme.app)
        assert maria.merger().outcome == "expired"


def test_nothing_is_erased_while_half_of_it_is_in_the_other_account(maria: Pair) -> None:
    maria.join()
    for user in (maria.own_user, maria.pin_user):
        with maria.acme.app.app_context(), pytest.raises(Conflict, match="less than a day ago"), transaction():
            forget_person(user, clock.now())
    with time_machine.travel("2026-11-26T13:00:00Z", tick=False):
        settle(maria.acme.app)
        with maria.acme.app.app_context(), transaction():
            forget_person(maria.own_user, clock.now())
            assert db.session.scalar(select(func.count()).select_from(Merger)) == 0
            about = db.session.scalars(select(AuditEvent).where(AuditEvent.subject_id == maria.numbered)).all()
            assert about
            assert [event.details for event in about if "name" in event.details] == []


def test_someone_with_a_role_is_never_joined_away(acme: Acme) -> None:
    waiting = put_on_roster(acme.app, acme.id, None, Role.MANAGER, name="Gus Gold", email="g@example.org")
    gus = add_gus(acme)
    come_in(Visitor(acme.app), acme, slip_for(acme, gus))
    page = acme.enter("alice").get(acme.path(f"/people/{gus}/merger/{waiting}"), follow_redirects=True).text
    assert "never joined into another entry" in closed_up(page)
    assert acme.enter("mona").get(acme.path(f"/people/{gus}/merger/{waiting}")).status_code == 404


def test_an_answer_under_way_in_the_account_that_goes_is_kept(maria: Pair) -> None:
    acme = maria.acme
    make_ready(acme.app, maria.pin_user, "Maria Gomez")
    attempt = start_final(acme.app, maria.pin_user)
    answer_all(acme.app, attempt)
    maria.join()
    assert maria.phone.get(f"/attempts/{attempt}").status_code in {302, 303}
    with time_machine.travel("2026-11-26T13:00:00Z", tick=False):
        settle(acme.app)
        hand_in(acme.app, maria.own_user, attempt)
        with acme.app.app_context():
            assert db.session.scalars(select(Credential.user_id)).one() == maria.own_user


def refuse(acme: Acme, kept: UUID, gone: UUID) -> None:
    """Let Alice try to join an account with a PIN into one of someone who has a role: nobody is asked."""
    path = acme.path(f"/people/{kept}/merger/{gone}")
    assert "has a role" in closed_up(acme.enter("alice").get(path, follow_redirects=True).text)
    with acme.app.app_context():
        with pytest.raises(Conflict, match="has a role"), transaction():
            operations.propose(actor_of(acme.users["alice"], acme.id), kept, gone, [], clock.now())
        assert db.session.scalars(select(Merger)).all() == []
        assert db.session.get(Membership, gone) is not None


@pytest.mark.parametrize("name", ["alice", "mona", "ines"])
def test_nobody_with_a_role_gets_what_is_in_a_guards_account(maria: Pair, name: str) -> None:
    acme = maria.acme
    with acme.app.app_context():
        own = select(Membership.id).where(Membership.user_id == acme.users[name], Membership.organization_id == acme.id)
        kept = db.session.scalars(own).one()
    refuse(acme, kept, maria.numbered)


def test_an_entry_without_an_account_is_still_joined_into_that_of_someone_with_a_role(acme: Acme) -> None:
    again = add_gus(acme, "00500", "Mona May")
    assert acme.enter("alice").post(acme.path(f"/people/{acme.people['mona']}/merger/{again}")).status_code == 303
    with acme.app.app_context():
        assert db.session.get_one(Membership, acme.people["mona"]).employee_number == "00500"


def test_given_a_role_after_she_was_asked_she_gets_nothing(maria: Pair) -> None:
    maria.ask()
    with maria.acme.app.app_context(), transaction():
        db.session.get_one(Membership, maria.addressed).role = Role.MANAGER
    assert "has a role" in closed_up(maria.answer("yes"))
    assert maria.merger().joined_at is None


@pytest.mark.parametrize("change", ["role", "team", "left"])
def test_a_question_expires_with_the_right_of_the_person_who_asked(maria: Pair, change: str) -> None:
    acme = maria.acme
    maria.ask(by="mona")
    with acme.app.app_context(), transaction():
        mona = db.session.get_one(Membership, acme.people["mona"])
        if change == "role":
            mona.role, mona.manages_all = Role.MEMBER, False
        elif change == "team":
            mona.manages_all = False
            db.session.add(TeamMembership(membership_id=mona.id, team_id=acme.harbor))
        else:
            mona.ended_at, mona.ended_on = clock.now(), clock.now().date()
    assert "has expired" in closed_up(maria.answer("yes"))
    assert maria.merger().joined_at is None


def make_own(maria: Pair, what: str) -> None:
    """Let the account that was joined away become its owner's own."""
    if what == "firm":
        put_on_roster(maria.acme.app, maria.acme.other, maria.pin_user, name="Maria", email="m@other.example")
        return
    with maria.acme.app.app_context(), transaction():
        user = db.session.get_one(User, maria.pin_user)
        user.email = user.email_key = "m@example.org"


@pytest.mark.parametrize("what", ["address", "firm"])
def test_an_account_that_became_its_owners_own_is_neither_moved_nor_erased(maria: Pair, what: str) -> None:
    acme = maria.acme
    certify(acme.app, maria.pin_user, "Maria Gomez")
    start_practice(acme.app, maria.pin_user)
    before = dump(acme.app, Enrollment, Attempt, Credential)
    maria.join()
    make_own(maria, what)
    with time_machine.travel("2026-11-26T13:00:00Z", tick=False):
        settle(acme.app)
        settle(acme.app)
        assert maria.merger().outcome == "undone"
        assert dump(acme.app, Enrollment, Attempt, Credential) == before
        with acme.app.app_context():
            assert db.session.get_one(User, maria.pin_user).erased_at is None
            back = db.session.get_one(Membership, maria.numbered)
            assert (back.user_id, back.employee_number) == (maria.pin_user, NUMBER)
            undone = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "merger.undone")).one()
            assert (undone.organization_id, undone.actor_id) == (acme.id, None)
            mails = db.session.scalars(select(OutboxMessage).where(OutboxMessage.template == "merger-undone")).all()
            assert [mail.recipient for mail in mails] == ["alice@example.org"]
            letter = write(mails[0])
            assert letter is not None
            assert "are separate again" in letter.subject
            assert f"/organizations/{acme.id}/audit?act=merger" in letter.text
        log = acme.enter("alice").get(acme.path("/audit?act=merger"))
        assert "Separated two entries again" in log.text


def test_undone_by_us_an_entry_comes_back_without_a_number_that_is_someone_elses_by_now(maria: Pair) -> None:
    acme = maria.acme
    with acme.app.app_context(), transaction():
        db.session.get_one(Membership, maria.addressed).employee_number = "7"
    maria.join(employee_number="gone")
    make_own(maria, "address")
    with acme.app.app_context(), transaction():
        alice = actor_of(acme.users["alice"], acme.id)
        add_person(alice, PersonFacts("Nina New", None, None, "7"), [], clock.now())
    undo = acme.enter("alice").post(acme.path(f"/mergers/{maria.merger().id}"), follow_redirects=True)
    assert "by now" in undo.text
    with time_machine.travel("2026-11-26T13:00:00Z", tick=False):
        settle(acme.app)
    assert maria.merger().outcome == "undone"
    with acme.app.app_context():
        numbers = dict(db.session.execute(select(Membership.id, Membership.employee_number)).all())
    assert (numbers[maria.addressed], numbers[maria.numbered]) == (NUMBER, None)


def test_the_pin_of_an_account_that_goes_lets_nobody_in_by_an_entry_that_has_ended(maria: Pair) -> None:
    acme = maria.acme
    with acme.app.app_context(), transaction():
        facts = {"name": "Maria Gomez", "name_key": "maria gomez", "role": "member", "employee_number": "9"}
        gone = {
            "created_at": clock.now(),
            "joined_at": clock.now(),
            "ended_at": clock.now(),
            "ended_on": clock.now().date(),
        }
        db.session.add(Membership(organization_id=acme.id, user_id=maria.pin_user, **facts, **gone))
    assert sign_in(Visitor(acme.app), acme, number="9").location == "/me"
    maria.join()
    assert sign_in(Visitor(acme.app), acme, number="9").location == "/in/joined"
    assert maria.phone.get("/me").location.startswith("/sign-in")
    make_own(maria, "address")
    assert Visitor(acme.app).sign_in("m@example.org", PIN).status_code == 422
    assert acme.enter("alice").post(acme.path(f"/mergers/{maria.merger().id}")).status_code == 303
    assert sign_in(Visitor(acme.app), acme, number="9").location == "/me"


def test_someone_is_mailed_about_joining_once_a_day_and_staff_ask_thirty_times_an_hour(maria: Pair) -> None:
    acme, alice = maria.acme, maria.acme.enter("alice")

    def mails() -> int:
        with acme.app.app_context():
            asked = select(func.count()).where(OutboxMessage.template == "merger-asked")
            return db.session.scalar(asked) or 0

    def open_merger() -> UUID:
        with acme.app.app_context():
            return db.session.scalars(select(Merger.id).where(Merger.closed_at.is_(None))).one()

    fields = {"employee_number": "kept", "name": "kept"}
    for number in range(30):
        assert alice.post(maria.path(), fields).status_code == 303
        if number < 29:
            assert alice.post(acme.path(f"/mergers/{open_merger()}")).status_code == 303
    assert mails() == 1
    assert alice.post(maria.path(), fields).status_code == 429
    assert alice.get(maria.path()).status_code == 303  # one is open already; reading isn't limited
    assert acme.enter("mona").post(acme.path(f"/mergers/{open_merger()}")).status_code == 303
    with time_machine.travel("2026-11-26T12:00:00Z", tick=False):
        maria.ask()
        assert mails() == 2


def put_on_file(maria: Pair) -> UUID:
    """Let Alice record one training in both of Maria's entries, the one that goes by a list with a proof; return that
    of Bob, who is in the list, too."""
    acme = maria.acme
    facts = TrainingFacts("Spotting it", "School", dt.date(2026, 1, 1), 60)
    proof = Proof("list.pdf", b"%PDF-1.7 a list")
    with acme.app.app_context(), transaction() as session:
        alice, bob = actor_of(acme.users["alice"], acme.id), acme.people["bob"]
        earlier.record_training(alice, maria.addressed, facts, None, clock.now())
        earlier.record_all(alice, [(maria.numbered, facts), (bob, facts)], proof, clock.now())
        return session.scalars(select(EarlierTraining.id).where(EarlierTraining.membership_id == bob)).one()


def undo_training(maria: Pair, training_id: UUID) -> None:
    acme = maria.acme
    with acme.app.app_context(), transaction():
        earlier.undo_training(actor_of(acme.users["alice"], acme.id), training_id, clock.now())


def undo_merger(maria: Pair) -> None:
    acme = maria.acme
    assert acme.enter("alice").post(acme.path(f"/mergers/{maria.merger().id}")).status_code == 303
    assert maria.merger().outcome == "undone"


def trainings(app: Flask) -> list[tuple[UUID, bool]]:
    """Return whose trainings are recorded, and whether a proof is with them."""
    with app.app_context():
        rows = db.session.scalars(select(EarlierTraining))
        return sorted((row.membership_id, row.proof_id is not None) for row in rows)


def count_proofs(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(TrainingProof)) or 0


def test_after_a_list_was_undone_the_entries_still_come_apart_with_its_proof(maria: Pair) -> None:
    app, of_bob = maria.acme.app, put_on_file(maria)
    maria.join(employee_number="gone", name="gone")
    assert trainings(app) == sorted([(maria.addressed, False), (maria.acme.people["bob"], True)])
    undo_training(maria, of_bob)
    assert count_proofs(app) == 1  # it comes back with the entry
    undo_merger(maria)
    assert trainings(app) == sorted([(maria.addressed, False), (maria.numbered, True)])


def test_once_nothing_can_be_undone_a_proof_that_nothing_needs_is_deleted(maria: Pair) -> None:
    app, of_bob = maria.acme.app, put_on_file(maria)
    maria.join(employee_number="gone", name="gone")
    undo_training(maria, of_bob)
    with time_machine.travel("2026-11-26T13:00:00Z", tick=False):
        settle(app)
    assert (maria.merger().outcome, count_proofs(app)) == ("settled", 0)


def test_what_was_recorded_anew_since_the_join_stays_and_the_entries_come_apart(maria: Pair) -> None:
    acme, app = maria.acme, maria.acme.app
    facts = TrainingFacts("Spotting it", "School", dt.date(2026, 1, 1), 60)
    with app.app_context(), transaction():
        alice, mona = (actor_of(acme.users[name], acme.id) for name in ("alice", "mona"))
        earlier.record_training(alice, maria.addressed, facts, None, clock.now())
        approved = earlier.record_training(alice, maria.numbered, facts, None, clock.now()).id
        earlier.approve_trainings(mona, [approved], clock.now())
    maria.join(employee_number="gone", name="gone")
    with app.app_context(), transaction():
        earlier.withdraw_training(actor_of(acme.users["mona"], acme.id), approved, "Wrong", clock.now())
        anew = earlier.record_training(
            actor_of(acme.users["alice"], acme.id), maria.addressed, facts, None, clock.now()
        )
        anew_id = anew.id
    undo_merger(maria)
    with app.app_context():
        rows = {row.id: row.membership_id for row in db.session.scalars(select(EarlierTraining))}
    assert rows == {approved: maria.numbered, anew_id: maria.addressed}


def test_nobody_has_approved_their_own_training_by_a_second_entry(maria: Pair) -> None:
    acme, app = maria.acme, maria.acme.app
    facts = TrainingFacts("Spotting it", "School", dt.date(2026, 1, 1), 60)
    with app.app_context(), transaction():
        alice, mona = (actor_of(acme.users[name], acme.id) for name in ("alice", "mona"))
        second = add_person(alice, PersonFacts(name="Mona May", employee_number="777", email=""), [], clock.now()).id
        number = earlier.record_training(alice, second, facts, None, clock.now()).id
        earlier.approve_trainings(mona, [number], clock.now())
    path = acme.path(f"/people/{acme.people['mona']}/merger/{second}")
    answer = acme.enter("alice").post(path, {"employee_number": "kept", "name": "kept"})
    assert answer.status_code == 303
    with app.app_context():
        joined = db.session.get_one(EarlierTraining, number)
        assert joined.membership_id == acme.people["mona"]
        assert (joined.approved_at, joined.approved_by_id, joined.ended_at) == (None, None, None)
        mona_now = db.session.get_one(Membership, acme.people["mona"]).name
        lapsed = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "training.approval_lapsed")).one()
        assert (lapsed.organization_id, lapsed.actor_id, lapsed.subject_id) == (acme.id, acme.users["alice"], number)
        assert lapsed.details == {"title": "Spotting it", "completed_on": "2026-01-01", "name": mona_now}
    log = acme.enter("alice").get(acme.path("/audit")).text
    assert "its approver is the person who was trained" in log
    undo_merger(maria)
    with app.app_context():
        apart = db.session.get_one(EarlierTraining, number)
        assert (apart.membership_id, apart.approved_by_id) == (second, acme.users["mona"])
        assert apart.approved_at == clock.now()
