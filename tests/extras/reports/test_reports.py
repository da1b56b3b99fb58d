"""Reports go out once, on their days, to who agreed and may see them, and stop where they should."""

from __future__ import annotations

import datetime as dt
import io
import os
import re
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy import Select, select, update

from tests.assignments.firm import earn
from tests.cast import actor_of
from tests.compliance.conftest import Training
from tests.compliance.reading import firms_day
from tests.forked import begin_program
from tests.jobs.conftest import Mailbox
from tests.jobs.conftest import mailbox as mailbox
from tests.organizations.conftest import Acme
from tests.support import Visitor
from tests.web.papers import read_pdf
from trainer.app import create_app
from trainer.assignments.rules import monday_of
from trainer.compliance.queries import count_rows, viewer_of
from trainer.compliance.rules import StatusFilter
from trainer.content.library import Library
from trainer.core import outbox
from trainer.core.audit import AuditEvent
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.core.outbox import OutboxMessage
from trainer.core.settings import Settings
from trainer.extras.reports import emails, rules
from trainer.extras.reports.models import Report, ReportMail, ReportRecipient
from trainer.extras.reports.operations import add_recipients, forget_reports, make_report
from trainer.extras.reports.queries import CONFIRMING, get_report, list_recipients, token_of
from trainer.extras.reports.rules import ASKED_AGAIN_AFTER, LOG_KEPT, UNCONFIRMED_KEPT, Rhythm, following
from trainer.jobs.delivery import deliver
from trainer.jobs.upkeep import keep_up
from trainer.organizations.models import Membership, Organization, Team, TeamMembership
from trainer.web.limits import count, key_of

START = dt.datetime(2026, 12, 2, 15, tzinfo=dt.UTC)  # when the firm is made: a Wednesday
WEEK = dt.timedelta(days=7)
MONDAY = dt.datetime.combine(monday_of(START.date()) + 2 * WEEK, dt.time(14), dt.UTC)  # 9 or 10 a.m. in New York
CLIENT = "client@example.com"

