"""A pack answers alone: who was current, why someone was excused, who taught whom, whether a certificate is real."""

from __future__ import annotations

import datetime as dt
import io
import re
from urllib.parse import unquote

import pypdf
import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from tests.cast import actor_of, certify, context_of, join_class, make_class, start_practice
from tests.compliance.conftest import Training, require
from tests.extras.meetings.cast import hold_meeting
from tests.extras.packs.made import cover, finish, order, order_on, page, table
from tests.organizations.conftest import Acme
from tests.support import COURSE
from trainer.assessment.models import Response
from trainer.assignments.models import Assignment, Reminder
from trainer.assignments.operations import change_requirement, end_waiver, waive
from trainer.assignments.queries import get_requirement, wanted_by
from trainer.assignments.rules import Audience
from trainer.assignments.upkeep import assign_missing
from trainer.compliance.rules import is_kept
from trainer.content.papers import FormerStaff
from trainer.content.serving import served
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.outbox import NO_SERVER, post
from trainer.credentials.models import Credential
from trainer.extras.meetings.models import ClassSession
from trainer.extras.meetings.sessions import note_attendance, sign_off
from trainer.extras.packs import pages as pack_pages
from trainer.jobs.upkeep import keep_up
from trainer.learning.models import LessonResponse
from trainer.learning.operations import enroll
from trainer.learning.queries import get_enrollment
from trainer.organizations.models import Membership
from trainer.organizations.operations import remove_person
from trainer.organizations.queries import get_person

CANARY = "zebra-crossing"


def duty_of(membership_id: object) -> object:
    return select(Assignment.id).where(Assignment.membership_id == membership_id)


def tell_story(training: Training) -> None:
    """Excuse Dana twice and Mark for a while, teach Bob in person, change what is required."""
    acme, app = training.acme, training.acme.app
    cohort = make_class(app, acme.users["ines"], acme.id)
    meeting = hold_meeting(app, acme.users["ines"], cohort)
    member = join_class(app, acme.users["mark"], cohort, f"{CANARY} nickname")
    start_practice(app, acme.users["bob"])
    with app.app_context(), transaction() as session:
        session.execute(update(ClassSession).values(note=f"{CANARY} note"))
        session.execute(update(Response).values(given={"verdict": CANARY, "line": CANARY}))
        course = served().courses[COURSE]
        enroll(acme.users["bob"], course, now())
        session.add(
            LessonResponse(
                enrollment_id=get_enrollment(acme.users["bob"], COURSE).id,
                lesson=course.lessons[0].id,
                item="q",
                item_digest="d",
                given={"text": CANARY},
                answered_at=now(),
            )
        )
    with app.app_context(), transaction() as session:
        context = context_of(acme.users["ines"], cohort)
        note_attendance(context, meeting, [member], now())
        sign_off(context, meeting, "Ines I. Ito", served().courses[COURSE], True, now())
        dana, mark = (session.scalars(duty_of(acme.people[name])).one() for name in ("dana", "mark"))  # type: ignore[call-overload]
        mona, alice = (actor_of(acme.users[name], acme.id) for name in ("mona", "alice"))
        waive(mona, dana, "On leave, <b>soon</b> back", dt.date(2099, 1, 1), now())
        waive(alice, dana, "Parental leave", dt.date(2099, 3, 3), now())
        waive(alice, mark, "Sick", dt.date(2099, 1, 1), now())
        end_waiver(mona, mark, now())
        rule = wanted_by(get_requirement(alice, training.requirement))
        change_requirement(mona, training.requirement, rule, served().courses, now())
        for skipped in ("no address", None):
            session.add(
                Reminder(
                    organization_id=acme.id,
                    assignment_id=dana,
                    skipped=skipped,
                    kind=f"overdue {1 if skipped else 2}",
                    due_on=dt.date(2026, 1, 1),
                    created_at=now(),
                )
            )


def make_pack(training: Training) -> dict[str, bytes]:
    tell_story(training)
    return finish(training.acme.app, order(training))


