"""Who sees a class: its instructor as long as they may teach, the firm's owners, nobody else."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask

from tests.cast import (
    add_second_factor,
    approve,
    ask_for_round,
    hold_meeting,
    join_class,
    make_account,
    make_class,
    put_on_roster,
    sign_in_as,
)
from tests.instructing.conftest import Room
from tests.support import Visitor
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.instructing.models import Signature, WalkIn
from trainer.organizations.models import Membership
from trainer.organizations.rules import Role


def routes(app: Flask) -> list[tuple[str, str, set[str]]]:
    """Return (method, endpoint, arguments) of every route of a class."""
    found = [
        (method, rule.endpoint, rule.arguments)
        for rule in app.url_map.iter_rules()
        if "cohort_id" in rule.arguments
        for method in sorted((rule.methods or set()) & {"GET", "POST"})
    ]
    assert len(found) > 18
    return found


def answers(visitor: Visitor, room: Room, cohort: UUID, meeting: UUID, member: UUID) -> dict[tuple[str, str], int]:
    """Return the status of every route of a class."""
    adapter, found = room.app.url_map.bind("127.0.0.1:8000"), {}
    request = ask_for_round(room.app, room.acme.users["bob"])
    walk_in, signature = met(room, cohort, meeting)
    for method, endpoint, names in routes(room.app):
        values = {"cohort_id": cohort, "class_session_id": meeting, "member_id": member, "request_id": request}
        values |= {"walk_in_id": walk_in, "signature_id": signature}
        path = adapter.build(endpoint, {name: values[name] for name in names})
        answer = visitor.post(path) if method == "POST" else visitor.get(path)
        found[method, endpoint] = answer.status_code
        text = answer.get_data().decode(errors="replace")  # also ends a stream, and with it the request
        assert answer.status_code != 404 or "Night crew" not in text
    return found


def met(room: Room, cohort: UUID, meeting: UUID) -> tuple[UUID, UUID]:
    """Put someone on the list of a class and a signature below a meeting of it; return their ids."""
    with room.app.app_context(), transaction():
        person = WalkIn(cohort_id=cohort, name="Gus Gold", added_at=clock.now(), added_by_id=room.acme.users["ines"])
        signature = Signature(
            session_id=meeting,
            name="Ines Ito",
            statement="Taught.",
            signed_at=clock.now(),
            signed_by_id=room.acme.users["ines"],
        )
        db.session.add_all([person, signature])
        db.session.flush()
        return person.id, signature.id


@pytest.fixture
def meeting(room: Room) -> UUID:
    return hold_meeting(room.app, room.acme.users["ines"], room.id)


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
def test_every_page_of_a_class_is_for_its_instructor_and_the_owner(
    room: Room, meeting: UUID, name: str, enters: bool
) -> None:
    acme = room.acme
    acme.users["irma"] = make_account(room.app, "irma@example.org")
    add_second_factor(room.app, acme.users["irma"])
    put_on_roster(room.app, acme.id, acme.users["irma"], Role.INSTRUCTOR, name="Irma I.", email="irma@example.org")
    found = answers(acme.enter(name), room, room.id, meeting, room.bob)
    hidden = ("GET", "board.answers")  # this class shows no answers
    assert found.pop(hidden) == 404
    unseen = {key: found.pop(key) for key in list(found) if key[1].startswith("misreads.")}
    assert len(unseen) == 4
    assert {status == 404 for status in unseen.values()} == {name != "ines"}, unseen
    if enters:
        assert set(found.values()) <= {200, 303, 422}
    else:
        assert set(found.values()) == {404}


@pytest.mark.check("T012")
@pytest.mark.parametrize("how", ["role", "left"])
def test_a_former_instructor_sees_nothing_with_the_next_request(room: Room, meeting: UUID, how: str) -> None:
    ines = room.enter()
    assert ines.get(room.path()).status_code == 200
    with room.app.app_context(), transaction():
        person = db.session.get_one(Membership, room.acme.people["ines"])
        if how == "role":
            person.role = Role.MEMBER
        else:
            person.ended_at, person.ended_on = clock.now(), clock.today()
    assert set(answers(ines, room, room.id, meeting, room.bob).values()) == {404}


@pytest.mark.check("T002")
@pytest.mark.check("T005")
def test_ids_of_another_class_open_nothing(room: Room, meeting: UUID) -> None:
    ines = room.acme.users["ines"]
    other = make_class(room.app, room.acme.users["alice"], room.acme.id, title="Canary class", shows_answers=True)
    theirs = join_class(room.app, room.acme.users["mark"], other, "Canary Mark")
    held = hold_meeting(room.app, room.acme.users["alice"], other)
    visitor = sign_in_as(room.app, ines)
    for path in (f"/sessions/{held}", f"/answers/{theirs}"):
        assert visitor.get(room.path(path)).status_code == 404
    for path in (f"/sessions/{held}/attendance", f"/sessions/{held}/sign-off"):
        assert visitor.post(room.path(path), {"members": str(room.bob)}).status_code == 404
    assert visitor.post(room.path("/nudges"), {"member": str(theirs)}).status_code == 404
    answer = visitor.post(room.path(f"/sessions/{meeting}/attendance"), {"members": str(theirs)})
    assert answer.status_code == 422
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
