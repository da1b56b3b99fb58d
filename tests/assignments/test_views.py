"""The pages of requirements, by role: pack, preview, save, change, end, log."""

from __future__ import annotations

import datetime as dt
import re
from copy import copy
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from markupsafe import escape
from sqlalchemy import select

from tests.assessment import rich
from tests.assignments.firm import EVERYONE, Firm, make_firm
from tests.cast import add_second_factor, make_account, make_site, sign_in_as
from tests.content.small import put
from tests.learning import deeper
from tests.support import Visitor, closed_up
from trainer.app import create_app
from trainer.assignments.models import Assignment, Reminder, Requirement
from trainer.content.library import Library
from trainer.content.objects import Region, TranslationMark
from trainer.content.serving import served
from trainer.content.times import Times
from trainer.core import clock
from trainer.core.audit import AuditEvent
from trainer.core.db import db, transaction
from trainer.core.outbox import OutboxMessage
from trainer.core.settings import ROOT, Settings
from trainer.learning.models import Enrollment
from trainer.organizations.models import Membership, TeamMembership
from trainer.organizations.rules import Role

NOON = "2026-11-24T17:00:00Z"
FORM = {
    "title": "All guards, every year",
    "course": "recognize",
    "audience": "everyone",
    "hired_since": "",
    "owners": "y",
    "starts_on": "2026-11-24",
    "days_allowed": "90",
    "cadence_months": "12",
    "renewal_days": "60",
    "least_minutes": "20",
    "attestation": "",
}
DISCLAIMER = "Lakeland requires an approved course. This course is not approved."


def page_of(firm: Firm, rest: str = "") -> str:
    return f"/organizations/{firm.id}/requirements{rest}"


def look_and_save(visitor: Visitor, path: str, changes: dict[str, str] | None = None) -> tuple[str, str]:
    """Preview, then save what was previewed; return the preview's page and where saving led."""
    fields = {**FORM, **(changes or {})}
    seen = visitor.post(path, {**fields, "step": "look"})
    assert seen.status_code == 200, seen.text
    code = re.search(r'name="seen"[^>]*value="([^"]+)"', seen.text)
    assert code
    saved = visitor.post(path, {**fields, "step": "save", "seen": code[1]})
    assert saved.status_code == 303, saved.text
    return seen.text, saved.headers["Location"]


def saved(app: Flask) -> list[Requirement]:
    with app.app_context():
        return list(db.session.scalars(select(Requirement).order_by(Requirement.created_at)))


def test_nothing_is_saved_before_it_was_previewed(app: Flask) -> None:
    firm = make_firm(app)
    alice = sign_in_as(app, firm.owner_id)
    path = page_of(firm, "/new?pack=plain")
    for seen in ("", "x" * 43):
        answer = alice.post(path, {**FORM, "step": "save", "seen": seen})
        assert (answer.status_code, "What would happen" in answer.text) == (200, True)
    text, _where = look_and_save(alice, path)
    code = re.search(r'name="seen"[^>]*value="([^"]+)"', text)
    assert code
    other = alice.post(path, {**FORM, "days_allowed": "5", "step": "save", "seen": code[1]})
    assert "What would happen" in other.text  # what was changed after the look is looked at first
    assert [one.days_allowed for one in saved(app)] == [90]


@pytest.mark.parametrize(
    ("given", "months", "course", "title"),
    [
        ("The guard's small course, yearly", 24, "security-officer", "The guard’s small course, every two years"),
        ("The guard's small course, yearly", 36, "recognize", "The small course, every 3 years"),
        ("The guard's small course, yearly", 1, "recognize", "The small course, every month"),
        ("The small course, every 18 months", 6, "recognize", "The small course, every 6 months"),
        ("The small course, every two years", 12, "recognize", "The small course, yearly"),
        ("Guards, yearly", 24, "recognize", "Guards, yearly"),
    ],
)
def test_the_title_of_ones_own_rule_follows_its_period_unless_it_was_typed(
    app: Flask, given: str, months: int, course: str, title: str
) -> None:
    firm = make_firm(app)
    alice, path = sign_in_as(app, firm.owner_id), page_of(firm, "/new?pack=plain")
    fields = {**FORM, "title": given, "cadence_months": str(months), "course": course}
    shown = alice.post(path, {**fields, "step": "look"}).text
    assert f'value="{escape(title)}"' in shown
    code = re.search(r'name="seen"[^>]*value="([^"]+)"', shown)
    assert code
    assert alice.post(path, {**fields, "title": title, "step": "save", "seen": code[1]}).status_code == 303
    assert [rule.title for rule in saved(app)] == [title]


