"""Unanswered invitations go out again after 3, 10 and 20 days, once each, by day, and to nobody who needs none."""

from __future__ import annotations

import datetime as dt
import re
import threading
from collections import Counter
from dataclasses import replace
from email.header import decode_header, make_header
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, update

from tests.assignments.firm import Firm, make_firm
from tests.cast import make_account, sign_in_as
from tests.jobs.conftest import Mailbox, mailbox
from tests.support import PASSWORD, Visitor
from trainer.accounts.models import Session, User
from trainer.app import create_app
from trainer.content.library import Library
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.core.outbox import OutboxMessage
from trainer.core.settings import Settings
from trainer.core.signing import seal
from trainer.jobs.delivery import deliver
from trainer.jobs.upkeep import keep_up
from trainer.organizations.closing import close, set_invitations_a_day, suspend
from trainer.organizations.follow_ups import follow_up
from trainer.organizations.invitation_links import token_of
from trainer.organizations.invitations import fill, invite_all, resend_all, revoke_invitations
from trainer.organizations.mail_words import plain_name, sender_name
from trainer.organizations.models import Invitation, InvitationMail, Membership, Organization
from trainer.organizations.operations import change_organization
from trainer.organizations.queries import find_open_firm
from trainer.organizations.replies import find_reply, set_replies
from trainer.organizations.rules import next_follow_up
from trainer.organizations.waiting import InvitationNeed, count_by_need, count_readiness, list_waiting

pytestmark = pytest.mark.on_both

__all__ = ["mailbox"]

ZONE = ZoneInfo("America/New_York")
BEGINS = dt.datetime(2026, 10, 26, 15, tzinfo=ZONE)
"""A week before clocks are set back."""
DAY = dt.timedelta(days=1)


@pytest.fixture
def mailing(app: Flask, settings: Settings, shelf: Library, mailbox: Mailbox) -> Flask:
    """Return the app with the mail server. (`app` has made the database.)"""
    return create_app(replace(settings, smtp_url=mailbox.url, mail_from="training@example.org"), shelf)


def invited(app: Flask, *names: str) -> Firm:
    """Return a firm whose owner has invited these people."""
    firm = make_firm(app)
    with app.app_context(), transaction() as session:
        session.execute(update(OutboxMessage).values(sent_at=clock.now()))  # what Alice got herself
        session.get_one(User, firm.owner_id).email_confirmed_at = None
    for name in names:
        firm.add(name, joined=False)
    with app.app_context(), transaction():
        invite_all(firm.actor(), None, clock.now())
    return firm


def work(firm: Firm) -> None:
    """Do what the worker does about invitations, and deliver."""
    with firm.app.app_context():
        after: UUID | None = None
        while True:
            with transaction() as session:
                organization = find_open_firm(firm.id)
                after = follow_up(organization, None, clock.now(), after) if organization else None
            session.expunge_all()
            if after is None:
                break
        for _mail in deliver():
            pass


def mails_of(firm: Firm) -> list[tuple[int, str | None]]:
    """Return (number, why not) of each email with an invitation, in order."""
    with firm.app.app_context():
        rows = db.session.scalars(select(InvitationMail).order_by(InvitationMail.created_at, InvitationMail.number))
        return [(row.number, row.skipped) for row in rows]


def at(days: int, hour: int = 12, minute: int = 0) -> dt.datetime:
    """Return an instant so many days after the invitation, by the firm's clock."""
    return dt.datetime.combine(BEGINS.date() + days * DAY, dt.time(hour, minute), ZONE)


def test_over_a_month_three_follow_ups_go_out_by_day_and_then_it_needs_attention(
    mailing: Flask, mailbox: Mailbox
) -> None:
    with time_machine.travel(BEGINS, tick=False) as traveller:
        firm = invited(mailing, "Dana")
        work(firm)
        received = []
        for day in range(36):
            for hour, minute in ((0, 5), (7, 59), (8, 0), (12, 0), (19, 59), (20, 0), (23, 50)):
                if at(day, hour, minute) <= BEGINS:
                    continue
                traveller.move_to(at(day, hour, minute))
                before = len(mailbox.mails)
                work(firm)
                received += [(day, hour)] * (len(mailbox.mails) - before)
        assert received == [(3, 8), (10, 8), (20, 8)]
        links = {found for mail in mailbox.mails for found in re.findall(r"http://\S+/i/\S+", plain(mail))}
        assert len(links) == 1
        assert Visitor(mailing).get(links.pop().removeprefix("http://127.0.0.1:8000")).status_code == 200
        assert [str(mail["Subject"]) for mail in mailbox.mails] == [
            "You’re invited to a course",
            *["Your invitation to a course is still open"] * 3,
        ]
        untils = [re.findall(r"until (\w+ \d+, 2026)", plain(mail)) for mail in mailbox.mails]
        assert untils == [["November 25, 2026"], ["November 28, 2026"], ["December 5, 2026"], ["December 15, 2026"]]
        assert "up to 2 more emails" in plain(mailbox.mails[1])
        assert "up to 1 more email like" in plain(mailbox.mails[2])
        assert "last email that is sent automatically" in plain(mailbox.mails[3])
        with mailing.app_context():
            (row,) = list_waiting(firm.actor(), clock.now(), InvitationNeed.UNANSWERED).rows
            assert (row.need, row.next_on, len(row.mails)) == (InvitationNeed.UNANSWERED, None, 4)
            assert count_by_need(firm.actor(), clock.now()) == {InvitationNeed.UNANSWERED: 1}


