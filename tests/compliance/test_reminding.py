"""Reminding by hand: whom a filter shows, once a day, with the reason for everyone else; and the log of sent mail."""

from __future__ import annotations

import csv
import datetime as dt
import io
import threading
from collections import Counter
from dataclasses import replace
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, update

from tests.assignments.firm import EVERYONE, Firm, make_firm
from tests.cast import certify, make_account, make_site, put_on_roster, sign_in_as
from tests.extras.api.conftest import read, token_of
from tests.jobs.conftest import Mailbox, mailbox
from trainer.accounts.models import User
from trainer.app import create_app
from trainer.assignments.models import Assignment, Reminder
from trainer.assignments.operations import waive
from trainer.compliance.reminding import plan, remind
from trainer.compliance.rules import StatusFilter, StatusGroup
from trainer.content.library import Library
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.core.outbox import OutboxMessage
from trainer.core.settings import Settings
from trainer.jobs.delivery import deliver
from trainer.organizations.closing import set_invitations_a_day
from trainer.organizations.invitations import invite_all
from trainer.organizations.models import Membership, TeamMembership
from trainer.organizations.rules import Role

pytestmark = pytest.mark.on_both

__all__ = ["mailbox"]

NOON = "2026-11-24T17:00:00Z"  # a Tuesday, noon in New York
DAY = dt.timedelta(days=1)


@pytest.fixture
def mailing(app: Flask, settings: Settings, shelf: Library, mailbox: Mailbox) -> Flask:
    """Return the app with the mail server. (`app` has made the database.)"""
    return create_app(replace(settings, smtp_url=mailbox.url, mail_from="training@example.org"), shelf)


def crowd(app: Flask) -> Firm:
    """Return a firm with someone for each reason; its owner isn't meant, and nothing is due soon."""
    firm = make_firm(app)
    people = {name: firm.add(name, joined=name != "Dana") for name in ("Bob", "Carl", "Dana", "Eve", "Fay", "Gus")}
    firm.require(replace(EVERYONE, days_allowed=60))
    firm.keep_up()
    certify(app, firm.user_of(people["Carl"]))
    with app.app_context(), transaction() as session:
        session.execute(update(OutboxMessage).values(sent_at=clock.now()))
        duty = select(Assignment.id).where(Assignment.membership_id == people["Eve"])
        waive(firm.actor(), session.scalars(duty).one(), "Away", dt.date(2027, 3, 1), clock.now())
        user = session.get_one(User, firm.user_of(people["Fay"]))
        user.email = user.email_key = user.password_hash = None
    return firm


def told(firm: Firm) -> dict[str, list[str]]:
    """Return reason -> names of those who would get no reminder now, and who would, in order."""
    with firm.app.app_context():
        planned = plan(firm.actor(), StatusFilter(), clock.now())
        reasons = {why.value: [row.name for row in rows] for why, rows in planned.left_out.items()}
        return {"ready": sorted(row.name for row, _recipient in planned.ready), **reasons}


def mails(app: Flask) -> list[str]:
    """Return to whom reminders were ordered, in alphabetical order."""
    with app.app_context():
        ours = select(OutboxMessage.recipient).where(OutboxMessage.template == "training-reminder")
        return sorted(db.session.scalars(ours))


