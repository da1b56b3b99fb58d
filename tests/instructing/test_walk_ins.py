"""People at a meeting who aren't in the class: on the list, signed for, and theirs once they join. Also in files."""

from __future__ import annotations

import csv
import datetime as dt
import io
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from tests.cast import (
    code_of,
    desk_of,
    hold_meeting,
    join_class,
    make_account,
    make_class,
    put_on_roster,
    sign_in_as,
)
from tests.instructing.conftest import Room
from tests.instructing.evenings import Evening, own_address
from tests.support import COURSE
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.audit import AuditEvent
from trainer.core.db import db, transaction
from trainer.core.errors import Conflict, Invalid, NotFound
from trainer.instructing import walk_ins
from trainer.instructing.models import (
    Attendance,
    ClassSession,
    CohortMember,
    SignOff,
    WalkIn,
    WalkInAttendance,
)
from trainer.instructing.operations import archive_cohort
from trainer.instructing.persons import forget_person
from trainer.instructing.presence import list_walk_ins
from trainer.instructing.sessions import note_attendance, sign_off
from trainer.instructing.undoing import undo
from trainer.instructing.views import meetings
from trainer.instructing.walk_ins import (
    Stranger,
    add_from_roster,
    add_stranger,
    claim_code,
    forget_names,
    join_walk_in,
    list_roster,
    move_entries,
    remove_walk_in,
    settle_waiting,
)
from trainer.learning.queries import find_enrollment, list_readings
from trainer.organizations.models import Membership


def test_a_name_is_kept_and_counts_once_the_person_claims_it(evening: Evening) -> None:
    signature = evening.sign()
    leo = make_account(evening.app, "leo@example.org")
    member = evening.claim(leo)
    assert evening.read(leo) == 2
    assert evening.claim(leo) == member  # one's own link again
    with evening.app.app_context():
        assert {(row.member_id, row.signature_id) for row in db.session.scalars(select(SignOff))} == {
            (member, signature)
        }
        assert db.session.scalars(select(Attendance.member_id)).all() == [member]
        assert db.session.scalar(select(func.count()).select_from(WalkInAttendance)) == 0
        assert list_walk_ins(desk_of(evening.ines, evening.id).cohort) == []
    mallory = make_account(evening.app, "mallory@example.org")
    with pytest.raises(Conflict, match="already used"):
        evening.claim(mallory)
    assert evening.read(mallory) == 0
    with evening.app.app_context(), transaction():  # undoing follows the person
        assert undo(desk_of(evening.ines, evening.id), signature, member, None, clock.now()).people == 1
    assert evening.read(leo) == 0


def test_a_link_is_sealed_and_of_one_person(evening: Evening) -> None:
    leo = make_account(evening.app, "leo@example.org")
    with evening.app.app_context():
        others = claim_code(uuid4())
        assert len(others) * 6 >= 128
    for code in ("", "x", others):
        with pytest.raises(NotFound):
            evening.claim(leo, code)


def test_the_pages_of_a_claim(evening: Evening) -> None:
    evening.sign()
    with evening.app.app_context():
        path = f"/attended/{evening.gus}/{claim_code(evening.gus)}"
    leo = sign_in_as(evening.app, make_account(evening.app, "leo@example.org"))
    assert leo.get(path[:-1] + "!").status_code == 404
    page = leo.get(path).text
    assert "You’re on the list as Gus Gold." in page
    assert "They don’t see: your answers" in page
    assert leo.post(path).status_code == 303
    assert "This counts for your account." in leo.get(path).text
    zoe = sign_in_as(evening.app, make_account(evening.app, "zoe@example.org"))
    assert "This link was already used." in zoe.get(path).text
    assert zoe.post(path).headers["Location"] == path


def test_an_archived_class_takes_nobody_and_signs_nothing(evening: Evening) -> None:
    evening.sign()
    with evening.app.app_context(), transaction():
        archive_cohort(desk_of(evening.ines, evening.id), clock.now())
    with pytest.raises(Conflict, match="no longer open"):
        evening.claim(make_account(evening.app, "leo@example.org"))
    with pytest.raises(Conflict, match="archived"):
        evening.add(Stranger("Pat Poe"))
    with pytest.raises(Conflict, match="archived"):
        evening.sign()
    ines = sign_in_as(evening.app, evening.ines)
    page = ines.get(f"/cohorts/{evening.id}/sessions/{evening.meeting}").text
    assert "This class is archived." in page
    assert "Save who was there" not in page
    assert ines.post(f"/cohorts/{evening.id}/sessions/{evening.meeting}/attendance").status_code == 422