def plain(mail: object) -> str:
    """Return the text part of an email, with its lines joined."""
    part = mail.get_body(("plain",))  # type: ignore[attr-defined]
    return str(part.get_content()) if part else ""


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Auckland", "Asia/Kathmandu"])
@pytest.mark.parametrize("month", [3, 11])
def test_days_are_the_firms_and_clocks_that_change_move_no_follow_up(mailing: Flask, zone: str, month: int) -> None:
    begins = dt.datetime(2027, month, 5, 23, 30, tzinfo=ZoneInfo(zone))
    with time_machine.travel(begins, tick=False) as traveller:
        firm = make_firm(mailing, zone)
        firm.add("Dana", joined=False)
        with mailing.app_context(), transaction():
            invite_all(firm.actor(), None, clock.now())
        for hours in range(1, 24 * 22):
            at = begins.astimezone(dt.UTC) + dt.timedelta(hours=hours)
            if at.astimezone(ZoneInfo(zone)).hour not in {0, 7, 8, 9, 23}:
                continue  # these are where a day or an hour could be taken for another
            traveller.move_to(at)
            with mailing.app_context(), transaction():
                follow_up(db.session.get_one(Organization, firm.id), None, clock.now(), None)
        with mailing.app_context():
            times = db.session.scalars(select(InvitationMail.created_at).order_by(InvitationMail.created_at)).all()
        days = [(time.astimezone(ZoneInfo(zone)).date() - begins.date()).days for time in times]
        assert days == [0, 3, 10, 20]
        assert {time.astimezone(ZoneInfo(zone)).hour for time in times[1:]} == {8}


@pytest.mark.parametrize(
    "what", ["joined", "left", "withdrawn", "closed", "suspended", "switched off", "another address", "no mail server"]
)
def test_nobody_gets_a_follow_up_who_needs_none(app: Flask, mailing: Flask, what: str) -> None:
    with time_machine.travel(BEGINS, tick=False) as traveller:
        firm = invited(mailing, "Dana")
        with mailing.app_context(), transaction() as session:
            dana = session.scalars(select(Membership).where(Membership.name == "Dana")).one()
            actor, now = firm.actor(), clock.now()
            if what == "joined":  # with a code, a poster or a slip: they all end so
                fill(dana.id, make_user(), now)
            elif what == "left":
                dana.ended_at, dana.ended_on = now, now.date()
            elif what == "withdrawn":
                revoke_invitations(actor, dana, now)
            elif what == "closed":
                close(actor, actor.organization.name, now)
            elif what == "suspended":
                suspend(firm.id, "asked to", now)
            elif what == "switched off":
                change_organization(actor, "Acme Security", "America/New_York", None, False, now)
            elif what == "another address":
                dana.email = dana.email_key = "dd@example.org"
        traveller.move_to(at(4))
        if what == "no mail server":
            firm = Firm(app, firm.id, firm.owner_id)
        work(firm)
        assert mails_of(firm) == [(0, None)]


def make_user() -> UUID:
    """Return a new user, in the caller's transaction."""
    user = User(email="d@example.org", email_key="d@example.org", password_hash="x", created_at=clock.now())
    db.session.add(user)
    db.session.flush()
    return user.id


