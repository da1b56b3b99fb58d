"""A firm's own page: a checklist until the firm runs, then who is current, what needs attention, and what comes."""

from __future__ import annotations

import datetime as dt
import re
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, select, update

from tests.cast import LOCAL, actor_of, join_class, make_account, make_class, make_firm, put_on_roster, sign_in_as
from tests.compliance.conftest import Training, require
from tests.compliance.conftest import training as training
from tests.organizations.conftest import Acme
from tests.organizations.conftest import acme as acme
from tests.support import COURSE, Visitor, closed_up
from trainer.assignments.models import Assignment, Reminder
from trainer.assignments.operations import waive
from trainer.content.library import Library
from trainer.core.audit import AuditEvent
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.core.outbox import NO_LONGER_NEEDED, OutboxMessage
from trainer.credentials.models import Credential
from trainer.credentials.operations import revoke
from trainer.credentials.rules import Reason
from trainer.extras.pins.models import PinSlip
from trainer.extras.pins.slips import print_slips
from trainer.extras.webhooks.models import Webhook
from trainer.instructing.board import MOST_CLASSES
from trainer.instructing.models import Cohort
from trainer.organizations.invitations import invite
from trainer.organizations.models import Invitation, Membership, Organization
from trainer.organizations.queries import get_person
from trainer.organizations.rules import Role
from trainer.roster.drafts import keep_draft
from trainer.roster.reading import read_list

pytestmark = pytest.mark.on_both

DAY = dt.timedelta(days=1)


def steps(page: str) -> list[str]:
    """Return of each step of the checklist whether it is done, skipped or open."""
    if 'id="steps"' not in page:
        return []
    items = page.split('id="steps"')[1].split("</ol>")[0].split("<li")[1:]
    return ["done" if "Done" in item else "skipped" if "Skipped" in item else "open" for item in items]


def needs(page: str) -> dict[str, str]:
    """Return what needs attention: text -> address."""
    part = page.split('id="needs"')[1].split("</ul>")[0] if 'id="needs"' in page else ""
    found = re.findall(r'<a href="(.*?)">(.*?)</a>', part)
    return {text: address.replace("&amp;", "&") for address, text in found}


def rows(visitor: Visitor, address: str) -> int:
    """Return how many rows the list at an address has, over all of its pages."""
    number = 0
    while address:
        page = visitor.get(address).text
        table = page.partition('<table class="tbl fold')[2].partition("</table>")[0]
        number += table.partition("<tbody>")[2].count("<tr")
        following = re.search(r'href="(\?[^"]*after=[^"]*)"', page)
        address = address.split("?")[0] + following[1].replace("&amp;", "&") if following else ""
    return number


def number_in(text: str) -> int:
    """Return the number that a line begins with."""
    return int(text.split()[0])


def test_the_bar_leads_whoever_has_a_role_to_their_firm_without_a_query(acme: Acme, shelf: Library) -> None:
    lesson, seen = f"/courses/{COURSE}/{shelf.content.courses[COURSE].first_lesson.id}", list[str]()
    with acme.app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    for name, is_led in (("alice", True), ("ines", True), ("bob", False), ("charlie", False)):
        visitor, counts = acme.enter(name), []
        for page in (lesson, "/help", "/me", lesson, "/help"):
            seen.clear()
            text = visitor.get(page).text
            counts.append(len(seen))
        assert ("My firm" in text, f'href="{acme.path()}"' in text) == (is_led, is_led)
        assert counts[3:] == counts[:2]
        assert ("My firm" in visitor.get(lesson).text) is is_led


def test_the_bar_leads_to_no_firm_once_a_role_is_taken_away(acme: Acme) -> None:
    mark, mallory = acme.enter("mark"), acme.enter("mallory")
    assert "My firm" in mark.get(acme.path()).text
    with acme.app.app_context(), transaction():
        db.session.execute(update(Membership).values(role=Role.MEMBER).where(Membership.id == acme.people["mark"]))
    assert "My firm" not in mark.get(acme.path()).text
    assert "My firm" not in mark.get("/me").text
    assert f'href="/organizations/{acme.other}"' in mallory.get("/me").text
    assert mallory.get(acme.path()).status_code == 404
    assert "My firm" in mallory.get("/help").text