@pytest.mark.parametrize(
    ("stranger", "says"),
    [
        (Stranger("gus  GOLD"), "already on the list. If this is another person"),
        (Stranger("Dora Day"), "already on the list. If this is another person"),
        (Stranger("Pat Poe", "0417"), "with this number or address"),
        (Stranger("…"), "at least one letter"),
        (Stranger("Pat Poe", "", "pat@"), "Enter an email address"),
    ],
)
def test_who_is_on_the_list_isnt_added_twice(evening: Evening, stranger: Stranger, says: str) -> None:
    join_class(evening.app, make_account(evening.app, "dora@example.org"), evening.id)
    with pytest.raises((Conflict, Invalid), match=says):
        evening.add(stranger)
    with evening.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(WalkIn)) == 1


def test_another_person_of_the_same_name_is_added_on_ones_word(evening: Evening) -> None:
    ines, path = sign_in_as(evening.app, evening.ines), f"/cohorts/{evening.id}/sessions/{evening.meeting}/people"
    refused = ines.post(path, {"name": "Gus Gold", "email": "gus@example.org"})
    assert refused.status_code == 422
    assert 'value="gus@example.org"' in refused.text  # what was typed is kept
    assert ines.post(path, {"name": "Gus Gold", "is_another": "y"}).status_code == 303
    with evening.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(WalkInAttendance)) == 2


def test_the_trainer_says_who_in_the_class_it_is(evening: Evening) -> None:
    evening.sign()
    leo = make_account(evening.app, "leo@example.org")
    member = join_class(evening.app, leo, evening.id, "Gus Gold")
    ines = sign_in_as(evening.app, evening.ines)
    page = ines.get(f"/cohorts/{evening.id}/list").text
    assert "Someone in the class has the same name." in page
    assert f'value="{member}" selected' in page
    path = f"/cohorts/{evening.id}/list/{evening.gus}/match"
    assert ines.post(path, {"member": ""}).status_code == 422
    assert evening.read(leo) == 0
    assert ines.post(path, {"member": str(member)}).status_code == 303
    assert evening.read(leo) == 2
    assert ines.post(path, {"member": str(member)}).status_code == 303
    assert "This person has already joined the class." in ines.get(f"/cohorts/{evening.id}/list").text
    assert evening.read(leo) == 2


def test_someone_with_the_address_is_known_on_joining(evening: Evening) -> None:
    evening.add(Stranger("Leo L.", "", "Leo@Example.org"))
    evening.sign()
    code = code_of(evening.app, evening.id)
    for address, number in (("zoe@example.org", 0), ("leo@example.org", 2)):
        user = make_account(evening.app, address)
        own_address(evening.app, user)
        assert sign_in_as(evening.app, user).post(f"/classes/{code}/members", {"name": "New"}).status_code == 303
        assert evening.read(user) == number


def test_an_address_that_nobody_confirmed_takes_nothing_over(evening: Evening) -> None:
    evening.add(Stranger("Vera Voss", "", "vera@example.org"))
    evening.sign()
    user = make_account(evening.app, "vera@example.org")
    visitor, code = sign_in_as(evening.app, user), code_of(evening.app, evening.id)
    assert visitor.post(f"/classes/{code}/members", {"name": "Vera"}).status_code == 303
    assert evening.read(user) == 0
    own_address(evening.app, user)
    with evening.app.app_context():
        sheet = db.session.get_one(ClassSession, evening.meeting).code
    assert visitor.post(f"/here/{sheet}").status_code == 303  # known at the next meeting
    assert evening.read(user) == 2


def test_a_name_leaves_the_list_and_what_was_signed_stays_without_it(evening: Evening) -> None:
    pat = evening.add(Stranger("Pat Poe"))
    with evening.app.app_context(), transaction():
        assert remove_walk_in(desk_of(evening.ines, evening.id), pat, clock.now()) == "Pat Poe"
    evening.sign()
    with evening.app.app_context(), transaction(), pytest.raises(Conflict):  # nor does the meeting lose it
        note_attendance(desk_of(evening.ines, evening.id), evening.meeting, [], clock.now())
    ines = sign_in_as(evening.app, evening.ines)
    removal = f"/cohorts/{evening.id}/list/{evening.gus}/removal"
    ines.post(removal)
    page = ines.get(f"/cohorts/{evening.id}/list").text
    assert "To delete the name all the same, check the box." in page
    assert 'name="sure"' in page
    ines.post(removal, {"sure": "y"})
    page = ines.get(f"/cohorts/{evening.id}/list").text
    assert "Removed: Gus Gold." in page
    assert "Nobody. Everyone on the list is in the class." in page
    page = ines.get(f"/cohorts/{evening.id}/sessions/{evening.meeting}").text
    assert "Signed off for 1 person" in page
    assert "Gus Gold" not in page
    assert "Sign off the lessons" not in page
    with evening.app.app_context():
        gus = db.session.get_one(WalkIn, evening.gus)
        assert (gus.name, gus.employee_number, gus.email) == ("Erased", None, None)
    with pytest.raises(Conflict):
        evening.claim(make_account(evening.app, "leo@example.org"))