def test_it_says_before_who_gets_one_and_who_does_not_and_why_and_sends_once(mailing: Flask, mailbox: Mailbox) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        firm = crowd(mailing)
        ready = ["Alice Able", "Bob", "Gus"]
        left_out = {"current": ["Carl"], "waived": ["Eve"], "not joined": ["Dana"], "no address": ["Fay"]}
        assert told(firm) == {"ready": ready, **left_out}
        alice, path = sign_in_as(mailing, firm.owner_id), f"/organizations/{firm.id}/training/reminders"
        page = alice.get(path).text
        for words in (
            "3 people would get a reminder",
            "Remind 3 people",
            "Dana",
            "Hasn’t joined yet",
            "No email address",
        ):
            assert words in page
        for _press in range(2):  # a double click, or a reload
            assert alice.post(path).status_code == 303
        assert mails(mailing) == ["alice@example.org", "bob@example.org", "gus@example.org"]
        assert told(firm) == {"ready": [], **left_out, "reminded": ready}
        assert "Nobody can be reminded right now" in alice.get(path).text
        with mailing.app_context():
            for _mail in deliver():
                pass
            rows = db.session.execute(select(Reminder.skipped, func.count()).group_by(Reminder.skipped))
            assert {row[0]: row[1] for row in rows} == {None: 3, "waived": 1, "not joined": 1, "no address": 1}
        text = next(mail for mail in mailbox.mails if mail["To"].addresses[0].addr_spec == "bob@example.org")
        body = text.get_body(("plain",))
        assert body is not None
        assert "Alice Able of Acme Security asks you to complete your course" in body.get_content().replace("\n", " ")
        assert text["From"].addresses[0].display_name == "Acme Security via The small school"
        traveller.shift(DAY)
        assert sign_in_as(mailing, firm.owner_id).post(path).status_code == 303
        assert len(mails(mailing)) == 6


def test_who_was_reminded_automatically_that_day_is_not_reminded_again(mailing: Flask) -> None:
    with time_machine.travel(NOON, tick=False):
        firm = make_firm(mailing)
        firm.require(replace(EVERYONE, days_allowed=7))
        firm.keep_up()
        assert told(firm) == {"ready": [], "reminded": ["Alice Able"]}


def test_a_person_with_several_duties_gets_one_email_about_what_is_due_first(mailing: Flask) -> None:
    with time_machine.travel(NOON, tick=False):
        firm = make_firm(mailing)
        firm.require(replace(EVERYONE, title="Later", days_allowed=90))
        firm.require(replace(EVERYONE, title="Sooner", days_allowed=60))
        with mailing.app_context(), transaction():
            planned = remind(firm.actor(), StatusFilter(), clock.now())
        assert [row.requirement for row, _recipient in planned.ready] == ["Sooner"]
        assert mails(mailing) == ["alice@example.org"]


def test_the_filter_is_kept_and_a_reason_that_is_gone_keeps_nobody_from_getting_one(mailing: Flask) -> None:
    with time_machine.travel(NOON, tick=False):
        firm = crowd(mailing)
        alice, path = sign_in_as(mailing, firm.owner_id), f"/organizations/{firm.id}/training/reminders"
        assert alice.post(f"{path}?q=bob").location.endswith("/training?q=bob")
        assert mails(mailing) == ["bob@example.org"]
        alice.post(f"{path}?q=fay")
        with mailing.app_context(), transaction() as session:
            person = session.scalars(select(Membership).where(Membership.name == "Fay")).one()
            user = session.get_one(User, person.user_id)
            user.email = user.email_key = "fay@example.org"
            user.password_hash = "x"
        alice.post(f"{path}?q=fay")
        assert mails(mailing) == ["bob@example.org", "fay@example.org"]
        assert alice.get(f"{path}?group=overdues").status_code == 404
        assert "Nobody can be reminded" in alice.get(f"{path}?group={StatusGroup.LATE}").text


def test_a_firm_reminds_so_many_a_day_and_the_most_urgent_first(mailing: Flask) -> None:
    with time_machine.travel(NOON, tick=False):
        firm = crowd(mailing)
        with mailing.app_context(), transaction() as session:
            set_invitations_a_day(firm.id, 2, clock.now())
            bob = session.scalars(select(Membership).where(Membership.name == "Bob")).one()
            bob.hired_on = dt.date(2026, 12, 30)
        firm.keep_up()
        assert told(firm)["limit"] == ["Bob"]
        with mailing.app_context(), transaction():
            remind(firm.actor(), StatusFilter(), clock.now())
        assert len(mails(mailing)) == 2
        assert (told(firm)["ready"], told(firm)["limit"]) == ([], ["Bob"])