def test_a_firm_is_led_step_by_step_until_it_runs(acme: Acme) -> None:
    app, alice = acme.app, acme.enter("alice")
    firm = make_firm(app, acme.users["alice"], "New Security")
    path = f"/organizations/{firm}"
    assert steps(alice.get(path).text) == ["open"] * 4
    put_on_roster(app, firm, None, name="Pat Poe", email="pat@example.org")
    put_on_roster(app, firm, None, name="Gus Gray", email=None, employee_number="007")
    page = alice.get(path).text
    assert steps(page) == ["open", "done", "open", "open", "open", "open"]
    assert "1 of 6 steps done" in closed_up(page)
    assert page.count('class="btn fill"') == 1
    assert ("Reminders and renewals then run" in page, "One at each site" in page) == (True, False)
    require(app, acme.users["alice"], firm)
    with app.app_context(), transaction():
        actor = actor_of(acme.users["alice"], firm)
        invite(actor, get_person(actor, find(actor.organization_id, "Pat Poe")), now())
        print_slips(actor, None, now())
    assert steps(alice.get(path).text) == ["done", "done", "done", "done", "open", "open"]
    put_on_roster(app, firm, make_account(app, "joined@example.org"), name="Joan Joy", email="joined@example.org")
    page = alice.get(path).text
    assert steps(page) == ["open"]
    assert "One more way to join" in page
    assert "0 of 3 people are current; nobody is overdue." in closed_up(page)
    waiting = re.findall(r'href="([^"]*)"[^>]*>2 haven’t joined yet', page)
    assert waiting == [f"{path}/people?state=waiting"]
    people = alice.get(waiting[0]).text
    assert [name in people for name in ("Pat Poe", "Gus Gray", "Joan Joy")] == [True, True, False]
    alice.post(f"{path}/skipped-steps", {"step": "posters"})
    assert steps(alice.get(path).text) == []


def find(firm: UUID, name: str) -> UUID:
    """Return someone's membership by name."""
    person = select(Membership.id).where(Membership.organization_id == firm, Membership.name == name)
    return db.session.scalars(person).one()


def test_only_what_is_optional_is_skipped_once_and_on_record(acme: Acme) -> None:
    firm = make_firm(acme.app, acme.users["alice"], "New Security")
    alice, path = acme.enter("alice"), f"/organizations/{firm}"
    assert alice.post(f"{path}/skipped-steps", {"step": "roster"}).status_code == 422
    for _twice in range(2):
        assert alice.post(f"{path}/skipped-steps", {"step": "posters"}).status_code == 303
    assert steps(alice.get(path).text) == ["open", "open", "skipped", "open"]
    with acme.app.app_context():
        assert db.session.get_one(Organization, firm).skipped_steps == ["posters"]
        acts = db.session.scalars(select(AuditEvent.act).where(AuditEvent.organization_id == firm)).all()
        assert acts.count("organization.step_skipped") == 1
    assert acme.enter("mallory").post(f"{path}/skipped-steps", {"step": "posters"}).status_code == 404
    assert acme.enter("mark").post(acme.path("/skipped-steps"), {"step": "posters"}).status_code == 404