def test_the_title_of_a_law_stays(app: Flask) -> None:
    firm = make_firm(app)
    changes = {"title": "The small course, yearly", "cadence_months": "24"}
    look_and_save(sign_in_as(app, firm.owner_id), page_of(firm, "/new?pack=lakeland"), changes)
    assert [rule.title for rule in saved(app)] == ["The small course, yearly"]


def test_the_preview_counts_people_and_days(app: Flask) -> None:
    with time_machine.travel(NOON, tick=False):
        firm = make_firm(app)
        firm.add("Bob", hired_on=dt.date(2026, 12, 1))
        firm.add("Dana", joined=False)
        firm.require(EVERYONE)
        firm.keep_up()
        text, where = look_and_save(sign_in_as(app, firm.owner_id), page_of(firm, "/new?pack=plain"))
        plain = re.sub(r"<[^>]+>|\s+", " ", text)
        for words in (
            "This covers 3 people.",
            "1 of them hasn’t joined yet",
            "3 would be due later.",
            "2 are taking the course now.",
        ):
            assert words in plain, words
        assert re.findall(r"<th scope=\"row\">([^<]+)</th><td class=\"r\">(\d)</td>", closed_up(text)) == [
            ("February 22, 2027", "2"),
            ("March 1, 2027", "1"),
        ]
        assert where == page_of(firm, f"/{saved(app)[1].id}")


def test_an_unapproved_state_is_named_before_saving_and_ever_after(app: Flask) -> None:
    firm = make_firm(app)
    alice = sign_in_as(app, firm.owner_id)
    path = page_of(firm, "/new?pack=lakeland")
    for text in (alice.get(page_of(firm, "/new")).text, alice.get(path).text):
        assert DISCLAIMER in text
        assert "Trained, not state-approved" in text
        assert "not legal advice" in text
    text, where = look_and_save(alice, path, {"is_paced": "y", "attestation": "I did it."})
    assert DISCLAIMER in text
    for page in (where, page_of(firm)):
        assert DISCLAIMER in alice.get(page).text
    (made,) = saved(app)
    assert (made.pack, made.unapproved_state, made.is_paced, made.attestation) == (
        "lakeland",
        "Lakeland",
        True,
        "I did it.",
    )


def test_a_pack_shows_the_help_lines_of_its_region(app: Flask, settings: Settings, shelf: Library) -> None:
    line = shelf.content.help_lines["us"][0].model_copy(
        update={"id": "ohio", "name": "Ohio line", "phone": "1-855-FLA-SAFE"}
    )
    pack = shelf.content.packs["lakeland"].model_copy(update={"region": "us-oh"})
    other = copy(shelf)
    other._content = replace(
        shelf.content,
        regions={
            **shelf.content.regions,
            "us-oh": replace(shelf.content, region=Region("us-oh", "Ohio"), help_lines={"us-oh": (line,)}),
        },
        packs={**shelf.content.packs, "lakeland": pack},
    )
    firm = make_firm(app)
    alice = sign_in_as(create_app(settings, other), firm.owner_id)
    for path in ("/new", "/new?pack=lakeland"):
        text = alice.get(page_of(firm, path)).text
        assert text.count('<a href="tel:1-855-352-7233">1-855-FLA-SAFE</a>') == 1, path
        assert "Ohio line" in text
    assert "Ohio line" not in alice.get(page_of(firm, "/new?pack=plain")).text