def test_four_questions_are_answered_by_the_page_alone(training: Training) -> None:
    files = make_pack(training)
    text = page(files)
    assert re.search(r"On \w+ \d+, \d{4}, 1 of 6 people were current\.", text)
    assert "Dana Dow . Parental leave" in text
    assert "Excused until March 3, 2099. Decided by Alice Able, owner on" in text
    assert "Taught by Ines Ito, 60 minutes" in text
    assert re.search(r"1 person was there .*? Mark Moe 2, \d+ min Ines Ito, instructor, .*?, as “Ines I. Ito”", text)
    assert text.count("Signed by the instructor: “I taught these people in person on") == 1
    (serial,) = (row["Certificate"] for row in table(files, "completions"))
    assert serial in text
    assert f'href="http://127.0.0.1:8000/verify/{serial}"' in files["index.html"].decode()
    assert "What isn’t in here No answers, no notes" in text
    assert "http://127.0.0.1:8000/pack" in text
    assert "Ordered by Alice Able, owner" in text
    for words in ("1 of 6 people were current", "http://127.0.0.1:8000/pack", "Alice Able, owner", "not a license"):
        assert words in cover(files)


def test_the_tables_say_who_decided_taught_reminded_and_changed(training: Training) -> None:
    files = make_pack(training)
    waivers = [
        (row["Reason"], row["Decided by"], row["Ended by"], row["In effect on the day of this pack"])
        for row in table(files, "waivers")
    ]
    assert waivers == [
        ("Parental leave", "Alice Able, owner", "", "yes"),
        ("On leave, <b>soon</b> back", "Mona May, manager", "Alice Able, owner", "no"),
        ("Sick", "Alice Able, owner", "Mona May, manager", "no"),
    ]
    (taught,) = table(files, "meetings")
    assert (taught["Taught by"], taught["Name"], taught["Signed off by"]) == (
        "Ines Ito",
        "Mark Moe",
        "Ines Ito, instructor",
    )
    assert taught["Signature"] == "Ines I. Ito"
    assert taught["Statement signed"].startswith("I taught these people in person on ")
    assert [row["Outcome"] for row in table(files, "reminders")] == ["Not sent: no email address", "No longer kept"]
    changes = [(row["What"], row["By"]) for row in table(files, "requirement-history")]
    assert changes == [("Set a requirement", "Alice Able, owner"), ("Changed a requirement", "Mona May, manager")]
    assert {row["Name"]: row["Teams"] for row in table(files, "roster")}["Bob Builder"] == "Harbor Mall"


def test_nothing_that_a_firm_may_not_see_is_in_it(training: Training) -> None:
    files = make_pack(training)
    read = {name: data for name, data in files.items() if not name.endswith(".pdf")}
    read |= {
        name: "".join(sheet.extract_text() for sheet in pypdf.PdfReader(io.BytesIO(data)).pages).encode()
        for name, data in files.items()
        if name.endswith(".pdf")
    }
    for secret in (CANARY, "@example.org", "Canary Quux", "Secret Site", "Other Security"):
        assert [name for name, data in read.items() if secret.encode() in data] == []
        assert [name for name in files if secret in name] == []


def test_every_page_works_alone_and_every_link_leads_somewhere(
    training: Training, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pack_pages, "ROWS", 2)
    files = make_pack(training)
    pages = [name for name in files if name.endswith(".html")]
    assert {"pages/people-2.html", "pages/people-3.html"} <= set(pages)
    for name in pages:
        text = files[name].decode()
        assert not re.search(r'<script|<link|<iframe|\bsrc=|@import|url\((?!#)|\son\w+="', text), name
        ids = set(re.findall(r'id="([^"]+)"', text))
        for address in re.findall(r'href="([^"]*)"', text):
            if address.startswith("http"):
                assert address.startswith("http://127.0.0.1:8000/verify/")
                continue
            path, _, place = address.partition("#")
            parts = [*name.split("/")[:-1], *unquote(path).split("/")] if path else name.split("/")
            while ".." in parts:
                at = parts.index("..")
                del parts[at - 1 : at + 1]
            target = "/".join(parts)
            assert target in files, (name, address)
            assert not place or f'id="{place}"' in files[target].decode(), (name, address)
        assert len(ids) == len(re.findall(r'id="([^"]+)"', text))
    everyone = " ".join(page(files, name) for name in pages if "rule" not in name)
    for row in table(files, "training-status"):
        assert everyone.count(row["Name"]) >= 1
    assert "<b>soon</b>" not in files["index.html"].decode()