def test_every_line_counts_the_rows_that_it_leads_to(training: Training) -> None:
    acme = training.acme
    make_needy(training)
    alice = acme.enter("alice")
    page = closed_up(alice.get(acme.path()).text)
    lines = needs(page)
    counted = {text: address for text, address in lines.items() if text[0].isdigit() and "asking" not in address}
    assert [number_in(text) for text in counted] == [rows(alice, address) for address in counted.values()]
    assert [text.split(" ", 1)[1] for text in counted] == [
        "person is overdue",
        "invitation couldn’t be delivered",
        "reminder couldn’t be delivered: For everyone, yearly",
        "invitation has no answer, and nothing more goes out automatically",
        "person hasn’t been invited",
        "PIN slip has expired or expires within 3 days",
        "person without email has no PIN slip",
        "certificate or training record expires within 14 days",
        "waiver ends within 14 days",
    ]
    others = {text for text in lines if text not in counted}
    assert {re.sub(" at .* is ", " is ", text) for text in others} == {
        "The webhook to hooks.example.com isn’t getting through",
        "A roster that you sent is waiting for you to confirm it",
    }
    assert all(alice.get(address).status_code == 200 for address in lines.values())
    mark = acme.enter("mark")
    marks = needs(closed_up(mark.get(acme.path()).text))
    assert [number_in(text) for text in marks] == [rows(mark, address) for address in marks.values()]
    assert {text.split(" ", 1)[1] for text in marks} == {"certificate or training record expires within 14 days"}


def test_a_withdrawn_certificate_is_told_for_thirty_days_with_name_date_and_reason(training: Training) -> None:
    acme, begins = training.acme, now()
    line = "Bob Builder’s certificate was withdrawn on {day}: The training wasn’t the holder’s own work."
    with time_machine.travel(begins, tick=False) as traveller:
        with acme.app.app_context(), transaction():
            serial = db.session.scalars(select(Credential.serial).where(Credential.user_id == acme.users["bob"])).one()
            revoke(serial, Reason.NOT_OWN_WORK, now())
        alice, told = acme.enter("alice"), line.format(day=day_of(acme, begins))
        lines = needs(closed_up(alice.get(acme.path()).text))
        page = closed_up(alice.get(lines[told]).text)
        assert f"(withdrawn {day_of(acme, begins, '%B')}: The training wasn’t the holder’s own work.)" in page
        assert told in needs(closed_up(acme.enter("mark").get(acme.path()).text))
        assert "was withdrawn" not in acme.enter("ines").get(acme.path()).text
        traveller.shift(31 * DAY)
        assert told not in needs(closed_up(acme.enter("alice").get(acme.path()).text))


def day_of(acme: Acme, instant: dt.datetime, month: str = "%b") -> str:
    """Return a day by the firm's calendar, as pages write it."""
    with acme.app.app_context():
        zone = db.session.get_one(Organization, acme.id).time_zone
    local = instant.astimezone(ZoneInfo(zone))
    return f"{local:{month}} {local.day}, {local.year}"