def test_a_pack_is_read_in_the_readers_language_or_says_that_it_is_not_translated(
    app: Flask, settings: Settings, shelf: Library
) -> None:
    here = shelf.content
    told = here.packs["lakeland"].but({"title": "Lagos, hoteles", "applies_to": "Hoteles de un estado inventado."})
    there = replace(
        here,
        packs={**here.packs, "lakeland": told},
        language="es",
        translated={"requirements/lakeland.yaml": TranslationMark(dt.date(2026, 11, 30))},
    )
    other = copy(shelf)
    other._content = replace(here, site=here.site.but({"languages": ["en", "es"]}), translations={"es": there})
    firm = make_firm(app)
    alice = sign_in_as(create_app(settings, other), firm.owner_id)
    for path, is_told in (("/new?pack=lakeland", True), ("/new?pack=plain", False), ("/new", False)):
        text = closed_up(alice.get(page_of(firm, path), headers={"Accept-Language": "es"}).text)
        assert ("Esto todavía no está traducido" in text) is not is_told, path
        assert ("Hoteles de un estado inventado." in text) is ("plain" not in path), path
    assert "Lakeland, lodging" in alice.get(page_of(firm, "/new")).text


def test_a_pack_fills_the_form(app: Flask) -> None:
    firm = make_firm(app)
    text = sign_in_as(app, firm.owner_id).get(page_of(firm, "/new?pack=lakeland")).text
    for name, value in (("days_allowed", 180), ("least_minutes", 15), ("cadence_months", 24)):
        assert re.search(rf'name="{name}"[^>]*value="{value}"', text), name
    assert re.search(r'<input checked[^>]*name="is_paced"', text)
    assert sign_in_as(app, firm.owner_id).get(page_of(firm, "/new?pack=ohio")).status_code == 404


@pytest.mark.parametrize(("sent", "is_allowed"), [({"allows_test_out": "y"}, True), ({}, False)])
def test_a_requirement_says_whether_people_may_skip_what_they_know(
    app: Flask, sent: dict[str, str], is_allowed: bool
) -> None:
    firm = make_firm(app)
    alice = sign_in_as(app, firm.owner_id)
    form = closed_up(alice.get(page_of(firm, "/new?pack=plain")).text)
    assert re.search(r'<input checked[^>]*name="allows_test_out"', form)
    _text, where = look_and_save(alice, page_of(firm, "/new?pack=plain"), sent)
    assert [one.allows_test_out for one in saved(app)] == [is_allowed]
    said = "Yes" if is_allowed else "No"
    page = closed_up(alice.get(where).text)
    assert f"May skip core lessons that they already know</th><td>{said}</td>" in page
    change = closed_up(alice.get(f"{where}/terms").text)
    assert bool(re.search(r'<input checked[^>]*name="allows_test_out"', change)) is is_allowed
    log = closed_up(alice.get(f"/organizations/{firm.id}/audit").text)
    assert re.search(rf"may skip what they know\W+(<[^>]*>)*{said.lower()}", log)


def test_whoever_asks_for_minutes_reads_what_the_lessons_take(app: Flask, shelf: Library) -> None:
    firm = make_firm(app)
    alice = sign_in_as(app, firm.owner_id)
    course = shelf.content.courses["recognize"]
    sentence = f"{course.file.title}: about {Times(shelf.content).core(course)} minutes for the lessons."
    _text, where = look_and_save(alice, page_of(firm, "/new?pack=plain"))
    for path in (page_of(firm, "/new?pack=plain"), where, f"{where}/terms"):
        assert sentence in closed_up(alice.get(path).text), path