def test_a_pack_of_a_day_shows_that_day_whatever_came_after(app: Flask, acme: Acme) -> None:
    with time_machine.travel(now() + dt.timedelta(days=1)):
        require(app, acme.users["alice"], acme.id, days_allowed=0)
        first = actor_day(acme)
        kept_up(acme)
    with time_machine.travel(now() + dt.timedelta(days=4)):
        certify(app, acme.users["bob"])
        with app.app_context(), transaction():
            actor = actor_of(acme.users["alice"], acme.id)
            remove_person(actor, get_person(actor, acme.people["dana"]), actor.today(now()), now())
        second = actor_day(acme)
    with time_machine.travel(now() + dt.timedelta(days=8)):
        with app.app_context():
            list(keep_up(acme.id))
        packs = [finish(app, order_on(acme, day)) for day in (first, second, actor_day(acme))]
    assert [len(table(files, "completions")) for files in packs] == [0, 1, 1]
    assert ["Dana Dow" in {row["Name"] for row in table(files, "roster")} for files in packs] == [True, True, False]
    assert [len(table(files, "training-status")) for files in packs] == [6, 6, 5]
    current = [row["Name"] for files in packs for row in table(files, "training-status") if row["Status"] == "Current"]
    assert current == ["Bob Builder", "Bob Builder"]
    assert "1 of 6 people were current" in page(packs[1])
    assert "At the end of" in page(packs[0])
    assert "At the end of" not in page(packs[2])


def actor_day(acme: Acme) -> dt.date:
    with acme.app.app_context():
        return actor_of(acme.users["alice"], acme.id).today(now())


def kept_up(acme: Acme) -> None:
    with acme.app.app_context(), transaction():
        assign_missing(actor_of(acme.users["alice"], acme.id).organization, served().courses, now(), None)


def test_former_staff_are_in_it_as_long_as_the_law_behind_a_requirement_says(training: Training) -> None:
    acme, app = training.acme, training.acme.app
    with app.app_context(), transaction():
        actor = actor_of(acme.users["alice"], acme.id)
        remove_person(actor, get_person(actor, acme.people["bob"]), actor.today(now()), now())
    with time_machine.travel(now() + dt.timedelta(days=2)):
        without = finish(app, order(training))
        require(app, acme.users["alice"], acme.id, title="Lakeland", pack="lakeland", audience=Audience())
        files = finish(app, order(training))
    with time_machine.travel(now() + dt.timedelta(days=800)):
        later = finish(app, order(training))
    assert (table(without, "former-staff"), table(later, "former-staff")) == ([], [])
    assert [row["Name"] for row in table(files, "former-staff")] == ["Bob Builder"]
    assert [name for name in files if name.startswith("certificates/Bob Builder - ")]
    assert [name for name in without if name.startswith("certificates/")] == []
    assert "for 2 years after completing the course" in page(files)


@pytest.mark.on_both
def test_who_left_and_came_back_is_no_former_staff_and_is_listed_once(training: Training) -> None:
    acme, app = training.acme, training.acme.app
    require(app, acme.users["alice"], acme.id, title="Lakeland", pack="lakeland")
    with app.app_context(), transaction():
        actor = actor_of(acme.users["alice"], acme.id)
        remove_person(actor, get_person(actor, acme.people["bob"]), actor.today(now()), now())
    with time_machine.travel(now() + dt.timedelta(days=2)):
        with app.app_context(), transaction() as session:
            facts = {"name": "Bob Builder", "name_key": "bob builder", "email": "bob@example.org", "role": "member"}
            session.add(
                Membership(
                    organization_id=acme.id,
                    user_id=acme.users["bob"],
                    **facts,
                    email_key="bob@example.org",
                    created_at=now(),
                    joined_at=now(),
                )
            )
        files = finish(app, order(training))
    assert table(files, "former-staff") == []
    assert [row["Name"] for row in table(files, "roster")].count("Bob Builder") == 1
    assert len([name for name in files if name.startswith("certificates/")]) == 1