def test_who_joins_between_order_and_delivery_gets_nothing(mailing: Flask, mailbox: Mailbox) -> None:
    with time_machine.travel(BEGINS, tick=False) as traveller:
        firm = invited(mailing, "Dana")
        work(firm)
        traveller.move_to(at(3))
        with mailing.app_context(), transaction():
            follow_up(db.session.get_one(Organization, firm.id), None, clock.now(), None)
            fill(
                db.session.scalars(select(Membership.id).where(Membership.name == "Dana")).one(),
                make_user(),
                clock.now(),
            )
        work(firm)
        assert len(mailbox.mails) == 1
        page = sign_in_as(mailing, firm.owner_id).get(f"/organizations/{firm.id}/sent-mail").text
        assert "Not sent: no longer needed by the time it was to go out" in page


def test_an_address_that_its_server_refuses_gets_no_more_and_needs_attention(mailing: Flask, mailbox: Mailbox) -> None:
    mailbox.at_recipient["dana@example.org"] = "550 no such person"
    with time_machine.travel(BEGINS, tick=False) as traveller:
        firm = invited(mailing, "Dana", "Eve")
        work(firm)
        with mailing.app_context():
            assert count_by_need(firm.actor(), clock.now()) == {InvitationNeed.REFUSED: 1, None: 1}
        for day in range(1, 25):
            traveller.move_to(at(day))
            work(firm)
        assert Counter(mails_of(firm)) == {(0, None): 2, (1, "refused"): 1, (1, None): 1, (2, None): 1, (3, None): 1}
        assert mailbox.recipients == ["eve@example.org"] * 4
        alice = sign_in_as(mailing, firm.owner_id)
        page = alice.get(f"/organizations/{firm.id}/invitations?state=refused").text
        assert "Address refused" in page
        assert "Correct the address" in page
        assert "Print a PIN slip" not in page
        with mailing.app_context(), transaction() as session:
            dana = Membership.email == "dana@example.org"
            session.execute(db.update(Membership).where(dana).values(employee_number="417"))
        assert "Print a PIN slip" in alice.get(f"/organizations/{firm.id}/invitations?state=refused").text
        with mailing.app_context():
            assert count_readiness(firm.actor(), clock.now())[:] == (1, 0, 0, 1)
            with transaction():
                assert resend_all(firm.actor(), clock.now()).invited == 1


def test_a_worker_that_slept_sends_the_latest_only(mailing: Flask) -> None:
    with time_machine.travel(BEGINS, tick=False) as traveller:
        firm = invited(mailing, "Dana")
        traveller.move_to(at(12))
        for _again in range(3):
            work(firm)
        assert mails_of(firm) == [(0, None), (2, None)]
        traveller.move_to(at(21))
        work(firm)
        assert mails_of(firm) == [(0, None), (2, None), (3, None)]


def test_follow_ups_stay_within_the_firms_day_and_the_rest_goes_out_tomorrow(mailing: Flask) -> None:
    with time_machine.travel(BEGINS, tick=False) as traveller:
        firm = invited(mailing, *(f"G{number}" for number in range(7)))
        with mailing.app_context(), transaction():
            set_invitations_a_day(firm.id, 5, clock.now())
        for day, number in ((3, 5), (4, 7), (5, 7)):
            traveller.move_to(at(day))
            work(firm)
            assert len(mails_of(firm)) - 7 == number
        with mailing.app_context():
            ids = db.session.scalars(select(InvitationMail.invitation_id).where(InvitationMail.number == 1)).all()
        assert len(set(ids)) == 7


