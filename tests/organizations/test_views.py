"""The pages of a firm, as Alice uses them."""

from __future__ import annotations

import ast
import csv
import io
import re

import pytest
import time_machine
from flask import Flask

from tests.cast import put_on_roster
from tests.organizations.conftest import Acme
from tests.support import closed_up
from trainer.core.settings import ROOT
from trainer.organizations.views.audit import list_subjects
from trainer.organizations.words import act_name, act_names


def test_the_list_of_people_is_narrowed_by_its_address(acme: Acme) -> None:
    alice = acme.enter("alice")
    assert "Dana Dow" in alice.get(acme.path("/people?q=dana")).text
    assert "Dana Dow" not in alice.get(acme.path(f"/people?team={acme.harbor}")).text
    assert "Bob Builder" not in alice.get(acme.path("/people?state=waiting")).text
    assert "No matches" in alice.get(acme.path("/people?q=zzz")).text


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
        page = closed_up(alice.get(acme.path(f"/people{query}")).text)
        seen += [part.split('"')[0] for part in page.split(f"{acme.path('/people')}/")[1:] if part[8:9] == "-"]
        pages.append(page)
        following = re.search(r'<a class="btn plain" href="(\?[^"]+)">Next<', page)
        query = following[1].replace("&amp;", "&") if following else ""
    assert len(seen) == len(set(seen)) == 66
    first = f'href="{acme.path("/people")}?state=all">First page<'
    assert [first in page for page in pages] == [False, True, True]


@pytest.mark.parametrize("odd", ["after=x", "after=..", "team=x", "role=boss", "state=%01", "q=%25_", "after=%01.%01"])
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
    assert "Created a team" in alice.get(acme.path("/audit?act=team")).text
    rows = list(csv.reader(io.StringIO(alice.post(acme.path("/audit/export")).text.lstrip("\ufeff"))))
    made = next(row for row in rows if row[4] == "team.made" and "Night" in row[3])
    assert made[1:4] == ["Created a team", "Alice Able", "name: =Night crew"]
    assert alice.get(acme.path("/audit?act=export")).text.count("Downloaded the audit log") == 1


def test_the_audit_log_is_narrowed_to_a_person_and_to_days(acme: Acme) -> None:
    alice, path = acme.enter("alice"), f"/people/{acme.people['bob']}/facts"
    with time_machine.travel("2031-03-04T17:00:00Z", tick=False):
        facts = {"name": "Robert Stone", "email": "bob@example.org", "teams": str(acme.harbor)}
        acme.enter("alice").post(acme.path(path), facts)
        acme.enter("alice").post(acme.path("/teams"), {"name": "Night crew"})
        alice = acme.enter("alice")
        rows = {
            query: closed_up(alice.get(acme.path(f"/audit?{query}")).text)
            for query in ("q=stone", "q=nobody", "from=2031-03-04&to=2031-03-04", "from=2031-03-05", "q=alice&act=team")
        }
    assert "Changed a person" in rows["q=stone"]
    assert "Night crew" not in rows["q=stone"]
    assert "Nothing like this has happened." in rows["q=nobody"]
    assert all(words in rows["from=2031-03-04&to=2031-03-04"] for words in ("Robert Stone", "Night crew"))
    assert "Nothing like this has happened." in rows["from=2031-03-05"]
    assert "Night crew" in rows["q=alice&act=team"]


EARLIER_ACTS = {
    *("logo.removed", "logo.set", "walk_in.added", "walk_in.expired", "walk_in.joined", "walk_in.removed"),
}
"""Acts that earlier versions noted in firms. They stand in their logs, and are told in words as before."""


def acts_in_firms() -> set[str]:
    """Return every act that the code notes in a firm. What is noted without a firm never stands in a firm's log."""
    acts = set()
    for path in (ROOT / "trainer").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call):
                continue
            name, words = ast.unparse(call.func).rpartition(".")[2], {word.arg for word in call.keywords}
            if name in {"_note", "_note_recipient", "note_export"} or (name == "note" and "organization_id" in words):
                given = " ".join(ast.unparse(one) for one in call.args)
                acts.update(re.findall(r"'([a-z_]+\.[a-z_]+)'", given))
    return acts


def test_every_act_in_a_firm_has_words_and_a_place_in_the_filter(app: Flask) -> None:
    acts = acts_in_firms() | EARLIER_ACTS
    with app.test_request_context():
        assert {act.partition(".")[0] for act in acts} == set(list_subjects())
        assert set(act_names()) == acts
        assert [act for act in acts if not re.fullmatch(r"[A-Z][^:]+", act_name(act))] == []


def test_what_a_change_was_is_told_in_words(acme: Acme) -> None:
    alice = acme.enter("alice")
    facts = {"name": "Bob Builder", "email": "bob@example.org", "job_title": "Guard", "hired_on": "2026-03-04"}
    alice.post(acme.path(f"/people/{acme.people['bob']}/facts"), {**facts, "teams": str(acme.harbor)})
    alice.post(acme.path(f"/people/{acme.people['bob']}/removal"), {"ended_on": "2026-03-05"})
    page = alice.get(acme.path("/audit")).text
    assert "job title, hire date" in page
    assert "March 5, 2026" in page
    for code in ("job_title", "hired_on", "2026-03-05", "membership."):
        assert code not in page