def test_in_a_firms_class_a_name_that_was_signed_for_goes_on_ones_word_alone(room: Room) -> None:
    ines = room.acme.users["ines"]
    meeting = hold_meeting(room.app, ines, room.id)
    with room.app.app_context(), transaction():
        desk = desk_of(ines, room.id)
        add_from_roster(desk, meeting, room.acme.people["dana"], clock.now())
        sign_off(desk, meeting, "Ines Ito", served().courses[COURSE], True, clock.now())
        dana = db.session.scalars(select(WalkIn.id)).one()
    visitor = room.enter()
    visitor.post(room.path(f"/list/{dana}/removal"))
    page = visitor.get(room.path("/list")).text
    assert "Dana Dow" in page
    assert "evidence packs won’t show this person at these meetings anymore" in page
    visitor.post(room.path(f"/list/{dana}/removal"), {"sure": "y"})
    page = visitor.get(room.path("/list")).text
    assert "Removed: Dana Dow." in page
    assert "Nobody. Everyone on the list is in the class." in page
    with room.app.app_context():
        walk_in = db.session.get_one(WalkIn, dana)
        assert (walk_in.name, walk_in.membership_id) == ("Erased", None)
        assert db.session.scalars(select(AuditEvent.act).where(AuditEvent.subject_id == dana)).all()[-1:] == [
            "walk_in.removed"
        ]
    with room.app.app_context(), transaction():  # the person is still on the roster, and can be added again
        add_from_roster(desk_of(ines, room.id), meeting, room.acme.people["dana"], clock.now())


def test_a_name_that_nobody_claims_expires_a_year_after_the_last_meeting(evening: Evening) -> None:
    evening.add(Stranger("Pat Poe", "78", "pat@example.org"))
    evening.sign()
    last = hold_meeting(evening.app, evening.ines, evening.id, minutes=30)
    with evening.app.app_context(), transaction() as session:
        session.add(WalkIn(cohort_id=evening.id, name="Uma Ulm", added_at=clock.now(), added_by_id=evening.ines))
    today = clock.now()

    def names_after(days: int) -> list[str]:
        with evening.app.app_context(), transaction():
            forget_names(today + dt.timedelta(days=days))
        with evening.app.app_context():
            return sorted(db.session.scalars(select(WalkIn.name)))

    assert names_after(364) == ["Gus Gold", "Pat Poe", "Uma Ulm"]
    with evening.app.app_context(), transaction() as session:  # Gus came again, 30 days later
        later = session.get_one(ClassSession, last)
        later.held_on += dt.timedelta(days=30)
        session.add(WalkInAttendance(session_id=last, walk_in_id=evening.gus, noted_at=clock.now()))
    assert names_after(368) == ["Erased", "Gus Gold"]
    assert names_after(368) == ["Erased", "Gus Gold"]  # nothing more to do
    assert names_after(398) == ["Erased", "Erased"]
    with evening.app.app_context():
        assert set(db.session.scalars(select(WalkIn.employee_number))) == {None}
        told = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "walk_in.expired")).all()
        assert len(told) == 3
        assert {event.actor_id for event in told} == {None}
        assert "Pat" not in str([event.details for event in told])
    with pytest.raises(Conflict, match="already used"):
        evening.claim(make_account(evening.app, "leo@example.org"))


def test_names_on_a_firms_roster_dont_expire_with_a_class(room: Room) -> None:
    meeting = hold_meeting(room.app, room.acme.users["ines"], room.id)
    with room.app.app_context(), transaction():
        add_from_roster(desk_of(room.acme.users["ines"], room.id), meeting, room.acme.people["dana"], clock.now())
    with room.app.app_context(), transaction():
        forget_names(clock.now() + dt.timedelta(days=4000))
    assert "Dana Dow" in room.enter().get(room.path("/list")).text


