"""The operator's page is for administrators with a second step, and shows firms and machines, never a learner."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from tests.cast import add_second_factor, appoint, approve, make_account, make_firm, put_on_roster, sign_in_as
from tests.support import Visitor, closed_up
from trainer.core.audit import AuditEvent
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.core.heartbeat import note_failed
from trainer.core.processes import Itself, ProcessRole, note_seen
from trainer.instructing.queries import is_approved
from trainer.organizations import closing
from trainer.organizations.models import Organization

pytestmark = pytest.mark.on_both

PATHS = ("/administration", "/administration/firms")


@pytest.fixture
def kim(app: Flask) -> UUID:
    """Return the administrator."""
    user_id = make_account(app, "kim@example.org")
    appoint(app, user_id)
    add_second_factor(app, user_id)
    return user_id


@pytest.fixture
def desk(app: Flask, kim: UUID) -> Visitor:
    """Return the administrator's browser."""
    return sign_in_as(app, kim)


def test_others_are_told_that_there_is_no_such_page(app: Flask) -> None:
    instructor = make_account(app, "ines@example.org")
    approve(app, instructor)
    add_second_factor(app, instructor)
    for path in PATHS:
        assert sign_in_as(app, instructor).get(path).status_code == 404
        assert "/sign-in" in Visitor(app).get(path).location
    withdrawal = f"/administration/instructors/{instructor}/withdrawal"
    assert sign_in_as(app, instructor).post(withdrawal).status_code == 404
    assert sign_in_as(app, instructor).post("/administration", {"email": "ines@example.org"}).status_code == 404
    with app.app_context():
        assert is_approved(instructor)


def test_an_administrator_without_a_second_step_sets_one_up_first(app: Flask) -> None:
    user_id = make_account(app, "new@example.org")
    appoint(app, user_id)
    visitor = sign_in_as(app, user_id)
    for path in PATHS:
        answer = visitor.get(path)
        assert (answer.status_code, answer.location.startswith("/account/second-")) == (303, True), answer.location


def test_it_shows_what_is_wrong_first_what_runs_and_what_waits(app: Flask, desk: Visitor) -> None:
    with app.app_context(), transaction():
        note_seen(Itself(ProcessRole.WEB, machine="web-1"), "0123456789abcdef")
        note_failed("count answers", now(), 4, "KeyError")
    page = closed_up(desk.get("/administration").text)
    levels = re.findall(r'<td data-l="State"><span class="chip (\w+)">', page)
    assert levels == sorted(levels, key=["late", "due", "ok"].index)
    assert "These worker tasks are failing: count answers. Run: flask jobs beats" in page
    assert re.search(r'<th scope="row">web-1</th><td data-l="Process">Web server, \d+</td>', page)
    assert "0123456789ab</td>" in page
    assert re.search(r'<th scope="row">Mail</th><td data-l="Waiting" class="r">\d+</td>', page)
    assert "No webhook is failing." in page


def test_nothing_about_learners_is_on_it(app: Flask, desk: Visitor) -> None:
    alice = make_account(app, "alice@example.org")
    firm = make_firm(app, alice)
    put_on_roster(app, firm, make_account(app, "canary@example.org"), name="Bob Canary")
    pages = "".join(desk.get(path).text for path in PATHS)
    assert "Acme" in pages
    assert "canary" not in pages.lower()
    assert "alice@example.org" not in pages


def test_firms_are_paged_and_found_by_a_part_of_their_name(app: Flask, desk: Visitor) -> None:
    alice = make_account(app, "alice@example.org")
    with app.app_context(), transaction() as session:
        session.add_all(
            Organization(name=f"Harbor 50%_{number:03}", time_zone="UTC", created_at=now(), created_by_id=alice)
            for number in range(60)
        )
        session.add(Organization(name="Elm", time_zone="UTC", created_at=now(), created_by_id=alice))
    first = desk.get("/administration/firms").text
    assert first.count("Harbor 50%_") == 49
    later = re.search(r'href="\?(after=[^"]+)"', first)
    assert later is not None
    assert desk.get(f"/administration/firms?{later[1]}").text.count(">Harbor 50%_") == 11
    assert desk.get("/administration/firms?q=50%25_05").text.count("Harbor 50%_") == 10
    assert "No firm has a name like that." in desk.get("/administration/firms?q=nobody").text
    assert desk.get("/administration/firms?after=odd").status_code == 200


def test_a_suspended_firm_says_so(app: Flask, desk: Visitor) -> None:
    firm = make_firm(app, make_account(app, "alice@example.org"))
    with app.app_context(), transaction():
        closing.suspend(firm, "a dispute", now())
    page = desk.get("/administration/firms").text
    assert "Suspended" in page
    assert "a dispute" not in page


def test_an_instructor_is_approved_and_the_approval_withdrawn_on_the_page(app: Flask, desk: Visitor, kim: UUID) -> None:
    ines = make_account(app, "ines@example.org")
    assert desk.post("/administration", {"email": " ines@example.org "}).status_code == 303
    assert "ines@example.org can teach public classes." in desk.get("/administration").text
    assert desk.post(f"/administration/instructors/{ines}/withdrawal").status_code == 303
    assert "ines@example.org can no longer teach public classes." in desk.get("/administration").text
    with app.app_context():
        assert not is_approved(ines)
        acts = db.session.scalars(
            select(AuditEvent).where(AuditEvent.act.startswith("instructor.")).order_by(AuditEvent.at)
        ).all()
        assert [(act.act, act.actor_id, act.subject_id) for act in acts] == [
            ("instructor.approved", kim, ines),
            ("instructor.revoked", kim, ines),
        ]


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("nobody@example.org", "No account has this address."),
        ("kim@example.org", "already approved"),
        ("", "Enter the address of the account."),
    ],
)
def test_an_address_that_cannot_be_approved_is_said_at_the_field(
    app: Flask, desk: Visitor, kim: UUID, address: str, words: str
) -> None:
    approve(app, kim)
    answer = desk.post("/administration", {"email": address})
    assert answer.status_code == 422
    assert words in answer.text
    assert f'value="{address}"' in answer.text
    assert desk.post(f"/administration/instructors/{UUID(int=0)}/withdrawal").status_code == 404