def test_a_firms_pages_go_by_its_own_clock_and_calendar(acme: Acme) -> None:
    with time_machine.travel("2027-03-02T03:30:05Z"):  # the evening before, in New York
        alice = acme.enter("alice")
        alice.post(acme.path("/teams"), {"name": "Night crew"})
        page = alice.get(acme.path("/audit?act=team")).text
        assert "Mar 1, 2027, 10:30:05\u202fPM" in page
        assert "America/New_York" in page
        alice.post(acme.path("/invitations"))
        assert "Mar 1, 2027" in alice.get(acme.path("/invitations")).text
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
    assert "Confirm your email address first" in refused.text


@pytest.mark.parametrize(
    ("path", "name"),
    [("/people", "People"), ("/people/new", "People"), ("/roster", "People"), ("/evidence-packs", "Evidence packs")],
)
def test_each_page_of_a_firm_says_among_which_it_is(acme: Acme, path: str, name: str) -> None:
    page = acme.enter("alice").get(acme.path(path)).text
    nav = page.split('aria-label="In this firm"')[1].split("</nav>")[0]
    assert f"<b>{name}</b>" in nav
    rows, doors = nav.split('<div class="doors">')
    assert rows.count("aria-current") == 1
    assert f'aria-current="{"page" if path in {"/people", "/evidence-packs"} else "true"}">{name}</a>' in rows
    assert doors.count("aria-current") == 2


def test_a_firm_has_five_doors_and_shows_the_pages_behind_the_one_that_is_open(acme: Acme) -> None:
    doors = acme.enter("alice").get(acme.path("/teams")).text.split('<div class="doors">')[1].split("</div>")[0]
    first, pages = (re.findall(r">([^<>]+)</a>", row) for row in doors.split("</ul>")[:2])
    assert first == ["Training", "People", "Invitations and codes", "Evidence", "Settings"]
    assert pages == ["People", "Teams"]
    assert re.findall(r'aria-current="(\w+)">([^<]+)', doors) == [("true", "People"), ("page", "Teams")]


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
    page = closed_up(alice.get(acme.path(f"/people/{acme.people['bob']}/facts")).text)
    assert "<details><summary>Teams:<bdi>Harbor Mall</bdi></summary>" in page
    refused = closed_up(alice.post(acme.path("/people/new"), {"name": "", "teams": str(acme.harbor)}).text)
    assert "<bdi>Harbor Mall</bdi></summary>" in refused
    assert page.count("checked") == refused.count("checked") == 1


def test_a_person_leads_to_the_training_record(acme: Acme) -> None:
    bob = acme.people["bob"]
    assert acme.path(f"/training/{bob}") in acme.enter("mark").get(acme.path(f"/people/{bob}")).text


def test_invitations_say_how_many_they_would_go_to_or_that_nobody_waits(acme: Acme) -> None:
    page = closed_up(acme.enter("alice").get(acme.path("/invitations")).text)
    assert ">Invite 1 person<" in page
    page = closed_up(acme.enter("mark").get(acme.path("/invitations")).text)
    assert "<h1>Invitations</h1>" in page
    assert "Nobody is waiting" in page


@pytest.mark.parametrize(
    "name",
    [
        "Locked? https://evil.example/login",
        "WWW.evil.example",
        "Acme www.evil.example",
        "evil.example/login: account locked",
        "Sign in at evil.example.",
    ],
)
def test_a_firms_name_holds_no_web_address(acme: Acme, name: str) -> None:
    alice = acme.enter("alice")
    fields = {"name": name, "time_zone": "America/Chicago", "own_name": "Alice Able"}
    for path in ("/organizations/new", acme.path("/settings")):
        refused = alice.post(path, fields)
        assert refused.status_code == 422
        assert "Leave web addresses out of the name" in refused.text


@pytest.mark.parametrize(
    ("rest", "fields"),
    [
        ("/people/new", {"name": "ß" * 120, "email": "new@example.org"}),
        ("/people/{bob}/facts", {"name": "ß" * 120, "email": "bob@example.org"}),
        ("/teams", {"name": "ß" * 80}),
        ("/teams/{harbor}", {"name": "ß" * 80}),
    ],
)
def test_a_name_that_grows_when_it_is_folded_is_refused_in_words(acme: Acme, rest: str, fields: dict[str, str]) -> None:
    path = acme.path(rest.format(bob=acme.people["bob"], harbor=acme.harbor))
    refused = acme.enter("alice").post(path, fields)
    assert refused.status_code == 422
    assert "This name is too long" in refused.text


def test_a_persons_name_has_a_letter(acme: Acme) -> None:
    refused = acme.enter("alice").post(acme.path("/people/new"), {"name": "00446", "email": "new@example.org"})
    assert refused.status_code == 422
    assert "Enter at least one letter" in refused.text


def test_time_zones_are_offered_once_each_under_the_name_of_a_place(acme: Acme) -> None:
    page = acme.enter("alice").get("/organizations/new").text
    assert 'value="Europe/Warsaw"' in page
    for old in ("US/East-Indiana", "Canada/Pacific", "Etc/GMT", "Brazil/East"):
        assert f'value="{old}"' not in page