def test_two_workers_at_once_send_each_follow_up_once(mailing: Flask) -> None:
    with time_machine.travel(BEGINS, tick=False) as traveller:
        firm = invited(mailing, *(f"G{number}" for number in range(30)))
        traveller.move_to(at(3))
        start, failures = threading.Barrier(4), []

        def run() -> None:
            start.wait()
            try:
                with mailing.app_context():
                    for _portion in keep_up(firm.id):
                        pass
                    db.session.remove()
            except Exception as error:
                failures.append(error)

        threads = [threading.Thread(target=run) for _number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        assert Counter(mails_of(firm)) == {(0, None): 30, (1, None): 30}
        with mailing.app_context():
            again = OutboxMessage.template == "invitation-again"
            assert db.session.scalar(select(func.count()).select_from(OutboxMessage).where(again)) == 30


@pytest.mark.parametrize(
    ("sent", "day", "following"),
    [
        (0, 0, (1, 3)),
        (0, 3, (1, 3)),
        (0, 9, (1, 9)),
        (0, 10, (2, 10)),
        (1, 5, (2, 10)),
        (2, 12, (3, 20)),
        (2, 25, (3, 25)),
        (3, 20, None),
        (3, 40, None),
    ],
)
def test_what_follows_next(sent: int, day: int, following: tuple[int, int] | None) -> None:
    first = dt.date(2026, 2, 20)
    answer = next_follow_up(first, sent, first + day * DAY)
    assert (answer and (answer[0], (answer[1] - first).days)) == following


def test_the_page_says_when_the_next_one_goes_out_and_for_how_long_the_link_works(mailing: Flask) -> None:
    with time_machine.travel(BEGINS, tick=False) as traveller:
        firm = invited(mailing, "Dana")
        alice = sign_in_as(mailing, firm.owner_id)
        page = alice.get(f"/organizations/{firm.id}/invitations").text
        assert "Goes out again October 29, 2026" in page
        assert "Link works until November 25, 2026" in page
        assert "1 person got an email less than a day ago" in page
        traveller.move_to(at(3, 21))  # too late for that day
        page = sign_in_as(mailing, firm.owner_id).get(f"/organizations/{firm.id}/invitations").text
        assert "Goes out again October 30, 2026" in page


def test_an_owner_switches_it_off_and_the_log_says_so(mailing: Flask) -> None:
    firm = invited(mailing, "Dana")
    alice = sign_in_as(mailing, firm.owner_id)
    page = alice.get(f"/organizations/{firm.id}/settings").text
    assert re.search(r"<input checked[^>]*name=\"follows_up\"", page)
    fields = {"name": "Acme Security", "time_zone": "America/New_York"}
    assert alice.post(f"/organizations/{firm.id}/settings", fields).status_code == 303
    assert "don’t go out again automatically" in alice.get(f"/organizations/{firm.id}/invitations").text
    log = alice.get(f"/organizations/{firm.id}/audit").text
    assert "unanswered invitations go out again" in log


def test_links_are_short_and_those_of_earlier_versions_work_until_they_end(mailing: Flask) -> None:
    with time_machine.travel(BEGINS, tick=False) as traveller:
        firm = invited(mailing, "Dana")
        with mailing.app_context():
            row = db.session.scalars(select(Invitation)).one()
            link = f"https://{'h' * 25}/i/{token_of(row)}"
            assert len(link) <= 60
            assert len(token_of(row)) * 6 >= 128
            old = f"/invitations/{row.id.hex}.{seal('invitation', row.id.hex, row.nonce)}"
            with transaction() as session:
                session.execute(update(Invitation).values(mailed_digest=None, shown_digest=None))
        visitor = Visitor(mailing)
        answer = visitor.get(old)
        assert visitor.get(answer.location).status_code == 200
        traveller.move_to(at(3))
        work(firm)
        with mailing.app_context():
            short = f"/i/{token_of(db.session.scalars(select(Invitation)).one())}"
        for path in (short, answer.location):
            assert visitor.get(path).status_code == 200
        traveller.move_to(at(34))
        for path in (short, answer.location, short[:-1], f"{short}A", "/i/" + "A" * 22):
            assert visitor.get(path).status_code == 404


def test_a_mail_scanner_that_opens_links_joins_nobody_and_uses_nothing_up(mailing: Flask) -> None:
    firm = invited(mailing, "Dana")
    with mailing.app_context():
        path = f"/i/{token_of(db.session.scalars(select(Invitation)).one())}"
        before = [db.session.scalar(select(func.count()).select_from(table)) for table in (User, Session)]
    scanner = Visitor(mailing)
    for _time in range(5):
        assert scanner.get(path).status_code == 200
        assert scanner.client.head(path, base_url=scanner.base_url).status_code == 200
        assert scanner.get(f"{path}/acceptance").status_code in {404, 405}
    with mailing.app_context():
        assert [db.session.scalar(select(func.count()).select_from(table)) for table in (User, Session)] == before
        assert db.session.scalars(select(Membership.user_id).where(Membership.name == "Dana")).one() is None
    fields = {"password": PASSWORD, "is_old_enough": "y"}
    assert Visitor(mailing).post(f"{path}/acceptance", fields).status_code == 303
    assert mails_of(firm) == [(0, None)]


NAMES = [
    "Acme Security",
    "Sécurité Générale d’Été, S.A.",
    'Müller, Söhne & "Co" (Nord); GmbH',
    "حراسة المدينة",
    "\u202eytiruceS emcA",
    "A" * 300,
    "Ünïcode " * 40,
    "Acme\r\nBcc: eve@evil.example",
    "Acme <eve@evil.example>",
    "Win at https://evil.example",
]


@pytest.mark.parametrize("name", NAMES)
def test_the_sender_is_the_firm_via_the_site_whatever_the_firm_is_called(
    mailing: Flask, mailbox: Mailbox, name: str
) -> None:
    firm = invited(mailing, "Dana")
    with mailing.app_context():
        with transaction() as session:
            # Longer than a column: PostgreSQL would refuse it, and what is tested is the mail.
            session.get_one(Organization, firm.id).name = name[:120]
        shown = plain_name(name)
        expected = sender_name(name[:120]) or "The small school"
    work(firm)
    (mail,) = mailbox.mails
    assert [address.addr_spec for address in mail["From"].addresses] == ["training@example.org"]
    # As mail programs read it: the parser of `email` keeps the blank between two encoded words.
    raw = next(str(value) for key, value in mail.raw_items() if key == "From")
    assert expected in str(make_header(decode_header(raw))).replace('\\"', '"')
    assert len(expected) <= 60 + len(" via The small school")
    assert expected == "The small school" or expected.endswith(" via The small school")
    assert "\u202e" not in shown
    assert "Bcc" not in mail
    assert mailbox.recipients == ["dana@example.org"]


def test_replies_go_to_who_asks_only_if_that_person_shows_a_confirmed_address(mailing: Flask, mailbox: Mailbox) -> None:
    with time_machine.travel(BEGINS, tick=False) as traveller:
        firm = invited(mailing, "Dana")
        alice = sign_in_as(mailing, firm.owner_id)
        work(firm)
        path = f"/organizations/{firm.id}"
        assert "Show my address" not in alice.get(f"{path}/invitations").text  # it isn't confirmed yet
        alice.post(f"{path}/replies", {"shows_address": "yes"})
        with mailing.app_context(), transaction() as session:
            assert (
                session.scalars(select(Membership.shows_address_at).where(Membership.name == "Alice Able")).one()
                is None
            )
            session.get_one(User, firm.owner_id).email_confirmed_at = clock.now()
        assert "will see your address, alice@example.org" in alice.get(f"{path}/invitations").text
        alice.post(f"{path}/replies", {"shows_address": "yes", "back": "//evil.example"})
        assert "Everyone who gets one sees your address" in alice.get(f"{path}/invitations").text
        traveller.move_to(at(3))
        work(firm)
        with mailing.app_context(), transaction() as session:
            user = session.get_one(User, firm.owner_id)
            user.email, user.email_key, user.email_confirmed_at = "al@example.org", "al@example.org", clock.now()
        traveller.move_to(at(10))
        work(firm)
        replies = [mail["Reply-To"] and mail["Reply-To"].addresses[0] for mail in mailbox.mails]
        assert [reply and (reply.display_name, reply.addr_spec) for reply in replies] == [
            None,
            ("Alice Able", "alice@example.org"),
            None,
        ]
        assert "Your reply to this email goes to Alice Able." in plain(mailbox.mails[1])
        assert "Nobody reads replies to this email." in plain(mailbox.mails[2])


def test_who_has_left_gets_no_replies(mailing: Flask) -> None:
    firm = invited(mailing, "Dana")
    with mailing.app_context(), transaction() as session:
        session.get_one(User, firm.owner_id).email_confirmed_at = clock.now()
        set_replies(firm.actor(), shows_address=True, now=clock.now())
        session.flush()
        assert find_reply(firm.id, firm.owner_id) == ("Alice Able", "alice@example.org")
        person = session.scalars(select(Membership).where(Membership.name == "Alice Able")).one()
        person.ended_at, person.ended_on = clock.now(), clock.today()
        session.flush()
        assert find_reply(firm.id, firm.owner_id) is None
        assert find_reply(firm.id, make_stranger(mailing)) is None


def make_stranger(app: Flask) -> UUID:
    """Return someone who isn't in the firm, in the caller's transaction."""
    user = User(email="s@example.org", email_key="s@example.org", password_hash="x", created_at=clock.now())
    db.session.add(user)
    db.session.flush()
    return user.id


def test_a_site_manager_sees_what_needs_attention_in_their_teams_only(mailing: Flask) -> None:
    with time_machine.travel(BEGINS, tick=False) as traveller:
        firm = invited(mailing, "Dana")
        mark = make_account(mailing, "mark@example.org")
        assert mark
        traveller.move_to(at(30))
        with mailing.app_context():
            alone = replace(firm.actor(), team_ids=frozenset[UUID]())
            assert count_by_need(firm.actor(), clock.now()) == {InvitationNeed.UNANSWERED: 1}
            assert not count_by_need(alone, clock.now())
            assert list_waiting(alone, clock.now(), InvitationNeed.UNANSWERED).rows == []