def make_needy(training: Training) -> None:
    """Bring about one of each thing that needs attention."""
    acme, at, day = training.acme, now(), training.acme.today()
    people = {
        name: put_on_roster(acme.app, acme.id, None, name=name, **facts, teams=[acme.motel])  # type: ignore[arg-type]
        for name, facts in {
            "Asked Long Ago": {"email": "long@example.org"},
            "Asked Today": {"email": "today@example.org"},
            "Bounced Back": {"email": "bounced@example.org"},
            "Gus Gray": {"email": None, "employee_number": "007"},
            "Gia Green": {"email": None, "employee_number": "008"},
        }.items()
    }
    with acme.app.app_context(), transaction():
        actor = actor_of(acme.users["alice"], acme.id)
        for name in ("Asked Long Ago", "Asked Today", "Bounced Back"):
            invite(actor, get_person(actor, people[name]), at - (DAY if "Today" in name else 8 * DAY))
        bounced = db.session.scalars(
            select(Invitation.id).where(Invitation.membership_id == people["Bounced Back"])
        ).one()
        for mail in db.session.scalars(select(OutboxMessage)):
            if mail.ids.get("invitation") == bounced.hex:
                mail.dead_at, mail.tries, mail.last_error = at, 1, "550 no such user"
            elif mail.template == "invitation":
                mail.dead_at, mail.tries, mail.last_error = at, 1, NO_LONGER_NEEDED
        print_slips(actor, None, at - 12 * DAY)
        gia = select(PinSlip).where(PinSlip.membership_id == people["Gia Green"])
        db.session.delete(db.session.scalars(gia).one())
        duties = {
            row.membership_id: row
            for row in db.session.scalars(select(Assignment).where(Assignment.organization_id == acme.id))
        }
        late, waived = duties[acme.people["mona"]], duties[acme.people["ines"]]
        for duty in duties.values():
            duty.due_on = day + 60 * DAY
        late.due_on = day - DAY
        waive(actor, waived.id, "On leave", day + 10 * DAY, at)
        message = OutboxMessage(
            template="training-reminder",
            recipient="mona@example.org",
            ids={},
            message_id="<1@example.org>",
            created_at=at,
            due_at=at,
            dead_at=at,
            tries=3,
        )
        db.session.add(message)
        db.session.flush()
        db.session.add(
            Reminder(
                organization_id=acme.id,
                assignment_id=late.id,
                kind="1 day",
                due_on=late.due_on,
                created_at=at,
                message_id=message.id,
            )
        )
        db.session.execute(
            update(Credential).where(Credential.user_id == acme.users["bob"]).values(valid_until=day + 9 * DAY)
        )
        db.session.add(
            Webhook(
                organization_id=acme.id,
                created_by_id=acme.users["alice"],
                url="https://hooks.example.com/x",
                kinds=[],
                key_id="k",
                created_at=at,
                failures=3,
            )
        )
        keep_draft(actor, read_list("name,e-mail\nPat Poe,pat@example.org\n"), at)


def test_a_firm_without_trouble_shows_none(acme: Acme) -> None:
    firm = make_firm(acme.app, acme.users["alice"], "Calm Security")
    put_on_roster(acme.app, firm, make_account(acme.app, "calm@example.org"), name="Cal Calm", email="calm@example.org")
    require(acme.app, acme.users["alice"], firm, starts_on=acme.today())
    page = closed_up(acme.enter("alice").get(f"/organizations/{firm}").text)
    assert "Needs attention" not in page
    assert "Nothing is due, and nothing ends." in page


def test_the_next_weeks_add_up_to_what_their_links_show(training: Training) -> None:
    acme, day = training.acme, training.acme.today()
    make_needy(training)
    with acme.app.app_context(), transaction():
        others = Assignment.membership_id.not_in([acme.people["mona"], acme.people["ines"]])
        dues = select(Assignment).join(Membership, Membership.id == Assignment.membership_id).order_by(Membership.name)
        for number, duty in enumerate(db.session.scalars(dues.where(Assignment.organization_id == acme.id, others))):
            duty.due_on = day + (3 + 6 * number) * DAY
    alice = acme.enter("alice")
    table = alice.get(acme.path()).text.split('id="ahead"')[1].split("</table>")[0]
    links = re.findall(r'href="(.*?)">\s*(\d+)', table)
    assert len(links) >= 4
    assert all("<a" in row for row in table.split("<tr")[2:])
    for address, number in links:
        assert int(number) == rows(alice, address.replace("&amp;", "&")), address
    whole = acme.path(f"/training?from={day}&to={day + 30 * DAY}")
    assert sum(int(number) for _address, number in links) == rows(alice, whole)


@pytest.mark.parametrize("rest", ["from=soon", "to=2026-02-30", "end=nothing", "group=nobody"])
def test_a_filter_that_does_not_exist_is_refused(training: Training, rest: str) -> None:
    answer = training.acme.enter("alice").get(training.acme.path(f"/training?{rest}"))
    assert answer.status_code == 404
    assert "Open training status" in answer.text


@pytest.mark.parametrize("page", ["invitations", "pin-slips"])
def test_an_unknown_state_of_people_is_refused(acme: Acme, page: str) -> None:
    assert acme.enter("alice").get(acme.path(f"/{page}?state=odd")).status_code == 404


