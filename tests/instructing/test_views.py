"""Ines’s class, page by page; and Bob’s way in and out."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select

from tests.cast import approve, certify, code_of, join_class, make_account, make_class, sign_in_as
from tests.compliance.conftest import require
from tests.instructing.conftest import Room, open_room
from tests.organizations.conftest import Acme
from tests.support import COURSE, Visitor, closed_up
from trainer.core import clock
from trainer.core.audit import AuditEvent
from trainer.core.db import db
from trainer.instructing.models import Cohort, CohortMember
from trainer.organizations.codes import show_code
from trainer.organizations.rules import local_day


def facts(**changes: str) -> dict[str, str]:
    given = {"title": "Night crew", "taught_by": "Ines Ito", "course": COURSE, "capacity": ""}
    return {**given, "starts_on": firms_day(), "ends_on": "2099-01-01", **changes}


@pytest.mark.check("T015")
def test_the_road_of_a_class(acme: Acme) -> None:
    ines, bob = acme.enter("ines"), acme.enter("bob")
    made = ines.post(acme.path("/cohorts/new"), facts())
    assert made.status_code == 303
    code = re.search(r'class="tel">([0-9A-Z]{4}-[0-9A-Z]{4})<', ines.get(made.headers["Location"]).text)
    assert code
    asked = bob.get(f"/classes?code={code[1].lower()}").headers["Location"]
    found = bob.get(asked).headers["Location"]
    page = bob.get(found).text
    assert "They don’t see: your answers" in page
    assert bob.post(f"{found}/members", {"name": "Bob the Guard"}).status_code == 303
    assert "Bob the Guard" in bob.get("/me").text
    board = made.headers["Location"].removesuffix("/code")
    assert "Bob the Guard" in ines.get(board).text
    assert ines.post(f"{board}/nudges").status_code == 303
    with acme.app.app_context():
        acts = db.session.scalars(
            select(AuditEvent.act).where(AuditEvent.organization_id == acme.id).order_by(AuditEvent.at)
        ).all()
    assert {"cohort.made", "cohort.joined"} <= set(acts)


def firms_day() -> str:
    return local_day("America/New_York", clock.now()).isoformat()


@pytest.mark.parametrize(
    ("changes", "kept"),
    [({"title": ""}, "Ines Ito"), ({"ends_on": "2020-01-01"}, "Night crew"), ({"capacity": "0"}, "Night crew")],
)
def test_what_was_typed_is_kept_when_a_class_is_refused(acme: Acme, changes: dict[str, str], kept: str) -> None:
    answer = acme.enter("ines").post(acme.path("/cohorts/new"), facts(**changes))
    assert answer.status_code == 422
    assert f'value="{kept}"' in answer.text


@pytest.mark.parametrize("shows", [False, True])
def test_whoever_opens_the_link_reads_what_the_instructor_will_see(acme: Acme, visitor: Visitor, shows: bool) -> None:
    room = open_room(acme, shows_answers=shows)
    path = f"/classes/{show_code(code_of(acme.app, room.id))}"
    page = visitor.get(path)
    assert ("also see which scenes you judged wrongly" in page.text) is shows
    assert "Owners of Acme Security see the same" in page.text
    assert f"/sign-up?next={path}" in page.text
    assert "Set-Cookie" not in page.headers
    assert "@example.org" not in page.text


def test_a_stranger_to_the_firm_reads_a_clear_word(room: Room) -> None:
    path = f"/classes/{show_code(code_of(room.app, room.id))}"
    charlie = room.enter("charlie")
    page = charlie.get(path).text
    assert "for people in the firm" in page
    assert "Night crew" in page
    answer = charlie.post(f"{path}/members", {"name": "Charlie"})
    assert answer.status_code == 422
    with room.app.app_context():
        assert len(db.session.scalars(select(CohortMember)).all()) == 1


def test_codes_that_are_none_say_so(visitor: Visitor) -> None:
    assert visitor.get("/classes/x").status_code == 404
    unknown = visitor.get("/classes/7K3M-Q2WD")
    assert (unknown.status_code, "We don’t know this code" in unknown.text) == (404, True)
    assert 'value="7K3M-Q2WD"' in unknown.text


def test_leaving_takes_a_person_off_the_board(room: Room) -> None:
    path = f"/classes/{show_code(code_of(room.app, room.id))}"
    bob = room.enter("bob")
    assert "Leave the class" in bob.get(path).text
    assert bob.post(f"{path}/departure").status_code == 303
    assert bob.post(f"{path}/departure").status_code == 303
    assert "Bob B." not in room.enter().get(room.path()).text
    assert "Night crew" not in bob.get("/me").text


@pytest.mark.check("T155")
def test_the_poster_is_one_page_with_code_and_address(room: Room) -> None:
    code = show_code(code_of(room.app, room.id))
    answer = room.enter().get(room.path("/poster.pdf"))
    pages = PdfReader(io.BytesIO(answer.data)).pages
    text = pages[0].extract_text()
    assert len(pages) == 1
    assert code in text
    assert f"http://127.0.0.1:8000/classes/{code}" in text
    assert "traffick" not in text.lower() + answer.headers["Content-Disposition"]
    picture = room.enter().get(room.path("/code.svg"))
    assert (picture.mimetype, picture.data[:5]) == ("image/svg+xml", b"<?xml")


def test_settings_archive_and_hand_over_have_their_pages(room: Room) -> None:
    ines = room.enter()
    saved = ines.post(room.path("/facts"), facts(title="Day crew"))
    assert saved.status_code == 303
    assert ines.post(room.path("/facts"), facts(shows_answers="y")).status_code == 422
    assert "Archive Day crew?" in ines.get(room.path("/archival")).text
    assert ines.post(room.path("/archival")).status_code == 303
    assert ines.post(room.path("/archival")).status_code == 303  # told, not refused
    assert "Reopen it" in ines.get(room.path("/facts")).text
    assert ines.post(room.path("/reopening")).status_code == 303
    assert ines.post(room.path("/hand-over"), {"membership": str(room.bob)}).status_code == 422
    page = ines.get(room.path("/hand-over")).text
    alice = re.search(r'<option value="([^"]+)">Alice Able', page)
    assert alice
    assert ines.post(room.path("/hand-over"), {"membership": alice[1]}).status_code == 303
    assert ines.get(room.path("/facts")).status_code == 404
    with room.app.app_context():
        assert db.session.get_one(Cohort, room.id).taught_by == "Alice Able"


def test_the_list_of_classes_is_there_before_the_first_and_after_the_last(acme: Acme) -> None:
    approve(acme.app, acme.users["ines"])
    ines = acme.enter("ines")
    for path in (acme.path("/cohorts"), "/cohorts"):
        page = ines.get(path)
        assert page.status_code == 200
        assert "No class yet" in page.text
    room = open_room(acme)
    ines.post(room.path("/archival"))
    page = ines.get(acme.path("/cohorts"))
    assert page.status_code == 200
    assert "Archived" in page.text


def test_whoever_only_joined_has_not_started(room: Room) -> None:
    page = room.enter().get(room.path()).text
    assert "Not started" in page
    assert "In progress" not in page


def test_public_classes_have_a_page_that_says_who_may_teach_them(app: Flask) -> None:
    leo = sign_in_as(app, make_account(app, "leo@example.org"))
    assert "approved by this site’s administrator" in leo.get("/cohorts").text
    assert leo.get("/cohorts/new").headers["Location"] == "/cohorts"
    assert leo.post("/cohorts/new", facts()).headers["Location"] == "/cohorts"


def test_an_approved_instructor_makes_a_public_class_that_anybody_joins(acme: Acme) -> None:
    approve(acme.app, acme.users["ines"])
    ines = acme.enter("ines")
    made = ines.post("/cohorts/new", facts(title="Town hall", capacity="20"))
    board = made.headers["Location"].removesuffix("/code")
    with acme.app.app_context():
        cohort = db.session.scalars(select(Cohort)).one()
        assert (cohort.organization_id, cohort.capacity) == (None, 20)
    join_class(acme.app, acme.users["charlie"], cohort.id, "Chuck")
    assert "Chuck" in ines.get(board).text
    assert "Town hall" in ines.get("/cohorts").text
    assert "Town hall" not in ines.get(acme.path("/cohorts")).text
    assert acme.enter("alice").get(board).status_code == 404


def test_a_certificate_on_the_board_leads_to_its_page(room: Room) -> None:
    certify(room.app, room.acme.users["bob"])
    page = room.enter().get(room.path()).text
    assert "1 of 1 person has completed the course." in page
    assert re.search(r'href="/verify/[0-9A-Z-]+"', page)
    assert "caught 4 of 4, over-reported 0 of 4" in page


@pytest.mark.parametrize("make", [lambda room: room.path("/exports"), lambda room: room.path("/misreads/exports")])
def test_exports_are_csv_or_xlsx_and_written_down(room: Room, make: Callable[[Room], str]) -> None:
    ines = room.enter()
    assert ines.post(make(room), {"form": "exe"}).status_code == 422
    assert ines.post(make(room), {"form": "csv"}).get_data()
    with room.app.app_context():
        acts = db.session.scalars(select(AuditEvent).where(AuditEvent.act.startswith("export."))).all()
        assert [(event.subject_id, event.details) for event in acts] == [(room.id, {"form": "csv"})]


def test_a_name_cant_become_a_formula(acme: Acme) -> None:
    cohort = make_class(acme.app, acme.users["ines"], acme.id)
    join_class(acme.app, acme.users["bob"], cohort, "=1+1")
    text = acme.enter("ines").post(f"/cohorts/{cohort}/exports", {"form": "csv"}).text
    assert "\n'=1+1," in text.replace("\r", "")


def test_a_class_is_for_what_the_firm_requires_unless_another_course_is_chosen(acme: Acme) -> None:
    ines, path = acme.enter("ines"), acme.path("/cohorts/new")
    slugs = re.findall(r'<option[^>]* value="([^"]+)"', ines.get(path).text.partition("place-line")[0])
    assert "Your firm requires" not in ines.get(path).text
    require(acme.app, acme.users["alice"], acme.id, course=slugs[-1], title="Every year")
    page = ines.get(path).text
    assert re.findall(r'<option[^>]* value="([^"]+)"', page)[0] == slugs[-1]
    assert "Your firm requires “Every year”. A class for another course doesn’t count for it." in closed_up(page)
    warning = "This class doesn’t count for “Every year”: another course is required."
    for course, is_warned in ((slugs[-1], False), (slugs[0], True)):
        made = ines.post(path, facts(course=course))
        assert (warning in ines.get(made.headers["Location"]).text) is is_warned