def test_a_site_manager_reminds_their_own_teams_only(mailing: Flask) -> None:
    with time_machine.travel(NOON, tick=False):
        firm = crowd(mailing)
        site = make_site(mailing, firm.owner_id, firm.id)
        mark = make_account(mailing, "mark@example.org")
        put_on_roster(mailing, firm.id, mark, Role.MANAGER, name="Mark Moe", email="mark@example.org", teams=[site])
        with mailing.app_context(), transaction() as session:
            gus = session.scalars(select(Membership.id).where(Membership.name == "Gus")).one()
            session.add(TeamMembership(membership_id=gus, team_id=site))
            session.get_one(User, mark).second_factor_at = clock.now()
        marks, path = sign_in_as(mailing, mark), f"/organizations/{firm.id}"
        marks.post(f"{path}/training/reminders")
        assert mails(mailing) == ["gus@example.org"]
        log = marks.get(f"{path}/sent-mail").text
        assert "Gus" in log
        assert "Bob" not in log


def test_many_presses_at_once_remind_everyone_once(mailing: Flask) -> None:
    with time_machine.travel(NOON, tick=False):
        firm = make_firm(mailing)
        for number in range(20):
            firm.add(f"G{number}")
        firm.require(replace(EVERYONE, days_allowed=60))
        start, failures = threading.Barrier(4), []

        def run() -> None:
            start.wait()
            try:
                with mailing.app_context():
                    with transaction():
                        remind(firm.actor(), StatusFilter(), clock.now())
                    db.session.remove()
            except Exception as error:
                failures.append(error)

        threads = [threading.Thread(target=run) for _number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        assert set(Counter(mails(mailing)).values()) == {1}
        assert len(mails(mailing)) == 21


def test_what_became_of_each_email_is_told_the_same_everywhere(mailing: Flask, mailbox: Mailbox) -> None:
    """Screen, CSV, API and the person's page, for mail that was sent, given up, and never ordered."""
    mailbox.at_recipient["bob@example.org"] = "550 no such person"
    with time_machine.travel(NOON, tick=False):
        firm = crowd(mailing)
        with mailing.app_context():
            with transaction():
                invite_all(firm.actor(), None, clock.now())
                remind(firm.actor(), StatusFilter(), clock.now())
            for _mail in deliver():
                pass
        path, alice = f"/organizations/{firm.id}", sign_in_as(mailing, firm.owner_id)
        expected = {
            ("Alice Able", "Sent November 24, 2026"),
            ("Bob", "Not sent: the mail server refused it"),
            ("Dana", "Not sent: hasn’t joined yet"),
            ("Dana", "Sent November 24, 2026"),
            ("Eve", "Not sent: waived"),
            ("Fay", "Not sent: no email address"),
            ("Gus", "Sent November 24, 2026"),
        }
        file = alice.post(f"{path}/sent-mail/exports").text.removeprefix("\ufeff")
        assert file.startswith("Time,Name,Employee number,Email,Requirement,Due on,Sent by,Outcome\r\n")
        assert {(row["Name"], row["Outcome"]) for row in csv.DictReader(io.StringIO(file))} == expected
        given = read(mailing, "/emails?limit=3", token_of(mailing, firm.owner_id, firm.id)).get_json()
        rows = given["data"]
        while given["next"]:
            given = read(mailing, given["next"].partition("/api/v1")[2], token_of(mailing, firm.owner_id, firm.id))
            given = given.get_json()
            rows += given["data"]
        assert len(rows) == len(expected)
        assert {(row["name"], row["outcome"]) for row in rows} == expected
        assert Counter(row["state"] for row in rows) == {"sent": 3, "not_sent": 4}
        assert {row["sent_by"] for row in rows} == {"Alice Able"}
        page = alice.get(f"{path}/sent-mail").text
        for name, outcome in expected:
            assert outcome in page
            person = alice.get(f"{path}/training/{id_of(mailing, name)}").text
            assert outcome in person
        assert "Sent November" not in alice.get(f"{path}/training/{id_of(mailing, 'Bob')}").text
        assert "Gus" not in alice.get(f"{path}/sent-mail?show=not-sent").text
        assert "Bob" not in alice.get(f"{path}/sent-mail?show=sent").text
        assert alice.get(f"{path}/sent-mail?show=nothing").status_code == 404


def id_of(app: Flask, name: str) -> UUID:
    """Return someone's entry on the roster."""
    with app.app_context():
        return db.session.scalars(select(Membership.id).where(Membership.name == name)).one()