def test_whoever_erases_an_account_is_forgotten_where_they_were_met_with_its_address(evening: Evening) -> None:
    evening.add(Stranger("Vera Voss", "77", "Vera@example.org"))
    vera, others = make_account(evening.app, "vera@example.org"), "Vera Voss"
    for is_own, names in ((False, {"Gus Gold", others}), (True, {"Gus Gold", "Erased"})):
        if is_own:
            own_address(evening.app, vera)
        with evening.app.app_context(), transaction():
            forget_person(vera, clock.now())
        with evening.app.app_context():
            assert set(db.session.scalars(select(WalkIn.name))) == names
    with evening.app.app_context():
        assert set(db.session.scalars(select(WalkIn.email))) == {None}


def test_the_log_of_a_public_class_has_no_name(evening: Evening) -> None:
    evening.sign()
    with evening.app.app_context():
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "lesson.signed_off")).one()
        assert "Ines" not in str(event.details)


def test_a_link_brings_nobody_into_a_full_class_unless_something_was_signed(evening: Evening) -> None:
    join_class(evening.app, make_account(evening.app, "dora@example.org"), evening.id)
    with evening.app.app_context(), transaction():
        desk_of(evening.ines, evening.id).cohort.capacity = 1
    leo = make_account(evening.app, "leo@example.org")
    with pytest.raises(Conflict, match="full"):
        evening.claim(leo)
    evening.sign()
    evening.claim(leo)
    assert evening.read(leo) == 2


def test_people_who_joined_count_among_those_a_class_has_met(evening: Evening, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk_ins, "MOST_PEOPLE", 2)
    evening.claim(make_account(evening.app, "leo@example.org"))
    evening.add(Stranger("Pat Poe"))
    with pytest.raises(Conflict, match="at most 2"):
        evening.add(Stranger("Quinn Quill"))


def test_undoing_for_a_name_and_the_list_of_another_class(evening: Evening) -> None:
    signature = evening.sign()
    with evening.app.app_context(), transaction():
        desk = desk_of(evening.ines, evening.id)
        assert undo(desk, signature, evening.gus, None, clock.now()).people == 1
        note_attendance(desk, evening.meeting, [], clock.now())
    other = make_class(evening.app, evening.ines, None)
    with evening.app.app_context(), transaction(), pytest.raises(NotFound):
        remove_walk_in(desk_of(evening.ines, other), evening.gus, clock.now())


def test_a_firms_class_takes_people_from_the_roster_once(room: Room) -> None:
    ines, dana = room.acme.users["ines"], room.acme.people["dana"]
    meeting = hold_meeting(room.app, ines, room.id, minutes=500)
    with room.app.app_context(), transaction():
        desk = desk_of(ines, room.id)
        assert [person.name for person in list_roster(desk, "dÄn")] == ["Dana Dow"]
        assert list_roster(desk, "canary") == []  # another firm's
        assert list_roster(desk, "bob") == []  # is in the class
        assert list_roster(desk, "%%%") == []
        assert list_roster(desk, "da") == []  # too short to look for
        for _time in range(2):
            assert add_from_roster(desk, meeting, dana, clock.now()) == "Dana Dow"
        assert list_roster(desk, "dana") == []
        assert add_from_roster(desk, meeting, room.acme.people["bob"], clock.now()) == "Bob B."
        for elsewhere in (room.acme.others_person, uuid4()):
            with pytest.raises(NotFound):
                add_from_roster(desk, meeting, elsewhere, clock.now())
        with pytest.raises(NotFound):
            add_stranger(desk, meeting, Stranger("Pat Poe"), clock.now())
        assert db.session.scalars(select(WalkIn.membership_id)).all() == [dana]
        assert db.session.scalars(select(Attendance.member_id)).all() == [room.bob]
        sign_off(desk, meeting, "Ines Ito", served().courses[COURSE], True, clock.now())
    user = make_account(room.app, "dana@example.org")
    with room.app.app_context(), transaction():
        person = db.session.get_one(Membership, dana)
        person.user_id, person.joined_at = user, clock.now()
    answer = room.acme.enter_as(user).post(f"/classes/{code_of(room.app, room.id)}/members", {"name": "Dana"})
    assert answer.status_code == 303
    with room.app.app_context():
        enrollment = find_enrollment(user, COURSE)
        assert enrollment is not None
        assert len(list_readings(enrollment.id)) == 2


