"""A firm's own page: a checklist until the firm works, then who is current; instructors find their classes."""

from __future__ import annotations

from tests.cast import make_account, make_class, make_firm, put_on_roster
from tests.compliance.conftest import require
from tests.organizations.conftest import Acme
from tests.organizations.conftest import acme as acme
from tests.support import closed_up
from trainer.home.firm_views import MOST_NAMES
from trainer.organizations.rules import Role


def steps(page: str) -> list[bool]:
    """Return of each step of the checklist whether it is done."""
    if "Three steps" not in page:
        return []
    return ["Done" in step for step in page.split("Three steps")[1].split("</ol>")[0].split("<li")[1:]]


def test_a_firm_is_led_step_by_step_until_the_first_person_joins(acme: Acme) -> None:
    app, alice = acme.app, acme.enter("alice")
    firm = make_firm(app, acme.users["alice"], "New Security")
    path = f"/organizations/{firm}"
    assert steps(alice.get(path).text) == [False, False, False]
    put_on_roster(app, firm, None, name="Pat Poe", email="pat@example.org")
    assert steps(alice.get(path).text) == [True, False, False]
    require(app, acme.users["alice"], firm)
    page = alice.get(path).text
    assert steps(page) == [True, True, False]
    assert "0 of 2 people are current." in page
    put_on_roster(app, firm, make_account(app, "joined@example.org"), name="Joan Joy", email="joined@example.org")
    page = alice.get(path).text
    assert steps(page) == []
    assert f'href="{path}/training"' in page


def test_the_page_names_who_needs_attention(acme: Acme) -> None:
    require(acme.app, acme.users["alice"], acme.id, days_allowed=1)
    page = acme.enter("alice").get(acme.path()).text
    assert "Needs attention" in page
    six = len(acme.people) + 1
    assert (six, page.count(f'href="{acme.path("/training/")}')) == (6, MOST_NAMES)
    marks = acme.enter("mark").get(acme.path()).text
    assert ("Bob Builder" in marks, "Dana Dow" in marks, steps(marks)) == (True, False, [])


def test_an_instructor_finds_the_classes_and_nothing_about_the_firms_people(acme: Acme) -> None:
    make_class(acme.app, acme.users["ines"], acme.id, title="Night shift")
    page = acme.enter("ines").get(acme.path()).text
    assert "Night shift" in page
    for words in ("Three steps", "people are current", "on the roster", "Dana Dow"):
        assert words not in closed_up(page)


def test_a_member_finds_what_the_firm_sees_and_nothing_else(acme: Acme) -> None:
    put_on_roster(acme.app, acme.other, acme.users["bob"], Role.MEMBER)
    page = acme.enter("bob").get(acme.path()).text
    assert "What this firm sees about you" in page
    for words in ("Three steps", "Classes", "on the roster", "Training status"):
        assert words not in page