PROGRAM = """
    import os, signal, sys
    from pathlib import Path
    from uuid import UUID
    import time_machine
    from tests.conftest import make_settings
    from trainer.app import create_app
    from trainer.core import db as core_db
    from trainer.extras.reports import operations
    from trainer.jobs.upkeep import keep_up

    app = create_app(make_settings(Path(sys.argv[1]), sys.argv[2]))
    if sys.argv[5] == "before the commit":
        operations.outbox.post = lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL)
    with app.app_context(), time_machine.travel(sys.argv[4]):
        for _portion in keep_up(UUID(sys.argv[3])):
            pass
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def mailing(training: Training, settings: Settings, shelf: Library, mailbox: Mailbox) -> Training:
    """Return the firm, with a mail server."""
    app = create_app(replace(settings, smtp_url=mailbox.url, mail_from="training@example.org"), shelf)
    return replace(training, acme=replace(training.acme, app=app))


@pytest.fixture(autouse=True)
def _wednesday() -> Iterator[None]:
    with time_machine.travel(START):
        yield


def set_up(
    training: Training,
    *addresses: str,
    staff: Sequence[str] = (),
    teams: Sequence[UUID] = (),
    by: str = "alice",
    rhythm: Rhythm = Rhythm.WEEK,
) -> UUID:
    """Set up a report; return its id."""
    acme = training.acme
    with acme.app.app_context(), transaction():
        actor = actor_of(acme.users[by], acme.id)
        report = make_report(actor, rhythm, teams, START)
        add_recipients(actor, report, [acme.users[name] for name in staff], addresses, START)
        return report.id


def agree(training: Training, *addresses: str) -> None:
    """Let addresses say yes."""
    with training.acme.app.app_context(), transaction() as session:
        session.execute(update(ReportRecipient).where(ReportRecipient.email.in_(addresses)).values(confirmed_at=START))


def run(app: Flask, firm: UUID, instant: dt.datetime) -> None:
    """Let happen what happens by itself at an instant, and deliver mail."""
    with app.app_context(), time_machine.travel(instant, tick=False):
        for _portion in keep_up(firm):
            pass
        db.session.remove()
        for _mail in deliver():
            db.session.remove()


def reports_in(mailbox: Mailbox) -> list[EmailMessage]:
    """Return the mails with a report, in order."""
    return [mail for mail in mailbox.mails if mail["Subject"].endswith("report")]


def files_in(mail: EmailMessage) -> tuple[str, CalamineWorkbook]:
    """Return the words of the PDF, and the workbook."""
    pdf, book = list(mail.iter_attachments())
    assert pdf.get_content_type() == "application/pdf"
    words = " ".join(read_pdf(pdf.get_content()).split())
    return words, CalamineWorkbook.from_filelike(io.BytesIO(book.get_content()))


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().split())


def link_in(mail: EmailMessage, ending: str) -> str:
    found = re.search(rf"http://127\.0\.0\.1:8000(/reports/\S+/{ending})", text_of(mail))
    assert found, text_of(mail)
    return found[1]


def mails(training: Training) -> list[ReportMail]:
    with training.acme.app.app_context():
        return list(db.session.scalars(select(ReportMail).order_by(ReportMail.created_at)))


def member_of(acme: Acme, name: str) -> Select[Membership]:
    return select(Membership).where(Membership.organization_id == acme.id, Membership.user_id == acme.users[name])


def recipient(training: Training, email: str | None = CLIENT) -> ReportRecipient:
    with training.acme.app.app_context():
        return db.session.scalars(select(ReportRecipient).where(ReportRecipient.email == email)).one()


def said(instant: dt.datetime) -> str:
    """Return a day in words."""
    return f"{instant:%B} {instant.day}, {instant.year}"


def test_alice_sets_one_up_and_a_client_agrees_by_a_link(mailing: Training, mailbox: Mailbox) -> None:
    acme = mailing.acme
    with time_machine.travel(START):
        alice = acme.enter("alice")
        assert "No reports yet" in alice.get(acme.path("/reports")).text
        fields = {"rhythm": "week", "staff": [str(acme.users["mona"])], "addresses": f"{CLIENT}\n"}
        made = alice.post(acme.path("/reports/new"), fields)
        assert made.status_code == 303
        page = alice.get(made.headers["Location"]).text
        assert f"The next one goes out on {said(MONDAY - WEEK)}" in page
        assert "Mona May" in page
        assert "Asked " in page
    run(acme.app, acme.id, MONDAY)
    assert [mail["To"] for mail in reports_in(mailbox)] == ["mona@example.org"]  # nobody else agreed
    asked = next(mail for mail in mailbox.mails if mail["To"] == CLIENT)
    assert asked["Subject"] == "Would you like this report?"
    assert all("Acme Security via" in str(mail["From"]) for mail in (asked, *reports_in(mailbox)))
    assert "Alice Able of Acme Security would like to send you a report every Monday." in text_of(asked)
    with time_machine.travel(MONDAY):
        client, path = Visitor(acme.app), link_in(asked, "confirmation")
        assert "Yes, send it to me" in client.get(path).text
        assert recipient(mailing).confirmed_at is None  # reading changes nothing
        assert "Thank you" in client.post(path).text
        assert "Thank you" in client.get(path).text
        assert client.get(path.replace("/reports/", "/reports/0")).status_code == 404
    run(acme.app, acme.id, MONDAY + WEEK)
    assert sorted(mail["To"] for mail in reports_in(mailbox)) == [CLIENT, "mona@example.org", "mona@example.org"]
    with time_machine.travel(MONDAY + WEEK):
        page = acme.enter("alice").get(made.headers["Location"]).text
    assert page.count(f"Sent {said(MONDAY)}") == 1
    assert page.count(f"Sent {said(MONDAY + WEEK)}") == 2
    with acme.app.app_context():
        acts = db.session.scalars(select(AuditEvent.act).where(AuditEvent.act.startswith("report.")))
        assert sorted(acts) == ["report.confirmed", "report.made", "report.recipient_added", "report.recipient_added"]


def test_the_files_have_a_section_and_a_sheet_for_each_site(mailing: Training, mailbox: Mailbox) -> None:
    acme = mailing.acme
    set_up(mailing, staff=["alice"])
    run(acme.app, acme.id, MONDAY)
    (mail,) = reports_in(mailbox)
    assert mail["Subject"] == "Your weekly report"
    assert [part.get_filename() for part in mail.iter_attachments()] == [
        f"report-{MONDAY.date()}.pdf",
        f"report-{MONDAY.date()}.xlsx",
    ]
    words, book = files_in(mail)
    assert re.search(r"Motel 95 0 of this 1 person is current.* Dana Dow .*Harbor Mall 1 of these 2 people", words)
    assert book.sheet_names == ["Summary", "By week", "Motel 95", "Harbor Mall", "In no team"]
    summary = book.get_sheet_by_name("Summary").to_python()
    assert summary[1:] == [
        ["Motel 95", 1, 0, "0%", 0, 0, 1],
        ["Harbor Mall", 2, 1, "50%", 0, 0, 2],
        ["In no team", 3, 0, "0%", 0, 0, 3],
        ["All", 6, 1, "17%", 0, 0, 6],
    ]
    assert [row[0] for row in book.get_sheet_by_name("Harbor Mall").to_python()[1:]] == ["Bob Builder", "Mark Moe"]
    assert "Bob" not in text_of(mail)  # the mail itself names nobody


@pytest.mark.check("T003")
def test_a_client_gets_the_chosen_teams_and_nothing_of_others(mailing: Training, mailbox: Mailbox) -> None:
    acme = mailing.acme
    set_up(mailing, CLIENT, teams=[acme.harbor])
    agree(mailing, CLIENT)
    run(acme.app, acme.id, MONDAY)
    (mail,) = reports_in(mailbox)
    words, book = files_in(mail)
    assert book.sheet_names == ["Summary", "By week", "Harbor Mall"]
    assert "Bob Builder" in words
    for name in ("Dana", "Motel", "Alice", "Mona"):
        assert name not in words
        assert name not in str([book.get_sheet_by_name(sheet).to_python() for sheet in book.sheet_names])
    assert "/organizations/" not in text_of(mail)


@pytest.mark.on_both
@pytest.mark.check("T003")
def test_a_site_manager_reports_on_his_teams_and_sees_no_other_report(mailing: Training, mailbox: Mailbox) -> None:
    acme = mailing.acme
    whole, own = set_up(mailing, staff=["mark"]), set_up(mailing, CLIENT, staff=["mark"], by="mark")
    agree(mailing, CLIENT)
    mark = acme.enter("mark")
    assert mark.get(acme.path(f"/reports/{own}")).status_code == 200
    assert mark.get(acme.path(f"/reports/{whole}")).status_code == 404
    assert str(whole) not in mark.get(acme.path("/reports")).text
    assert "Motel" not in mark.get(acme.path("/reports/new")).text
    fields = {"rhythm": "week", "teams": [str(acme.motel)], "addresses": CLIENT}
    assert mark.post(acme.path("/reports/new"), fields).status_code == 422
    fields = {"rhythm": "week", "staff": [str(acme.users["mona"])]}
    assert mark.post(acme.path("/reports/new"), fields).status_code == 422
    run(acme.app, acme.id, MONDAY)
    assert len(reports_in(mailbox)) == 3
    for mail in reports_in(mailbox):
        words, book = files_in(mail)
        assert "Bob Builder" in words
        assert "Dana" not in words
        assert "Motel 95" not in book.sheet_names
    for form in ("pdf", "xlsx"):
        answer = mark.post(acme.path(f"/reports/{own}/files"), {"form": form})
        assert (answer.status_code, b"Motel" in answer.data) == (200, False)


def test_the_trend_says_how_many_were_current_on_a_day_of_each_week(mailing: Training, mailbox: Mailbox) -> None:
    acme = mailing.acme
    set_up(mailing, staff=["mark", "alice"])
    run(acme.app, acme.id, MONDAY - WEEK)
    earned = (MONDAY + dt.timedelta(days=2)).date()
    with acme.app.app_context(), transaction():
        earn(acme.users["mona"], earned, earned + dt.timedelta(days=365))
        earn(acme.users["mark"], earned, earned + dt.timedelta(days=365))
    run(acme.app, acme.id, MONDAY + WEEK)
    weeks = {
        mail["To"]: files_in(mail)[1].get_sheet_by_name("By week").to_python()[1:] for mail in reports_in(mailbox)[-2:]
    }
    days = [(MONDAY + number * WEEK).date() for number in (-1, 0, 1)]
    assert weeks["alice@example.org"] == [
        [days[0], 6, 1, "17%"],
        [days[1], 6, 1, "17%"],
        [days[2], 6, 3, "50%"],
    ]
    assert [row[1:3] for row in weeks["mark@example.org"]] == [[2, 1], [2, 1], [2, 2]]
    with acme.app.app_context(), time_machine.travel(MONDAY + WEEK, tick=False):
        counts = count_rows(viewer_of(actor_of(acme.users["alice"], acme.id), now()), StatusFilter())
    assert (counts.people, counts.people_current) == (6, 3)


def test_an_account_can_make_so_many_files_an_hour(training: Training) -> None:
    acme = training.acme
    report = set_up(training, staff=["alice"])
    with acme.app.app_context(), transaction():
        count(key_of("acts", "reports.files", acme.users["alice"].hex), 3600, 60)
    assert acme.enter("alice").post(acme.path(f"/reports/{report}/files"), {"form": "pdf"}).status_code == 429
    assert acme.enter("mona").post(acme.path(f"/reports/{report}/files"), {"form": "pdf"}).status_code == 200


def test_strangers_members_and_other_firms_get_nothing(training: Training) -> None:
    acme = training.acme
    report = set_up(training, CLIENT)
    number = recipient(training).id
    for name in ("bob", "ines", "charlie", "mallory"):
        visitor = acme.enter(name)
        for path in ("/reports", "/reports/new", f"/reports/{report}", f"/reports/{report}/end"):
            assert visitor.get(acme.path(path)).status_code == 404
        for path in ("files", "pause", "takeover", "end", "recipients", f"recipients/{number}/removal"):
            assert visitor.post(acme.path(f"/reports/{report}/{path}")).status_code == 404
    mallory, other = acme.enter("mallory"), f"/organizations/{acme.other}/reports/{report}"
    assert mallory.get(other).status_code == mallory.post(f"{other}/takeover").status_code == 404


@pytest.mark.parametrize("role", ["member", "instructor"])
def test_whoever_loses_the_role_gets_no_more_nor_do_the_addresses_added(
    mailing: Training, mailbox: Mailbox, role: str
) -> None:
    acme = mailing.acme
    report = set_up(mailing, CLIENT, staff=["mona", "alice"], by="mona")
    agree(mailing, CLIENT)
    alice = acme.enter("alice")
    assert alice.post(acme.path(f"/people/{acme.people['mona']}/role"), {"role": role}).status_code == 303
    run(acme.app, acme.id, MONDAY)
    assert [mail["To"] for mail in reports_in(mailbox)] == ["alice@example.org"]
    page = alice.get(acme.path(f"/reports/{report}")).text
    assert "may no longer see all of this report" in page
    assert "Stopped: may no longer see this" in page
    assert "Some addresses get nothing" in alice.get(acme.path("/reports")).text
    taken = {"recipient": [str(recipient(mailing).id)]}
    assert alice.post(acme.path(f"/reports/{report}/takeover"), taken).status_code == 303
    run(acme.app, acme.id, MONDAY + dt.timedelta(hours=1))
    assert [mail["To"] for mail in reports_in(mailbox)] == ["alice@example.org", CLIENT]


@pytest.mark.on_both
def test_an_address_goes_with_who_added_it_and_stays_only_if_it_is_taken_over(
    mailing: Training, mailbox: Mailbox
) -> None:
    acme, other = mailing.acme, "other@example.com"
    report = set_up(mailing, staff=["alice"])  # Alice's
    fields = {"addresses": f"{CLIENT}\n{other}"}
    assert acme.enter("mona").post(acme.path(f"/reports/{report}/recipients"), fields).status_code == 303
    agree(mailing, CLIENT, other)
    alice = acme.enter("alice")
    page = acme.path(f"/reports/{report}")
    assert "Take these over" not in alice.get(page).text
    assert alice.post(acme.path(f"/people/{acme.people['mona']}/removal"), {"ended_on": firms_day()}).status_code == 303
    run(acme.app, acme.id, MONDAY)
    assert [mail["To"] for mail in reports_in(mailbox)] == ["alice@example.org"]
    notice = alice.get(page).text.partition('class="notice"')[2].partition("Take these over")[0]
    assert (CLIENT in notice, other in notice) == (True, True)
    assert "already taken over or removed" in alice.post(f"{page}/takeover", follow_redirects=True).text
    assert alice.post(f"{page}/takeover", {"recipient": [str(recipient(mailing).id), "x"]}).status_code == 303
    run(acme.app, acme.id, MONDAY + dt.timedelta(hours=1))
    assert [mail["To"] for mail in reports_in(mailbox)] == ["alice@example.org", CLIENT]
    with acme.app.app_context():
        notes = db.session.scalars(select(AuditEvent).where(AuditEvent.act.startswith("report.")))
        told = {(event.act, event.details.get("address")) for event in notes if event.act != "report.made"}
    assert told == {
        ("report.recipient_added", None),
        ("report.recipient_added", CLIENT),
        ("report.recipient_added", other),
        ("report.taken_over", CLIENT),
    }


@pytest.mark.on_both
def test_the_mail_that_asks_holds_no_address_of_others_and_a_link_not_to_be_asked_again(
    mailing: Training, mailbox: Mailbox
) -> None:
    acme, bait = mailing.acme, "Win at www.example.net now"
    with acme.app.app_context(), transaction() as session:
        session.get_one(Organization, acme.id).name = bait
        session.get_one(Team, acme.harbor).name = bait
        session.scalars(member_of(acme, "alice")).one().name = bait
    first, second = (set_up(mailing, CLIENT, teams=[acme.harbor], rhythm=rhythm) for rhythm in Rhythm)
    run(acme.app, acme.id, START)
    asked = [mail for mail in mailbox.mails if mail["To"] == CLIENT]
    assert len(asked) == 2
    assert "example.net" not in asked[0].as_string()
    assert "Someone would like to send you a report" in text_of(asked[0])
    assert "in some teams" in text_of(asked[0])
    assert "You won’t get this report anymore" in Visitor(acme.app).post(link_in(asked[0], "stop")).text
    refused = set_up_again(mailing, first) + set_up_again(mailing, second)
    assert refused == [422, 303]  # the other report still waits for an answer, and isn't asked about twice
    third = acme.enter("alice").post(acme.path("/reports/new"), {"rhythm": "week", "addresses": CLIENT})
    assert (third.status_code, "Respect that" in third.text) == (422, True)


def set_up_again(training: Training, report: UUID) -> list[int]:
    """Return what adding the client to a report again is answered with."""
    acme = training.acme
    path = acme.path(f"/reports/{report}/recipients")
    return [acme.enter("alice").post(path, {"addresses": CLIENT}).status_code]


@pytest.mark.on_both
def test_an_address_that_was_removed_is_not_asked_again_soon_by_any_report_of_the_firm(training: Training) -> None:
    acme = training.acme
    report, again = set_up(training, CLIENT), {"rhythm": "month", "addresses": CLIENT.upper()}
    alice = acme.enter("alice")
    path = acme.path(f"/reports/{report}/recipients/{recipient(training).id}/removal")
    assert alice.post(path).status_code == 303
    refused = alice.post(acme.path("/reports/new"), again)
    assert (refused.status_code, "it can be asked again on" in refused.text) == (422, True)
    mallory = acme.enter("mallory")
    assert mallory.post(f"/organizations/{acme.other}/reports/new", again).status_code == 303
    with time_machine.travel(now() + ASKED_AGAIN_AFTER + dt.timedelta(minutes=1)):
        assert acme.enter("alice").post(acme.path("/reports/new"), again).status_code == 303


def test_mails_that_ask_count_in_the_firms_limit_of_the_day(training: Training) -> None:
    acme = training.acme
    with acme.app.app_context(), transaction() as session:
        session.get_one(Organization, acme.id).invitations_a_day = 2
    with time_machine.travel(START, tick=False):
        report = set_up(training, CLIENT, staff=["mona"])
        path, alice = acme.path(f"/reports/{report}/recipients"), acme.enter("alice")
        refused = alice.post(path, {"addresses": "a@example.com\nb@example.com"})
        assert (refused.status_code, "The firm has sent its 2 emails for today" in refused.text) == (422, True)
        assert alice.post(path, {"addresses": "a@example.com"}).status_code == 303
        assert alice.post(path, {"addresses": "b@example.com"}).status_code == 422
        assert alice.post(path, {"staff": [str(acme.users["mark"])]}).status_code == 303
    with time_machine.travel(START + dt.timedelta(days=1)):
        assert acme.enter("alice").post(path, {"addresses": "b@example.com"}).status_code == 303


def test_a_manager_sees_what_the_firm_entered_and_no_address_of_an_account(training: Training) -> None:
    acme = training.acme
    report = set_up(training, staff=["alice", "mona"])
    with acme.app.app_context(), transaction() as session:
        for name, email in (("alice", None), ("mona", "mona.may@acme.example")):
            person = session.scalars(member_of(acme, name)).one()
            person.email = person.email_key = email
    page = acme.enter("mona").get(acme.path(f"/reports/{report}")).text
    assert ("mona.may@acme.example" in page, "alice@example.org" in page) == (True, False)


def test_a_mail_that_waits_is_not_sent_to_someone_who_lost_the_role_since(mailing: Training, mailbox: Mailbox) -> None:
    acme = mailing.acme
    report = set_up(mailing, staff=["mona"])
    with acme.app.app_context(), time_machine.travel(MONDAY, tick=False):
        for _portion in keep_up(acme.id):
            pass
    acme.enter("alice").post(acme.path(f"/people/{acme.people['mona']}/role"), {"role": "member"})
    run(acme.app, acme.id, MONDAY + dt.timedelta(minutes=5))
    assert reports_in(mailbox) == []
    page = acme.enter("alice").get(acme.path(f"/reports/{report}")).text
    assert "Not sent: it may no longer go to this address" in page


@pytest.mark.parametrize(
    ("zone", "day", "time", "sent"),
    [
        ("America/New_York", 0, "07:59", 0),
        ("America/New_York", 0, "08:00", 1),
        ("Pacific/Auckland", 0, "08:00", 1),
        ("Pacific/Honolulu", 0, "07:59", 0),
        ("America/New_York", 3, "08:00", 1),  # nothing ran on Monday
    ],
)
def test_it_goes_out_from_monday_morning_by_the_firms_clock(
    mailing: Training, mailbox: Mailbox, zone: str, day: int, time: str, sent: int
) -> None:
    acme = mailing.acme
    set_up(mailing, staff=["alice"])
    with acme.app.app_context(), transaction() as session:
        session.get_one(Organization, acme.id).time_zone = zone
        session.execute(update(ReportRecipient).values(confirmed_at=MONDAY - WEEK + dt.timedelta(days=3)))
    local = dt.datetime.combine(MONDAY.date() + dt.timedelta(days=day), dt.time.fromisoformat(time), ZoneInfo(zone))
    for _run in range(2):
        run(acme.app, acme.id, local.astimezone(dt.UTC))
    assert len(reports_in(mailbox)) == sent


@pytest.mark.on_both
def test_none_goes_out_for_the_week_in_which_it_was_set_up(mailing: Training, mailbox: Mailbox) -> None:
    acme = mailing.acme
    report = set_up(mailing, staff=["alice"])
    with acme.app.app_context(), transaction() as session:
        session.get_one(Report, report).created_at = MONDAY  # on a Monday, too
    run(acme.app, acme.id, MONDAY + dt.timedelta(days=5))
    assert reports_in(mailbox) == []
    run(acme.app, acme.id, MONDAY + WEEK)
    assert len(reports_in(mailbox)) == 1


def test_a_monthly_one_goes_out_on_the_first_and_a_long_pause_is_one_report(
    mailing: Training, mailbox: Mailbox
) -> None:
    acme = mailing.acme
    set_up(mailing, staff=["alice"], rhythm=Rhythm.MONTH)
    first = following(Rhythm.MONTH, START.date())
    later = following(Rhythm.MONTH, first + dt.timedelta(days=40))
    days = [first + dt.timedelta(days=number) for number in (-1, 0, 1)]
    for day in (*days, later + dt.timedelta(days=16)):
        run(acme.app, acme.id, dt.datetime.combine(day, dt.time(15), dt.UTC))
    assert [mail.due_on for mail in mails(mailing)] == [first, later]
    assert [mail["Subject"] for mail in reports_in(mailbox)] == ["Your monthly report"] * 2


@pytest.mark.on_both
def test_nothing_goes_out_while_it_is_paused_or_the_firm_is_closed(mailing: Training, mailbox: Mailbox) -> None:
    acme = mailing.acme
    report, alice = set_up(mailing, staff=["mona"]), acme.enter("alice")
    assert alice.post(acme.path(f"/reports/{report}/pause")).status_code == 303
    assert alice.post(acme.path(f"/reports/{report}/pause")).status_code == 303
    run(acme.app, acme.id, MONDAY)
    assert reports_in(mailbox) == []
    assert alice.post(acme.path(f"/reports/{report}/resumption")).status_code == 303
    with acme.app.app_context(), time_machine.travel(MONDAY, tick=False):
        for _portion in keep_up(acme.id):
            pass
    with acme.app.app_context(), transaction() as session:
        firm = session.get_one(Organization, acme.id)
        firm.closed_at, firm.deletes_at = MONDAY, MONDAY + dt.timedelta(days=30)
    run(acme.app, acme.id, MONDAY + dt.timedelta(minutes=5))
    run(acme.app, acme.id, MONDAY + WEEK)
    assert reports_in(mailbox) == []
    assert len(mails(mailing)) == 1
    with acme.app.app_context(), transaction() as session:
        session.get_one(Organization, acme.id).closed_at = None
    run(acme.app, acme.id, MONDAY + WEEK)
    assert len(reports_in(mailbox)) == 1
    assert alice.get(acme.path(f"/reports/{report}/end")).status_code == 200
    assert alice.post(acme.path(f"/reports/{report}/end")).status_code == 303
    run(acme.app, acme.id, MONDAY + 2 * WEEK)
    assert len(reports_in(mailbox)) == 1


@pytest.mark.on_both
def test_anyone_stops_it_by_the_link_in_each_mail_and_is_not_asked_again_soon(
    mailing: Training, mailbox: Mailbox
) -> None:
    acme = mailing.acme
    report = set_up(mailing, CLIENT, staff=["mona"])
    agree(mailing, CLIENT)
    run(acme.app, acme.id, MONDAY)
    for mail in reports_in(mailbox):
        stranger, path = Visitor(acme.app), link_in(mail, "stop")
        assert "Stop getting this report?" in stranger.get(path).text
        assert "You won’t get this report anymore" in stranger.post(path).text
    run(acme.app, acme.id, MONDAY + WEEK)
    assert len(reports_in(mailbox)) == 2
    alice, add = acme.enter("alice"), acme.path(f"/reports/{report}/recipients")
    assert alice.get(acme.path(f"/reports/{report}")).text.count("Asked to stop getting it") == 2
    refused = alice.post(add, {"addresses": CLIENT.upper()})
    assert (refused.status_code, "Respect that" in refused.text) == (422, True)
    assert alice.post(add, {"staff": [str(acme.users["mona"])]}).status_code == 303
    with time_machine.travel(now() + ASKED_AGAIN_AFTER + dt.timedelta(minutes=1)):
        assert acme.enter("alice").post(add, {"addresses": CLIENT}).status_code == 303
    assert recipient(mailing).confirmed_at is None  # it has to agree again
    with acme.app.app_context():
        assert len(list_recipients(db.session.get_one(Report, report))) == 2


def test_an_address_that_bounces_twice_stops_and_is_told_of(mailing: Training, mailbox: Mailbox) -> None:
    acme = mailing.acme
    report = set_up(mailing, CLIENT, staff=["alice"])
    agree(mailing, CLIENT)
    mailbox.at_recipient[CLIENT] = "550 no such mailbox"
    for week in range(4):
        for minutes in (0, 60):
            run(acme.app, acme.id, MONDAY + week * WEEK + dt.timedelta(minutes=minutes))
    tries = [mail.due_on for mail in mails(mailing) if mail.recipient_id == recipient(mailing).id]
    assert tries == [MONDAY.date(), (MONDAY + WEEK).date()]
    assert len(reports_in(mailbox)) == 4
    assert recipient(mailing).stop == "undeliverable"
    alice = acme.enter("alice")
    page = alice.get(acme.path(f"/reports/{report}")).text
    assert page.count("Not sent: the mail server refused it") == 2
    assert "mail couldn’t be delivered" in page
    assert "An address can’t be reached" in alice.get(acme.path("/reports")).text
    assert "1 address that gets reports by email can’t be reached" in alice.get(acme.path()).text
    assert "by email can’t be reached" not in acme.enter("mark").get(acme.path()).text  # not a report of his
    del mailbox.at_recipient[CLIENT]
    with time_machine.travel(MONDAY + 4 * WEEK):
        again = acme.enter("alice").post(acme.path(f"/reports/{report}/recipients"), {"addresses": CLIENT})
    assert again.status_code == 303
    run(acme.app, acme.id, MONDAY + 4 * WEEK + dt.timedelta(hours=2))
    assert recipient(mailing).stop is None  # mails from before don't count


@pytest.mark.on_both
def test_one_mail_given_up_between_two_that_arrived_stops_nothing(mailing: Training, mailbox: Mailbox) -> None:
    acme = mailing.acme
    set_up(mailing, staff=["alice"])
    for week, answer in enumerate(["250 OK", "550 full", "250 OK", "550 full", "250 OK"]):
        mailbox.at_recipient["alice@example.org"] = answer
        run(acme.app, acme.id, MONDAY + week * WEEK)
    assert len(reports_in(mailbox)) == 3


def test_files_that_are_too_large_stay_behind_a_link(
    mailing: Training, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    acme = mailing.acme
    monkeypatch.setattr(rules, "MOST_ATTACHED", 1000)
    report = set_up(mailing, CLIENT, staff=["alice"])
    agree(mailing, CLIENT)
    run(acme.app, acme.id, MONDAY)
    texts = {mail["To"]: text_of(mail) for mail in reports_in(mailbox)}
    assert [list(mail.iter_attachments()) for mail in reports_in(mailbox)] == [[], []]
    assert f"/organizations/{acme.id}/reports/{report}" in texts["alice@example.org"]
    assert "Ask Acme Security for them." in texts[CLIENT]


@pytest.mark.on_both
def test_two_workers_at_once_send_each_report_once(mailing: Training, mailbox: Mailbox) -> None:
    acme = mailing.acme
    set_up(mailing, CLIENT, staff=["alice", "mona", "mark"])
    agree(mailing, CLIENT)
    with time_machine.travel(MONDAY, tick=False), ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _number: _keep_up(acme.app, acme.id), range(4)))
    assert len(mails(mailing)) == 4
    run(acme.app, acme.id, MONDAY + dt.timedelta(minutes=1))
    assert sorted(mail["To"] for mail in reports_in(mailbox)) == sorted(
        [CLIENT, "alice@example.org", "mark@example.org", "mona@example.org"]
    )
    assert len({mail["Message-ID"] for mail in reports_in(mailbox)}) == 4


def _keep_up(app: Flask, firm: UUID) -> None:
    with app.app_context():
        for _portion in keep_up(firm):
            pass
        db.session.remove()


@pytest.mark.parametrize("moment", ["before the commit", "after the commit"])
def test_a_worker_killed_at_a_step_neither_loses_nor_doubles_one(
    mailing: Training, mailbox: Mailbox, tmp_path: Path, database_url: str, moment: str
) -> None:
    acme = mailing.acme
    set_up(mailing, staff=["alice", "mona"])
    with acme.app.app_context():
        db.engine.dispose()
    values = [str(tmp_path), database_url, str(acme.id), MONDAY.isoformat(), moment]
    killed = begin_program(dict(os.environ), PROGRAM, *values)
    assert killed.wait() == -signal.SIGKILL, killed.said()
    assert len(mails(mailing)) == (0 if moment == "before the commit" else 2)
    for minutes in (1, 2):
        run(acme.app, acme.id, MONDAY + dt.timedelta(minutes=minutes))
    assert sorted(mail["To"] for mail in reports_in(mailbox)) == ["alice@example.org", "mona@example.org"]


@pytest.mark.on_both
def test_a_worker_killed_while_it_writes_the_mail_sends_it_later_once(
    mailing: Training, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    acme = mailing.acme
    set_up(mailing, staff=["alice"])

    def die(*_values: object) -> bytes:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(emails, "make_xlsx", die)
        with pytest.raises(KeyboardInterrupt):
            run(acme.app, acme.id, MONDAY)
    run(acme.app, acme.id, MONDAY + dt.timedelta(minutes=1))
    assert reports_in(mailbox) == []  # another may still have it
    run(acme.app, acme.id, MONDAY + outbox.LEASE + dt.timedelta(minutes=1))
    run(acme.app, acme.id, MONDAY + 2 * outbox.LEASE)
    assert len(reports_in(mailbox)) == 1


def test_a_refused_form_keeps_what_was_typed(training: Training) -> None:
    acme = training.acme
    alice = acme.enter("alice")
    many = "\n".join(f"a{number}@example.com" for number in range(21))
    for addresses, words in (("", "Choose someone"), ("no address", "We can’t use"), (many, "20 addresses at most")):
        answer = alice.post(acme.path("/reports/new"), {"rhythm": "week", "addresses": addresses})
        assert answer.status_code == 422
        assert words in answer.text
        assert addresses.split("\n")[0] in answer.text
    stranger = {"rhythm": "week", "staff": [str(acme.users["mallory"])]}
    assert alice.post(acme.path("/reports/new"), stranger).status_code == 422
    theirs = {"rhythm": "week", "teams": [str(acme.others_team)], "addresses": CLIENT}
    assert alice.post(acme.path("/reports/new"), theirs).status_code == 422
    with acme.app.app_context():
        assert db.session.scalars(select(Report)).all() == []
        asking = select(OutboxMessage).where(OutboxMessage.template == "report-confirmation")
        assert db.session.scalars(asking).all() == []


def test_links_end_and_what_is_old_is_forgotten(training: Training) -> None:
    acme = training.acme
    set_up(training, CLIENT, "other@example.com", staff=["alice"])
    agree(training, "other@example.com")
    instant = START + UNCONFIRMED_KEPT + dt.timedelta(minutes=1)
    with acme.app.app_context(), transaction():
        asked = db.session.scalars(select(ReportRecipient).where(ReportRecipient.email == CLIENT)).one()
        token = token_of(asked, CONFIRMING)
    with time_machine.travel(instant):
        assert Visitor(acme.app).get(f"/reports/{token}/confirmation").status_code == 404
        assert Visitor(acme.app).get(f"/reports/{token}/stop").status_code == 404  # for another purpose
    with acme.app.app_context(), transaction():
        forget_reports(instant)
    with acme.app.app_context(), transaction() as session:
        (report,) = session.scalars(select(Report)).all()
        assert {row.email for row in list_recipients(report)} == {"other@example.com", None}
        report.ended_at = START
        forget_reports(START + LOG_KEPT)
        assert get_report(actor_of(acme.users["alice"], acme.id), report.id) is not None
        forget_reports(START + LOG_KEPT + dt.timedelta(days=1))
        assert session.scalars(select(ReportRecipient)).all() == []


def test_a_site_manager_who_changes_teams_no_longer_gets_the_old_one(mailing: Training, mailbox: Mailbox) -> None:
    acme = mailing.acme
    set_up(mailing, CLIENT, staff=["mark"], by="mark")
    agree(mailing, CLIENT)
    with acme.app.app_context(), transaction() as session:
        moved = update(TeamMembership).where(TeamMembership.membership_id == acme.people["mark"])
        session.execute(moved.values(team_id=acme.motel))
    run(acme.app, acme.id, MONDAY)
    assert reports_in(mailbox) == []