def test_the_roster_says_whose_account_it_is(room: Room) -> None:
    ines, user = room.acme.users["ines"], make_account(room.app, "gus@example.org")
    entry = put_on_roster(room.app, room.acme.id, user, name="Gus Gold", email="gus@example.org")
    meeting = hold_meeting(room.app, ines, room.id)
    with room.app.app_context(), transaction():
        desk = desk_of(ines, room.id)
        add_from_roster(desk, meeting, entry, clock.now())
        gus = db.session.scalars(select(WalkIn.id)).one()
        with pytest.raises(Conflict, match="someone else’s account"):
            join_walk_in(desk, gus, room.bob, served().courses[COURSE], True, clock.now())
        bob = db.session.get_one(CohortMember, room.bob)
        assert settle_waiting(bob, served().courses, True, clock.now()) == 0
        assert move_entries(entry, room.acme.people["dana"]) == [gus]  # two entries become one
        assert move_entries(room.acme.people["dana"], entry, [uuid4()]) == []
        assert move_entries(room.acme.people["dana"], entry, [gus]) == [gus]


def test_the_page_looks_on_the_roster(room: Room) -> None:
    meeting = hold_meeting(room.app, room.acme.users["ines"], room.id)
    ines, path = room.enter(), room.path(f"/sessions/{meeting}")
    assert "Dana Dow" not in ines.get(path).text
    assert f'value="{room.acme.people["dana"]}"' in ines.get(f"{path}?who=dana").text
    assert "Nobody else on the roster" in ines.get(f"{path}?who=zzz").text
    short = ines.get(f"{path}?who=da").text
    assert "has exactly this name or number. To search for part of one" in short
    assert "Dana Dow" not in short
    assert ines.post(f"{path}/people").status_code == 303  # without a choice
    assert ines.post(f"{path}/people", {"membership": str(room.acme.people["dana"])}).status_code == 303
    assert "Dana Dow (not in the class)" in ines.get(path).text
    assert "Dana Dow" in ines.get(room.path("/list")).text


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("li", ["Bo Li", "Li, Wei"]),
        ("Bo", ["Bo Li", "Kim Bo-Ra"]),
        ("李", ["李 明"]),
        ("na", []),
        ("%", []),
        ("7", ["Olive Boyd"]),
        ("  ", []),
        ("oli", ["Olive Boyd"]),
    ],
)
def test_a_short_word_finds_whole_names_and_numbers(room: Room, text: str, names: list[str]) -> None:
    for number, name in enumerate(("Bo Li", "Li, Wei", "Kim Bo-Ra", "李 明", "Olive Boyd")):
        address, employee = f"short{number}@example.org", "7" if name == "Olive Boyd" else f"70{number}"
        person = put_on_roster(room.app, room.acme.id, None, name=name, email=address)
        with room.app.app_context(), transaction() as session:
            session.get_one(Membership, person).employee_number = employee
    with room.app.app_context():
        desk = desk_of(room.acme.users["ines"], room.id)
        assert [person.name for person in list_roster(desk, text)] == names


def test_nobody_copies_a_roster_by_looking(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meetings, "LOOKS", 2)
    path = room.path(f"/sessions/{hold_meeting(room.app, room.acme.users['ines'], room.id)}")
    ines = room.enter()
    assert [ines.get(f"{path}?who=dana").status_code for _time in range(3)] == [200, 200, 429]
    assert ines.get(path).status_code == 200


def test_files_have_them_with_who_signed(room: Room) -> None:
    ines = room.acme.users["ines"]
    meeting = hold_meeting(room.app, ines, room.id, minutes=500)
    with room.app.app_context(), transaction():
        desk = desk_of(ines, room.id)
        add_from_roster(desk, meeting, room.acme.people["dana"], clock.now())
        note_attendance(desk, meeting, [room.bob, list_walk_ins(desk.cohort)[0].id], clock.now())
        sign_off(desk, meeting, "Ines I. Ito", served().courses[COURSE], True, clock.now())
    visitor = room.enter()
    text = visitor.post(room.path("/sessions/exports"), {"form": "csv"}).text
    rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))
    assert [(row["Name"], row["In the class"], row["Lessons signed off"], row["Signed by"]) for row in rows] == [
        ("Bob B.", "yes", "2", "Ines I. Ito"),
        ("Dana Dow", "no", "0", "Ines I. Ito"),
    ]
    board = visitor.post(room.path("/exports"), {"form": "csv"}).text
    assert "Dana Dow" in board
    assert "not in the class yet" in board
    assert "Dana Dow" not in visitor.post(room.path("/exports?show=stuck"), {"form": "csv"}).text
    assert visitor.post(room.path("/sessions/exports"), {"form": "pdf"}).status_code == 422
