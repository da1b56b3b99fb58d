"""Who sees a class: its instructor as long as they may teach, the firm's owners, nobody else."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from tests.cast import (
    add_second_factor,
    approve,
    ask_for_round,
    code_of,
    context_of,
    join_class,
    make_account,
    make_class,
    put_on_roster,
    sign_in_as,
)
from tests.instructing.conftest import Room, hand_over, open_room, statuses
from tests.organizations.conftest import Acme
from tests.support import Visitor
from trainer.core import clock
from trainer.core.audit import AuditEvent
from trainer.core.db import db, transaction
from trainer.instructing import operations
from trainer.instructing.models import ClassView, Cohort
from trainer.instructing.queries import list_views
from trainer.jobs.upkeep import keep_up
from trainer.organizations.closing import suspend
from trainer.organizations.codes import show_code
from trainer.organizations.models import Membership
from trainer.organizations.rules import Role


def answers(visitor: Visitor, room: Room) -> dict[tuple[str, str], int]:
    """Return the status of every route of the class, without those of extras."""
    request = ask_for_round(room.app, room.acme.users["bob"])
    with room.app.app_context(), transaction():
        view = ClassView(cohort_id=room.id, user_id=room.acme.users["alice"], name="A. A.", began_at=clock.now())
        db.session.add(view)
        db.session.flush()
        view_id = view.id
    values = {"cohort_id": room.id, "member_id": room.bob, "request_id": request, "view_id": view_id}
    return statuses(visitor, room.app, "trainer.instructing", values)


@pytest.mark.check("T001")
@pytest.mark.check("T009")
@pytest.mark.parametrize(
    ("name", "enters"),
    [
        ("ines", True),
        ("alice", True),
        ("irma", False),
        ("mona", False),
        ("mark", False),
        ("bob", False),
        ("charlie", False),
        ("mallory", False),
    ],
)
def test_every_page_of_a_class_is_for_its_instructor_and_the_owner(room: Room, name: str, enters: bool) -> None:
    acme = room.acme
    acme.users["irma"] = make_account(room.app, "irma@example.org")
    add_second_factor(room.app, acme.users["irma"])
    put_on_roster(room.app, acme.id, acme.users["irma"], Role.INSTRUCTOR, name="Irma I.", email="irma@example.org")
    found = answers(acme.enter(name), room)
    hidden = {key for key in found if key[1] == "board.answers"}
    assert {found.pop(key) for key in hidden} == {404}  # this class shows no answers
    assert len(hidden) == 1
    unseen = {key: found.pop(key) for key in list(found) if key[1].startswith("misreads.")}
    assert len(unseen) == 4
    assert {status == 404 for status in unseen.values()} == {name != "ines"}, unseen
    if enters:
        assert set(found.values()) <= {200, 303, 422}
    else:
        assert set(found.values()) == {404}


@pytest.mark.check("T012")
@pytest.mark.parametrize("how", ["role", "left"])
def test_a_former_instructor_sees_nothing_with_the_next_request(room: Room, how: str) -> None:
    ines = room.enter()
    assert ines.get(room.path()).status_code == 200
    with room.app.app_context(), transaction():
        person = db.session.get_one(Membership, room.acme.people["ines"])
        if how == "role":
            person.role = Role.MEMBER
        else:
            person.ended_at, person.ended_on = clock.now(), clock.today()
    assert set(answers(ines, room).values()) == {404}


@pytest.mark.check("T002")
@pytest.mark.check("T005")
def test_ids_of_another_class_open_nothing(room: Room) -> None:
    ines = room.acme.users["ines"]
    other = make_class(room.app, room.acme.users["alice"], room.acme.id, title="Canary class", shows_answers=True)
    theirs = join_class(room.app, room.acme.users["mark"], other, "Canary Mark")
    visitor = sign_in_as(room.app, ines)
    assert visitor.get(room.path(f"/answers/{theirs}")).status_code == 404
    assert visitor.post(room.path("/nudges"), {"member": str(theirs)}).status_code == 404
    assert "Canary" not in visitor.get(room.acme.path("/cohorts")).text


@pytest.mark.check("T003")
def test_an_owner_sees_all_classes_of_the_firm_and_no_other(room: Room) -> None:
    make_class(room.app, room.acme.users["mallory"], room.acme.other, title="Canary class")
    for name, shown in (("alice", True), ("ines", True)):
        page = room.enter(name).get(room.acme.path("/cohorts")).text
        assert ("Night crew" in page) is shown
        assert "Canary" not in page
    assert room.enter("mona").get(room.acme.path("/cohorts")).status_code == 404


def test_whoever_teaches_sets_up_a_second_step_first(room: Room) -> None:
    leo = make_account(room.app, "leo@example.org")
    approve(room.app, leo)
    cohort = make_class(room.app, leo, None)
    visitor = sign_in_as(room.app, leo)
    for path in ("/cohorts", "/cohorts/new", f"/cohorts/{cohort}"):
        assert visitor.get(path).headers["Location"].startswith("/account/second-factor")
    add_second_factor(room.app, leo)  # which ends the other sessions
    assert sign_in_as(room.app, leo).get(f"/cohorts/{cohort}").status_code == 200


READABLE = {
    ("GET", "board.board"),
    ("GET", "misreads.misreads"),
    ("GET", "misreads.briefing"),
    ("GET", "misreads.paper"),
    ("POST", "cohorts.leave_view"),
}
"""What someone who taught a class before gets of it."""


def views_of(room: Room) -> list[str]:
    """Return the names of those who taught the class before and can look at it."""
    with room.app.app_context():
        return [view.name for view in list_views(db.session.get_one(Cohort, room.id))]


def test_whoever_taught_a_class_before_may_look_and_change_nothing(acme: Acme) -> None:
    room = open_room(acme, shows_answers=True)
    hand_over(room)
    found = answers(acme.enter("ines"), room)
    assert {key for key, status in found.items() if status != 404} == READABLE
    assert {found[key] for key in READABLE} == {200, 303}


def test_a_former_instructor_sees_the_board_without_a_way_to_change_it(room: Room) -> None:
    hand_over(room)
    ines = room.enter()
    board = ines.get(room.path()).text
    assert "You used to teach this class" in board
    assert "Bob B." in board
    theirs = [room.path(), room.path("/misreads")]
    for path in theirs:
        main = ines.get(path).text.partition("<main")[2].partition("</main>")[0]
        assert re.findall(r'action="([^"]+)"', main) == [room.path("/views/departure")] * (path == room.path())
        for rest in ("/facts", "/code", "/invitations", "/exports"):
            assert f'href="{room.path(rest)}"' not in main
    assert "Night crew" in ines.get(room.acme.path("/cohorts")).text


def test_people_in_the_class_and_those_who_join_read_who_sees_it(room: Room) -> None:
    path = f"/classes/{show_code(code_of(room.app, room.id))}"
    told = "but not your answers: Ines Ito."
    assert told not in room.enter("bob").get(path).text
    hand_over(room)
    assert told in room.enter("bob").get(path).text
    assert told in Visitor(room.app).get(path).text
    assert views_of(room) == ["Ines Ito"]
    room.enter().post(room.path("/views/departure"))
    assert told not in room.enter("bob").get(path).text


def test_the_view_ends_when_its_owner_leaves_it(room: Room) -> None:
    hand_over(room)
    ines = room.enter()
    left = ines.post(room.path("/views/departure"))
    assert left.headers["Location"] == room.acme.path("/cohorts")
    assert "Night crew" not in ines.get(room.acme.path("/cohorts")).text
    assert ines.get(room.path()).status_code == 404
    assert ines.post(room.path("/views/departure")).status_code == 404
    with room.app.app_context():
        acts = db.session.scalars(select(AuditEvent.act).where(AuditEvent.subject_id == room.id)).all()
    assert acts.count("cohort.view_left") == 1


def test_who_teaches_the_class_now_removes_the_view(room: Room) -> None:
    hand_over(room)
    irma = room.enter("irma")
    button = re.search(r'action="([^"]+/removal)"', irma.get(room.path("/facts")).text)
    assert button
    assert irma.post(button[1]).status_code == 303
    assert "They no longer see this class." in irma.get(room.path("/facts")).text
    assert room.enter().get(room.path()).status_code == 404
    irma.post(button[1])
    assert "This person no longer sees the class." in irma.get(room.path("/facts")).text
    with room.app.app_context():
        query = select(AuditEvent).where(AuditEvent.act == "cohort.view_removed")
        assert [event.details["whose"] for event in db.session.scalars(query)] == [str(room.acme.users["ines"])]


@pytest.mark.parametrize("how", ["removed", "by the worker"])
def test_a_view_that_lapsed_can_be_removed_and_doesnt_come_back_with_the_role(room: Room, how: str) -> None:
    hand_over(room)
    with room.app.app_context(), transaction():
        db.session.get_one(Membership, room.acme.people["ines"]).role = Role.MEMBER
    if how == "removed":
        irma = room.enter("irma")
        button = re.search(r'action="([^"]+/removal)"', irma.get(room.path("/facts")).text)
        assert button
        assert irma.post(button[1]).status_code == 303
    else:
        with room.app.app_context():
            for _portion in keep_up(room.acme.id):
                pass
    with room.app.app_context(), transaction():
        db.session.get_one(Membership, room.acme.people["ines"]).role = Role.INSTRUCTOR
    assert views_of(room) == []
    assert room.enter().get(room.path()).status_code == 404


def test_upkeep_leaves_a_view_that_lasts(room: Room) -> None:
    hand_over(room)
    with room.app.app_context():
        for _portion in keep_up(room.acme.id):
            pass
    assert views_of(room) == ["Ines Ito"]


def test_the_view_of_another_class_cant_be_removed(room: Room) -> None:
    hand_over(room)
    other = make_class(room.app, room.acme.users["ines"], room.acme.id, title="Other")
    with room.app.app_context():
        view = db.session.scalars(select(ClassView.id)).one()
    ines = room.enter()
    ines.post(f"/cohorts/{other}/views/{view}/removal")
    assert views_of(room) == ["Ines Ito"]


def test_who_teaches_the_class_has_no_view_to_leave(room: Room) -> None:
    ines = room.enter()
    assert ines.post(room.path("/views/departure")).headers["Location"] == room.path()
    assert "You teach this class now" in ines.get(room.path()).text


def test_a_class_that_comes_back_is_taught_again_and_not_only_seen(room: Room) -> None:
    hand_over(room)
    with room.app.app_context(), transaction():
        context = context_of(room.acme.users["irma"], room.id)
        operations.hand_over_within_firm(context, room.acme.people["ines"], clock.now())
    assert views_of(room) == ["Irma I."]
    assert room.enter().get(room.path("/facts")).status_code == 200
    hand_over(room)
    assert views_of(room) == ["Ines Ito"]


@pytest.mark.parametrize("how", ["role", "left", "suspended"])
def test_the_view_ends_with_the_role_with_leaving_and_while_the_firm_is_shut(room: Room, how: str) -> None:
    hand_over(room)
    ines = room.enter()
    assert ines.get(room.path()).status_code == 200
    with room.app.app_context(), transaction():
        person = db.session.get_one(Membership, room.acme.people["ines"])
        if how == "role":
            person.role = Role.MEMBER
        elif how == "left":
            person.ended_at, person.ended_on = clock.now(), clock.today()
        else:
            suspend(room.acme.id, "No answer", clock.now())
    assert ines.get(room.path()).status_code == (403 if how == "suspended" else 404)
    assert ines.get(room.path("/misreads")).status_code == (403 if how == "suspended" else 404)
    if how != "suspended":
        assert views_of(room) == []


@pytest.mark.parametrize("role", [Role.OWNER, Role.MANAGER])
def test_a_former_instructor_who_becomes_an_employer_reads_no_misreads(room: Room, role: Role) -> None:
    hand_over(room)
    with room.app.app_context(), transaction():
        db.session.get_one(Membership, room.acme.people["ines"]).role = role
    ines = room.enter()
    for path in ("/misreads", "/briefing", "/briefing.pdf"):
        assert ines.get(room.path(path)).status_code == 404
    assert ines.get(room.path()).status_code == (200 if role is Role.OWNER else 404)


def test_a_public_class_is_seen_as_long_as_the_approval_holds(acme: Acme) -> None:
    for name in ("ines", "mark"):
        approve(acme.app, acme.users[name])
    cohort = make_class(acme.app, acme.users["ines"], None)
    with acme.app.app_context(), transaction():
        context = context_of(acme.users["ines"], cohort)
        operations.hand_over_in_public(context, "mark@example.org", "Mark M.", clock.now())
    ines = acme.enter("ines")
    assert "You used to teach this class" in ines.get(f"/cohorts/{cohort}").text
    assert "Night crew" in ines.get("/cohorts").text
    with acme.app.app_context(), transaction():
        operations.revoke_instructor("ines@example.org", clock.now())
    assert ines.get(f"/cohorts/{cohort}").status_code == 404
    approve(acme.app, acme.users["ines"])
    assert ines.get(f"/cohorts/{cohort}").status_code == 404  # it doesn't come back