def test_minutes_of_the_core_lessons_and_of_all_are_told_apart(settings: Settings, tmp_path: Path) -> None:
    folder = deeper.write(tmp_path)
    pack = (ROOT / "tests/content_folder/requirements/plain.yaml").read_text()
    put(folder, "requirements/plain.yaml", pack.replace("security-officer", "recognize"))
    app = create_app(settings, rich.open_library(folder))
    firm = make_firm(app)
    page = closed_up(sign_in_as(app, firm.owner_id).get(page_of(firm, "/new?pack=plain")).text)
    assert "For everyone: about 2 minutes for the core lessons, 9 for all of them." in page


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"title": ""}, "Enter a name"),
        ({"audience": "teams"}, "Not a valid choice"),
        ({"audience": "some"}, "Choose a team, a job title or a role, or enter a hire date."),
        ({"audience": "some", "teams": "x"}, "isn’t on this list anymore"),
        ({"not_job_titles": "pilot"}, "isn’t on this list anymore"),
        ({"audience": "some", "roles": "owner", "owners": ""}, "Check this box, too, or take that role out."),
        ({"audience": "some", "hired_since": "2026-13-01"}, "Not a valid date value."),
        ({"days_allowed": "731"}, "from 0 to 730"),
        ({"cadence_months": "0"}, "from 1 to 120"),
        ({"renewal_days": "x"}, "(days before it expires): enter a whole number from 1 to 365."),
        ({"course": "nowhere"}, "Not a valid choice"),
        ({"starts_on": ""}, "Enter a date."),
        ({"attestation": "x" * 501}, "at most 500"),
    ],
)
def test_a_form_with_a_fault_says_so_and_keeps_what_was_typed(
    app: Flask, changes: dict[str, str], message: str
) -> None:
    firm = make_firm(app)
    answer = sign_in_as(app, firm.owner_id).post(page_of(firm, "/new?pack=plain"), {**FORM, **changes, "step": "save"})
    assert answer.status_code == 422
    assert 'class="summary' in answer.text
    assert message in answer.text
    if "title" not in changes:
        assert 'value="All guards, every year"' in answer.text
    assert saved(app) == []


def test_conditions_and_exceptions_are_filled_in_seen_and_told(app: Flask) -> None:
    with time_machine.travel(NOON, tick=False):
        firm = make_firm(app)
        harbor = make_site(app, firm.owner_id, firm.id)
        guards = [firm.add(f"Guard {number:02}", joined=False) for number in range(13)]
        office = firm.add("Office", joined=False)
        with app.app_context(), transaction() as session:
            for number, membership_id in enumerate(guards):
                session.get_one(Membership, membership_id).job_title = "Guard" if number else " guard"
                session.add(TeamMembership(membership_id=membership_id, team_id=harbor))
            session.get_one(Membership, office).job_title = "Clerk"
        alice = sign_in_as(app, firm.owner_id)
        path = page_of(firm, "/new?pack=plain")
        form = closed_up(alice.get(path).text)
        assert "Guard (13)" in form
        assert "Clerk (1)" in form
        assert not re.search(r'<input checked[^>]*name="owners"', form)
        text, where = look_and_save(alice, path, {"owners": ""})
        assert re.search(r"This covers 14 people\..* Guard 09 *, and 4 more", re.sub(r"<[^>]+>|\s+", " ", text))
        assert "Everyone on the roster; not owners" in closed_up(alice.get(where).text)
        told = {"audience": "some", "teams": str(harbor), "job_titles": "guard", "hired_since": "2026-01-01"}
        told |= {"match": "any", "not_job_titles": "clerk", "owners": ""}
        text, where = look_and_save(alice, f"{where}/terms", told)
        assert "For: People in Harbor Mall, or with" in text
        assert re.search(r"1 person won’t have to take it anymore\. +Office ", re.sub(r"<[^>]+>|\s+", " ", text))
        words = (
            "People in Harbor Mall, or with the job title Guard, or hired on or after January 1, 2026; not owners, "
            "people with the job title Clerk"
        )
        for page in (where, page_of(firm), f"/organizations/{firm.id}/audit"):
            assert words in closed_up(alice.get(page).text), page
        form = closed_up(alice.get(f"{where}/terms").text)
        for name, value in (("teams", str(harbor)), ("job_titles", "guard"), ("not_job_titles", "clerk")):
            assert re.search(rf'name="{name}"[^>]*value="{value}"[^>]*checked', form), name
        for name, value in (("audience", "some"), ("match", "any")):
            assert re.search(rf'name="{name}"\s*value="{value}"\s*checked', form), name
        assert 'value="2026-01-01"' in form