@pytest.mark.on_both
def test_a_site_managers_pack_holds_the_people_of_his_sites_alone(training: Training) -> None:
    tell_story(training)
    files = finish(training.acme.app, order_on(training.acme, actor_day(training.acme), "mark"))
    assert {row["Name"] for row in table(files, "roster")} == {"Bob Builder", "Mark Moe"}
    assert {row["Name"] for row in table(files, "waivers")} == {"Mark Moe"}
    assert table(files, "reminders") == []
    assert [name for name, data in files.items() if b"Dana Dow" in data] == []


def test_reminders_without_a_mail_server_dont_read_as_a_failure(training: Training) -> None:
    acme, day = training.acme, actor_day(training.acme)

    def remind(kind: str, skipped: str | None, **facts: object) -> None:
        with acme.app.app_context(), transaction() as session:
            duty = session.scalars(duty_of(acme.people["bob"])).one()  # type: ignore[call-overload]
            mail = None if skipped else post("training-reminder", "bob@example.org", "en", {}, now())
            for name, value in facts.items():
                setattr(mail, name, value)
            about = {"kind": kind, "due_on": day, "created_at": now(), "skipped": skipped}
            message_id = mail.id if mail else None
            session.add(Reminder(organization_id=acme.id, assignment_id=duty, message_id=message_id, **about))

    remind("overdue 1", None)
    remind("overdue 2", None, dead_at=now(), last_error=NO_SERVER)
    files = finish(acme.app, order(training))
    for text in (page(files), cover(files)):
        assert "0 sent, 2 not sent: the site had no mail server" in text
    assert {row["Outcome"] for row in table(files, "reminders")} == {
        "Waiting to be sent: the site has no mail server",
        "Not sent: the site had no mail server",
    }
    remind("overdue 3", "no address")
    assert "0 sent, 3 not sent, 2 of them since the site had no mail server" in page(finish(acme.app, order(training)))


@pytest.mark.parametrize(
    ("since", "completed_on", "is_in"),
    [("leaving", None, True), ("completion", None, False), ("completion", dt.date(2025, 11, 2), True)],
)
def test_a_law_counts_from_leaving_or_from_completion(since: str, completed_on: dt.date | None, is_in: bool) -> None:
    law = FormerStaff(years=1, since=since)
    left_on = dt.date(2025, 11, 2)
    assert is_kept(law, left_on, completed_on, dt.date(2026, 11, 2)) is is_in
    assert not is_kept(law, left_on, completed_on, dt.date(2026, 11, 3))


def test_a_firm_and_a_name_in_letters_without_a_font_still_get_a_pack(training: Training) -> None:
    acme = training.acme
    with acme.app.app_context(), transaction() as session:
        actor_of(acme.users["alice"], acme.id).organization.name = "𓀀𓁀 Security"
        session.execute(update(Credential).values(holder_name="𓀀𓁀"))
    files = finish(acme.app, order(training))
    assert "1 of 6 people were current" in cover(files)
    assert "𓀀𓁀 Security" in page(files)
    (name,) = (name for name in files if name.startswith("certificates/"))
    assert name.endswith(".txt")
    assert "No font is installed" in files[name].decode()


def test_whoever_has_left_isnt_excused_on_the_day(training: Training) -> None:
    acme = training.acme
    with acme.app.app_context(), transaction() as session:
        alice = actor_of(acme.users["alice"], acme.id)
        for name in ("dana", "mark"):
            duty = session.scalars(duty_of(acme.people[name])).one()  # type: ignore[call-overload]
            waive(alice, duty, f"Leave of {name}", dt.date(2099, 1, 1), now())
        remove_person(alice, get_person(alice, acme.people["dana"]), alice.today(now()) - dt.timedelta(days=1), now())
    with acme.app.app_context():
        for _portion in keep_up(acme.id):
            pass
    with time_machine.travel(now() + dt.timedelta(seconds=5), tick=False):
        files = finish(acme.app, order(training))
    told = {row["Reason"]: row["In effect on the day of this pack"] for row in table(files, "waivers")}
    assert told == {"Leave of mark": "yes", "Leave of dana": "no"}
    assert "1 was excused, with a reason." in page(files)
    assert "1 on that day, 1 earlier; who decided, until when" in page(files)