def test_an_instructor_finds_codes_and_who_is_stuck_and_nothing_about_the_firms_people(acme: Acme) -> None:
    cohort = make_class(acme.app, acme.users["ines"], acme.id, title="Night shift")
    others = [make_class(acme.app, acme.users["ines"], acme.id, title=f"Class {n}") for n in range(MOST_CLASSES)]
    join_class(acme.app, acme.users["bob"], cohort)
    with acme.app.app_context(), transaction():
        for other in others:
            db.session.get_one(Cohort, other).starts_on -= DAY
    with time_machine.travel(now() + 8 * DAY):
        page = closed_up(acme.enter("ines").get(acme.path()).text)
    assert "Night shift" in page
    assert "1 is stuck" in page
    assert f"/cohorts/{cohort}?show=stuck" in page
    assert "0 of 1 person has completed the course." in page
    assert page.count('class="mono"') == MOST_CLASSES
    for words in ("steps done", "people are current", "on the roster", "Dana Dow"):
        assert words not in page


def test_a_member_finds_what_to_do_and_what_the_firm_sees(training: Training) -> None:
    acme = training.acme
    put_on_roster(acme.app, acme.other, acme.users["bob"], Role.MEMBER)
    bob = acme.enter("bob")
    page = bob.get(acme.path()).text
    assert "Nothing is due for you here now." in page
    assert "What this firm sees about you" in page
    for words in ("steps done", "Classes", "on the roster", "Training status"):
        assert words not in page
    require(acme.app, acme.users["mallory"], acme.other, days_allowed=1, starts_on=acme.today(), cadence_months=1)
    new = make_account(acme.app, "newguard@example.org")
    put_on_roster(acme.app, acme.other, new, name="New Guard", email="newguard@example.org")
    require(acme.app, acme.users["mallory"], acme.other, days_allowed=1, starts_on=acme.today())
    guard = sign_in_as(acme.app, new, LOCAL)
    page = closed_up(guard.get(f"/organizations/{acme.other}").text)
    assert "For you to do" in page
    assert f'action="/courses/{COURSE}/enrollments"' in page or "Continue" in page or "Start" in page


def test_the_page_takes_few_statements_however_many_need_attention(training: Training) -> None:
    acme = training.acme
    alice = acme.enter("alice")
    make_needy(training)
    first = statements_of(acme.app, alice, acme.path())
    for number in range(30):
        put_on_roster(acme.app, acme.id, None, name=f"More {number}", email=f"more{number}@example.org")
    assert statements_of(acme.app, alice, acme.path()) == first
    assert first <= 28


def statements_of(app: Flask, visitor: Visitor, path: str) -> int:
    """Return how many statements a page takes."""
    seen: list[str] = []
    with app.app_context():
        engine = db.engine

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    assert visitor.get(path).status_code == 200
    event.remove(engine, "before_cursor_execute", note)
    return len(seen)


def test_people_who_are_overdue_in_two_things_are_counted_once(training: Training) -> None:
    acme = training.acme
    require(acme.app, acme.users["alice"], acme.id, title="For everyone, again", course="security-officer")
    with acme.app.app_context(), transaction():
        mona = select(Assignment).where(Assignment.membership_id == acme.people["mona"])
        others = update(Assignment).where(Assignment.organization_id == acme.id)
        db.session.execute(others.values(due_on=acme.today() + 60 * DAY))
        for duty in db.session.scalars(mona):
            duty.due_on = acme.today() - DAY
    page = closed_up(acme.enter("alice").get(acme.path()).text)
    assert "1 person is overdue" in needs(page)
    legend = page.split('class="meta" aria-hidden="true"')[1].split("</p>")[0]
    assert "1 overdue" in legend
    assert "Was due" in acme.enter("alice").get(acme.path("/training?group=late")).text