def test_a_change_says_what_happens_to_open_duties(app: Flask) -> None:
    with time_machine.travel(NOON, tick=False):
        firm = make_firm(app)
        firm.add("Mel", role=Role.MANAGER)
        firm.add("Bob")
        requirement_id = firm.require()
        firm.keep_up()
        alice = sign_in_as(app, firm.owner_id)
        path = page_of(firm, f"/{requirement_id}/terms")
        assert 'value="30"' in alice.get(path).text
        text, _where = look_and_save(
            alice, path, {"audience": "some", "roles": "manager", "days_allowed": "10", "least_minutes": "45"}
        )
        assert "0 people are added." in text
        plain = re.sub(r"<[^>]+>|\s+", " ", text)
        assert re.search(r"2 people won’t have to take it anymore\. +Alice Able *, +Bob ", plain)
        assert re.search(r"This covers 1 person\. +Mel ", plain)
        assert "1 person gets a different first due date." in text
        firm.keep_up()
        with app.app_context():
            open_ones = db.session.execute(
                select(Membership.name, Assignment.due_on)
                .join(Membership, Membership.id == Assignment.membership_id)
                .where(Assignment.ended_at.is_(None))
            ).all()
            assert [tuple(row) for row in open_ones] == [("Mel", dt.date(2026, 12, 4))]
            minutes = {
                row.user_id: row.conditions["least_minutes"] for row in db.session.scalars(select(Enrollment)).all()
            }
        assert sorted(minutes.values()) == [20, 20, 45]
        assert "An ended" not in alice.get(page_of(firm)).text


def test_a_requirement_is_ended_after_a_question(app: Flask) -> None:
    with time_machine.travel(NOON, tick=False):
        firm = make_firm(app)
        requirement_id = firm.require()
        alice = sign_in_as(app, firm.owner_id)
        path = page_of(firm, f"/{requirement_id}/end")
        assert "1 person won’t have to take it anymore" in alice.get(path).text
        assert saved(app)[0].ended_at is None
        for _time in range(2):
            answer = alice.post(path)
            assert (answer.status_code, answer.headers["Location"]) == (303, page_of(firm, f"/{requirement_id}"))
        assert "Ended November 24, 2026" in alice.get(page_of(firm, f"/{requirement_id}")).text
        assert alice.get(page_of(firm, f"/{requirement_id}/terms")).status_code == 303
        with app.app_context():
            acts = db.session.scalars(select(AuditEvent.act).where(AuditEvent.act.startswith("requirement"))).all()
            assert sorted(acts) == ["requirement.ended", "requirement.made"]
            assert db.session.scalars(select(Assignment.id).where(Assignment.ended_at.is_(None))).all() == []


def test_the_log_shows_what_was_sent_and_why_something_was_not(app: Flask) -> None:
    with time_machine.travel(NOON, tick=False):
        firm = make_firm(app)
        firm.add("Dana", joined=False)
        firm.add("Bob")
        requirement_id = firm.require()
        firm.keep_up()
        alice = sign_in_as(app, firm.owner_id)
        with app.app_context(), transaction() as session:
            bobs = session.scalars(select(OutboxMessage).where(OutboxMessage.recipient == "bob@example.org")).all()
            next(one for one in bobs if one.template == "training-reminder").sent_at = clock.now()
        path = page_of(firm, f"/{requirement_id}")
        everything = alice.get(path).text
        assert everything.count(">30 days before<") == 3
        assert "Not sent: hasn’t joined yet" in everything
        assert "Waiting to be sent" in everything
        assert "Sent November 24, 2026" in everything
        only_sent = alice.get(f"{path}?show=sent").text
        assert ("Bob" in only_sent, "Dana" in only_sent) == (True, False)
        not_sent = alice.get(f"{path}?show=not-sent").text
        assert ("Bob" in not_sent, "Dana" in not_sent) == (False, True)


