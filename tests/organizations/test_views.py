"""The pages of a firm, as Alice uses them."""

from __future__ import annotations

import csv
import io
import re

import pytest
import time_machine

from tests.cast import put_on_roster
from tests.organizations.conftest import Acme


def test_the_list_of_people_is_narrowed_by_its_address(acme: Acme) -> None:
    alice = acme.enter("alice")
    assert "Dana Dow" in alice.get(acme.path("/people?q=dana")).text
    assert "Dana Dow" not in alice.get(acme.path(f"/people?team={acme.harbor}")).text
    assert "Bob Builder" not in alice.get(acme.path("/people?state=waiting")).text
    assert "Nobody fits" in alice.get(acme.path("/people?q=zzz")).text


def test_a_manager_of_a_team_sees_only_its_people(acme: Acme) -> None:
    page = acme.enter("mark").get(acme.path("/people?state=all")).text
    assert "Bob Builder" in page
    assert "Dana Dow" not in page


def test_a_long_list_goes_on_where_the_page_ended_and_shows_each_once(acme: Acme) -> None:
    for number in range(60):
        put_on_roster(acme.app, acme.id, None, name=f"Same Name {number % 7}", email=f"p{number}@example.org")
    alice, seen, pages = acme.enter("alice"), [], []
    query = "?state=all"
    while query:
        page = alice.get(acme.path(f"/people{query}")).text
        seen += [part.split('"')[0] for part in page.split(f"{acme.path('/people')}/")[1:] if part[8:9] == "-"]
        pages.append(page)
        following = re.search(r'<a class="btn plain" href="(\?[^"]+)">Next<', page)
        query = following[1].replace("&amp;", "&") if following else ""
    assert len(seen) == len(set(seen)) == 66
    first = f'href="{acme.path("/people")}?state=all">First page<'
    assert [first in page for page in pages] == [False, True, True]


@pytest.mark.parametrize("odd", ["after=x", "after=..", "team=x", "role=boss", "state=%00", "q=%25_", "after=%00.%00"])
def test_an_address_that_makes_no_sense_is_no_error(acme: Acme, odd: str) -> None:
    assert acme.enter("alice").get(acme.path(f"/people?{odd}")).status_code == 200
    assert acme.enter("alice").get(acme.path(f"/audit?{odd}")).status_code == 200


def test_a_form_refused_keeps_what_was_typed(acme: Acme) -> None:
    fields = {"name": "Eve Estes", "email": "dana@example.org", "job_title": "Guard", "teams": str(acme.harbor)}
    page = acme.enter("alice").post(acme.path("/people/new"), fields)
    assert page.status_code == 422
    assert "Someone on the roster has this address" in page.text
    assert 'value="Eve Estes"' in page.text
    assert "checked" in page.text


def test_the_audit_log_says_who_did_what(acme: Acme) -> None:
    alice = acme.enter("alice")
    alice.post(acme.path("/teams"), {"name": "=Night crew"})
    assert "Teams: made" in alice.get(acme.path("/audit?act=team")).text
    rows = list(csv.reader(io.StringIO(alice.post(acme.path("/audit/export")).text.lstrip("\ufeff"))))
    made = next(row for row in rows if row[1] == "team.made" and "Night" in row[5])
    assert made[2] == "Alice Able"
    assert alice.get(acme.path("/audit?act=export")).text.count("Files: audit") == 1


def test_a_firms_pages_go_by_its_own_clock_and_calendar(acme: Acme) -> None:
    with time_machine.travel("2027-03-02T03:30:05Z"):  # the evening before, in New York
        alice = acme.enter("alice")
        alice.post(acme.path("/teams"), {"name": "Night crew"})
        page = alice.get(acme.path("/audit?act=team")).text
        assert "2027-03-01 22:30:05" in page
        assert "America/New_York" in page
        alice.post(acme.path("/invitations"))
        assert "March 1, 2027" in alice.get(acme.path("/invitations")).text
        assert "March 2, 2027" in alice.get("/account").text


def test_someone_in_two_firms_sees_which_one_this_is(acme: Acme) -> None:
    put_on_roster(acme.app, acme.other, acme.users["bob"])
    bob = acme.enter("bob")
    both = bob.get("/me").text
    assert "Acme Security" in both
    assert "Other Security" in both
    assert "Other Security" not in bob.get(acme.path()).text


def test_a_member_reads_what_the_firm_sees_and_may_leave(acme: Acme) -> None:
    bob = acme.enter("bob")
    assert "It doesn’t see: your answers" in bob.get(acme.path()).text
    assert bob.post(acme.path("/departure")).headers["Location"] == "/me"
    assert bob.get(acme.path()).status_code == 404


def test_a_firm_is_made_from_its_page(acme: Acme) -> None:
    fields = {"name": "Third Security", "time_zone": "America/Chicago", "own_name": "Alice Able"}
    assert acme.enter("alice").post("/organizations/new", fields).status_code == 303
    refused = acme.enter("charlie").post("/organizations/new", fields)
    assert refused.status_code == 422
    assert "Confirm your e-mail address first" in refused.text


@pytest.mark.parametrize(
    ("path", "name"),
    [("/people", "People"), ("/people/new", "People"), ("/roster", "People"), ("/evidence-packs", "Training status")],
)
def test_each_page_of_a_firm_says_among_which_it_is(acme: Acme, path: str, name: str) -> None:
    page = acme.enter("alice").get(acme.path(path)).text
    nav = page.split('aria-label="In this firm"')[1].split("</nav>")[0]
    assert f"<b>{name}</b>" in nav
    assert nav.count("aria-current") == 1
    assert f'aria-current="{"page" if path == "/people" else "true"}">{name}</a>' in nav


def test_the_pages_that_someone_may_not_open_are_not_named(acme: Acme) -> None:
    page = acme.enter("mark").get(acme.path("")).text
    nav = page.split('aria-label="In this firm"')[1].split("</nav>")[0]
    assert "Invitations" in nav
    assert "Audit log" not in nav
    assert "In this firm" not in acme.enter("bob").get(acme.path("")).text


def test_a_persons_many_teams_are_folded_and_named(acme: Acme) -> None:
    alice = acme.enter("alice")
    for number in range(6):
        alice.post(acme.path("/teams"), {"name": f"Night crew {number}"})
    page = alice.get(acme.path(f"/people/{acme.people['bob']}/facts")).text
    assert "<details><summary>Teams: <bdi>Harbor Mall</bdi></summary>" in page
    refused = alice.post(acme.path("/people/new"), {"name": "", "teams": str(acme.harbor)}).text
    assert "<bdi>Harbor Mall</bdi></summary>" in refused
    assert page.count("checked") == refused.count("checked") == 1


def test_a_person_leads_to_the_training_record(acme: Acme) -> None:
    bob = acme.people["bob"]
    assert acme.path(f"/training/{bob}") in acme.enter("mark").get(acme.path(f"/people/{bob}")).text


def test_invitations_say_how_many_they_would_go_to_or_that_nobody_waits(acme: Acme) -> None:
    page = acme.enter("alice").get(acme.path("/invitations")).text
    assert ">Invite 1 person<" in page
    page = acme.enter("mark").get(acme.path("/invitations")).text
    assert "<h1>Invitations</h1>" in page
    assert "Nobody is waiting" in page