def test_a_long_log_goes_on_page_by_page(app: Flask) -> None:
    firm = make_firm(app)
    requirement_id = firm.require()
    now = clock.now()
    with app.app_context(), transaction() as session:
        assignment_id = session.scalars(select(Assignment.id)).one()
        session.add_all(
            Reminder(
                organization_id=firm.id,
                assignment_id=assignment_id,
                kind=f"overdue {number}",
                due_on=now.date(),
                created_at=now,
                skipped="waived",
            )
            for number in range(1, 121)
        )
    alice, path, found = sign_in_as(app, firm.owner_id), page_of(firm, f"/{requirement_id}"), []
    following: str | None = path
    while following:
        text = alice.get(following).text
        found += re.findall(r"Overdue, week (\d+)", text)
        older = re.search(r'href="([^"]+)">Older', text)
        following = path + older[1].replace("&amp;", "&") if older else None
    assert sorted(map(int, found)) == list(range(1, 121))


@pytest.mark.parametrize("rest", ["", "/new", "/new?pack=plain", "/{}", "/{}/terms", "/{}/end"])
def test_owners_and_managers_of_all_enter_and_nobody_else(app: Flask, rest: str) -> None:
    firm, other = make_firm(app), make_firm(app, email="mallory@example.org")
    path = page_of(firm, rest.format(firm.require()))
    insiders = {name: firm.user_of(firm.add(name, role=role)) for name, role in (
        ("Mona", Role.MANAGER), ("Mark", Role.MANAGER), ("Ines", Role.INSTRUCTOR), ("Bob", Role.MEMBER),
    )}  # fmt: skip
    for name in ("Mona", "Mark", "Ines"):
        add_second_factor(app, insiders[name])
    with app.app_context(), transaction() as session:
        session.scalars(select(Membership).where(Membership.name == "Mona")).one().manages_all = True
    users: dict[str, UUID] = {
        **insiders,
        "Alice": firm.owner_id,
        "Mallory": other.owner_id,
        "Leo": make_account(app, "leo@example.org"),
    }
    entered = {name for name, user_id in users.items() if sign_in_as(app, user_id).get(path).status_code == 200}
    assert entered == {"Alice", "Mona"}


def test_a_requirement_of_another_firm_looks_like_none(app: Flask) -> None:
    firm, other = make_firm(app), make_firm(app, email="mallory@example.org")
    theirs = other.require()
    alice = sign_in_as(app, firm.owner_id)
    for rest in ("", "/terms", "/end"):
        assert alice.get(page_of(firm, f"/{theirs}{rest}")).status_code == 404
        assert alice.post(page_of(firm, f"/{theirs}{rest}") if rest else "/nowhere", FORM).status_code == 404
    assert saved(app)[0].ended_at is None


def test_a_rule_of_ones_own_is_first_and_takes_its_title_from_the_course(app: Flask) -> None:
    firm = make_firm(app)
    alice = sign_in_as(app, firm.owner_id)
    page = alice.get(page_of(firm, "/new")).text
    assert page.index("Plain, by no law") < page.index("Lakeland, lodging")
    own = closed_up(alice.get(page_of(firm, "/new?pack=plain")).text)
    with app.app_context():
        course = served().courses[served().packs["plain"].defaults.course].file.title
    assert f'value="{escape(course)}, yearly"' in own
    assert "We read it on" not in own
    assert 'value="Lakeland, lodging"' in alice.get(page_of(firm, "/new?pack=lakeland")).text


def test_what_is_rarely_changed_is_folded_and_open_where_something_is_wrong(app: Flask) -> None:
    firm = make_firm(app)
    alice = sign_in_as(app, firm.owner_id)
    path = page_of(firm, "/new?pack=plain")
    assert re.search(r"<details>\s*<summary>Rarely changed", alice.get(path).text)
    wrong = alice.post(path, {**FORM, "renewal_days": "0", "step": "look"}).text
    assert re.search(r"<details open>\s*<summary>Rarely changed", wrong)
    assert re.search(r"<details open>\s*<summary>Exceptions", wrong)  # owners are asked, too
