"""Alice's first month with a firm, by a moved clock; whatever page she opens, the numbers are those of a recount."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pypdf
import pytest
import time_machine
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from tests.browser.hands import Mouse
from tests.browser.live import Live, serve_here
from tests.browser.post import letter_to, link_in
from tests.browser.stage import Person
from tests.cast import add_second_factor, certify
from tests.support import PASSWORD
from trainer.accounts.models import User
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.jobs.upkeep import keep_up
from trainer.jobs.work import advance
from trainer.organizations.models import JoinCode, Membership

DAY = dt.timedelta(days=1)
DAYS_ALLOWED = 14
PIN = "583204"
UNANSWERED = ["Lena Late", "Tess Team", "Wanda Waived"]
ROSTER = """name,e-mail,employee number,teams
Mara Mail,mara@example.org,00001,Harbor Mall
Lena Late,lena@example.org,00002,Harbor Mall
Wanda Waived,wanda@example.org,00003,North
Leo Left,leo@example.org,00004,North
Tess Team,tess@example.org,00005,North
Gus Slip,,00007,Harbor Mall
Dev Device,,00008,Harbor Mall
"""


class Month:
    """Alice's browser, the firm, and where each person stands by the test's own account."""

    def __init__(self, browser: Browser, live: Live) -> None:
        self.browser, self.live = browser, live
        self.person = alice = Person(live.app)
        with live.app.app_context(), transaction():
            db.session.get_one(User, alice.id).email_confirmed_at = now()
        add_second_factor(live.app, alice.id)
        self.alice = Mouse(self.context().new_page())
        self.sign_in()
        self.stands: dict[str, str] = {}
        self.firm, self.firm_code = UUID(int=0), ""

    def context(self, *cookies: object, **options: object) -> BrowserContext:
        """Return a browser of someone, with its own cookies."""
        context = self.browser.new_context(
            base_url=self.live.url,
            reduced_motion="reduce",
            service_workers="block",
            **options,  # type: ignore[arg-type]
        )
        context.set_default_timeout(60_000)
        if cookies:
            context.add_cookies(list(cookies))  # type: ignore[arg-type]
        return context

    def sign_in(self) -> None:
        """Sign Alice in, as she has to each day: she sees other people's records."""
        self.alice.page.context.add_cookies([self.live.cookie(self.person.user())])  # type: ignore[list-item]

    @contextmanager
    def at(self, days: int) -> Iterator[None]:
        """Let so many days have passed, and Alice have signed in again."""
        with time_machine.travel(now() + days * DAY):
            self.sign_in()
            yield

    def path(self, rest: str = "") -> str:
        """Return an address in the firm."""
        return f"/organizations/{self.firm}{rest}"

    def work(self) -> None:
        """Do what the worker does."""
        with self.live.app.app_context():
            for _portion in keep_up(self.firm):
                pass
            while advance():
                db.session.remove()

    def user(self, name: str) -> UUID:
        """Return the user of someone on the roster."""
        with self.live.app.app_context():
            query = select(Membership.user_id).where(Membership.organization_id == self.firm, Membership.name == name)
            user_id = db.session.scalars(query).one()
            assert user_id is not None
            return user_id

    def check(self) -> None:
        """Assert that home, training status and its CSV say what the test's own account says."""
        people, page = len(self.stands), self.alice.page
        current = sum(status == "Current" for status in self.stands.values())
        late = sum(status == "Overdue" for status in self.stands.values())
        overdue = f"{late} {'is' if late == 1 else 'are'} overdue" if late else "nobody is overdue"
        self.alice.open(self.path())
        expect(page.get_by_role("heading", level=1)).to_have_text(
            f"{current} of {people} people are current; {overdue}."
        )
        self.alice.follow("Training status")
        expect(page.get_by_role("heading", level=1)).to_have_text(f"{current} of {people} people are current.")
        tabs = page.get_by_role("navigation", name="By status").get_by_role("link")
        for tab, number in (("Overdue", late), ("Current", current), ("All", people)):
            expect(tabs.filter(has_text=re.compile(rf"^{tab} {number}$"))).to_be_visible()
        assert self.saved("These rows as CSV") == self.stands

    def saved(self, button: str) -> dict[str, str]:
        """Return name -> status of the CSV of training status."""
        with self.alice.page.expect_download() as started:
            self.alice.page.get_by_role("button", name=button).click()
        text = Path(started.value.path()).read_text("utf-8-sig")
        return {row["Name"]: row["Status"] for row in csv.DictReader(io.StringIO(text))}

    def needs(self) -> dict[str, str]:
        """Return what the firm's home says needs attention: text -> address."""
        self.alice.open(self.path())
        links = self.alice.page.locator(".need > a").all()
        return {link.inner_text(): str(link.get_attribute("href")) for link in links}


@pytest.fixture
def month(browser: Browser, template_database: Path, tmp_path: Path) -> Iterator[Month]:
    """Return the month at its first day, at ten in the morning in New York."""
    start = (now() + DAY).replace(hour=15, minute=0)
    # Only where mail can go out is anyone followed up; what would go waits in the outbox.
    mail = {"smtp_url": "smtp://127.0.0.1:1", "mail_from": "training@example.org"}
    with time_machine.travel(start), serve_here(tmp_path, template_database, **mail) as live:
        others = browser.contexts
        yield Month(browser, live)
        for context in set(browser.contexts) - set(others):
            context.close()


@pytest.mark.nightly
def test_alices_month(month: Month) -> None:
    slips = _set_up(month)
    with month.at(1):
        _come_in(month, slips)
        month.check()
    with month.at(3):
        _change_people(month)
        month.check()
    with month.at(8):
        month.work()
        letter = letter_to(month.live, "mara@example.org", "training-reminder")
        assert "Acme Security asks you to complete your course by" in letter.text
        assert month.needs() == {}
        _is_followed_up(month, "Unless you join, you’ll get up to 2 more emails like this one.")
    with month.at(11):
        month.work()
        _is_followed_up(month, "Unless you join, you’ll get up to 1 more email like this one.")
        certify(month.live.app, month.user("Mara Mail"), "Mara Mail")
        month.stands["Mara Mail"] = "Current"
        month.check()
    with month.at(17):
        _look_at_the_late(month)
    with month.at(21):
        _look_at_the_unanswered(month)
    with month.at(29):
        _look_back(month)


def _set_up(month: Month) -> dict[str, str]:
    """Create the firm, bring in the roster, require the course; return number -> code of the slips."""
    alice = month.alice
    alice.open("/organizations/new")
    alice.fill("Name of the firm", "Acme Security")
    alice.fill("Your name, as it appears on the roster", "Alice Able")
    alice.press("Create the firm")
    month.firm = UUID(alice.page.url.rpartition("/")[2])
    expect(alice.page.get_by_text("0 of 4 steps done")).to_be_visible()
    alice.follow("Import a roster")
    alice.fill("Paste it here", ROSTER)
    alice.press("Show what would happen")
    alice.tick("has_mail")  # nothing is required yet
    alice.press("Import these people")
    with alice.page.expect_download() as started:
        alice.page.get_by_role("button", name="Print PIN slips").click()
    alice.follow("Set a requirement")
    alice.follow("Use this Your own rule")
    alice.page.get_by_label("Course", exact=True).select_option("recognize")
    alice.fill("Minimum active minutes", "0")
    alice.fill("Days allowed", str(DAYS_ALLOWED))
    alice.press("Preview what would happen")
    alice.press("Save")
    alice.follow("Invitations and codes")
    alice.follow("Join codes")
    with alice.page.expect_download():
        alice.page.get_by_role("button", name="Print the posters of 2 teams").click()
    alice.open(month.path())
    expect(alice.page.get_by_text("5 of 6 steps done")).to_be_visible()
    month.stands = {line.split(",")[0]: "Due soon" for line in ROSTER.splitlines()[1:]}
    words = "\n".join(page.extract_text() for page in pypdf.PdfReader(Path(started.value.path())).pages)
    month.firm_code = re.findall(r"\b\w{3}-\w{3}\b", words)[0]
    codes = re.findall(r"\b\w{4}-\w{4}\b", words)
    numbers = re.findall(r"\b0000[78]\b", words)
    return dict(zip(dict.fromkeys(numbers), dict.fromkeys(codes), strict=True))


def _come_in(month: Month, slips: dict[str, str]) -> None:
    """Four people come in: by mail, by the code on a poster, by slip, and at the site's tablet."""
    guest = Mouse(month.context().new_page())
    guest.open(link_in(letter_to(month.live, "mara@example.org", "invitation")))
    guest.fill("Password", PASSWORD)
    guest.page.get_by_label("I’m 13 or older").check()
    guest.press("Create the account and join")
    with month.live.app.app_context():
        code = db.session.scalars(select(JoinCode.code).where(JoinCode.organization_id == month.firm)).first()
    guest = Mouse(month.context().new_page())
    guest.open(f"/join/{code}")
    guest.follow("Create an account")
    guest.fill("Email", "cody@example.org")
    guest.page.get_by_label("I’m 13 or older").check()
    guest.press("Email me a link")
    guest.open(link_in(letter_to(month.live, "cody@example.org", "sign-up")))
    guest.fill("New password", PASSWORD)
    guest.press("Create the account")
    guest.fill("Your name", "Cody Code")
    guest.press("Join")
    _choose_pin(Mouse(month.context().new_page()), f"/in?firm={month.firm_code}", "00007", slips["00007"])
    month.alice.open(month.path("/site-devices"))
    month.alice.fill("Name", "Gate tablet")
    month.alice.press("Add the device")
    tablet = Mouse(month.context().new_page())
    tablet.open("/site-device")
    tablet.fill("Code", month.alice.page.locator(".callout .h2.mono").inner_text())
    tablet.press("Register")
    _choose_pin(tablet, "/in", "00008", slips["00008"])
    month.work()
    month.stands["Cody Code"] = "Due soon"
    month.alice.open(month.path())
    expect(month.alice.page.get_by_text("4 haven’t joined yet.")).to_be_visible()


def _choose_pin(hand: Mouse, path: str, number: str, code: str) -> None:
    hand.open(path)
    hand.fill("Employee number", number)
    hand.page.locator("#pin").fill(code)
    hand.press("Sign in")
    hand.page.locator("#new_pin").fill(PIN)
    hand.page.locator("#again").fill(PIN)
    hand.page.get_by_label("I’m 13 or older").check()
    hand.press("Create my account and join")
    expect(hand.page.get_by_text("Your PIN is set.")).to_be_visible()


def _change_people(month: Month) -> None:
    """One leaves, one goes to another team, one is on leave."""
    alice = month.alice
    _open_person(month, "Leo Left")
    alice.follow("Has left the firm")
    alice.press("Take off the roster")
    del month.stands["Leo Left"]
    _open_person(month, "Tess Team")
    alice.follow("Change")
    alice.page.get_by_label("North").uncheck()
    alice.page.get_by_label("Harbor Mall").check()
    alice.press("Save")
    alice.open(month.path("/training"))
    alice.page.get_by_label("Team").select_option("Harbor Mall")
    alice.press("Show")
    rows = alice.page.get_by_role("table", name="People and what is required of them").get_by_role("rowheader")
    assert "Tess Team" in rows.all_inner_texts()
    _open_person(month, "Wanda Waived")
    alice.follow("Training record")
    alice.page.get_by_text("Waive this").click()
    alice.fill("Reason", "On leave")
    alice.fill("Until", f"{now().date() + 21 * DAY}")
    alice.press("Waive")
    month.stands["Wanda Waived"] = "Waived"
    month.work()


def _open_person(month: Month, name: str) -> None:
    month.alice.open(month.path(f"/people?q={name.split()[0]}"))
    month.alice.follow(name)


def _look_at_the_late(month: Month) -> None:
    """Whoever hasn't finished is overdue; each line leads to its rows."""
    month.work()
    for name, status in month.stands.items():
        if status == "Due soon":
            month.stands[name] = "Overdue"
    month.check()
    late = sorted(name for name, status in month.stands.items() if status == "Overdue")
    lines = month.needs()
    assert set(lines) == {
        f"{len(late)} people are overdue",
        "1 waiver ends within 14 days",
    }
    month.alice.follow("1 waiver ends")
    _lists(month.alice.page, ["Wanda Waived"])
    month.needs()
    month.alice.follow(f"{len(late)} people are overdue")
    _lists(month.alice.page, late)


def _is_followed_up(month: Month, still_to_come: str) -> None:
    """Those who haven’t joined got the invitation again, and read how often it still comes."""
    for name in UNANSWERED:
        letter = letter_to(month.live, f"{name.split()[0].lower()}@example.org", "invitation-again")
        assert still_to_come in letter.text


def _look_at_the_unanswered(month: Month) -> None:
    """After the last follow-up, the home names those to whom nothing more goes out."""
    month.work()
    _is_followed_up(month, "This is the last email that is sent automatically.")
    line = f"{len(UNANSWERED)} invitations have no answer, and nothing more goes out automatically"
    assert line in month.needs()
    month.alice.follow(line)
    _lists(month.alice.page, UNANSWERED)


def _look_back(month: Month) -> None:
    """The monthly look: the waiver is over, exports agree, an inspector and a pack say the same."""
    month.work()
    month.stands["Wanda Waived"] = "Overdue"
    month.check()
    alice, page = month.alice, month.alice.page
    with page.expect_download() as started:
        page.get_by_role("button", name="These rows as XLSX").click()
    sheet = zipfile.ZipFile(started.value.path()).read("xl/worksheets/sheet1.xml").decode()
    assert all(f">{name}<" in sheet for name in month.stands)
    alice.open(month.path("/training"))
    alice.follow("Evidence")
    alice.follow("Links for inspectors")
    alice.fill("Who it’s for", "State inspector")
    alice.press("Create a link")
    stranger = month.context().new_page()
    stranger.goto(page.get_by_label("Link to copy").input_value())
    expect(stranger.get_by_role("heading", level=1)).to_have_text(f"1 of {len(month.stands)} people are current.")
    alice.open(month.path("/evidence-packs"))
    alice.press("Create a pack")
    month.work()
    page.reload()
    with page.expect_download() as started:
        page.get_by_role("link", name="Download").first.click()
    pack = zipfile.ZipFile(started.value.path())
    name = next(name for name in pack.namelist() if "training-status" in name and name.endswith(".csv"))
    rows = csv.DictReader(io.StringIO(pack.read(name).decode("utf-8-sig")))
    assert {row["Name"]: row["Status"] for row in rows} == month.stands
    roster = pack.read("roster.csv").decode()
    assert "Tess Team" in roster
    assert "Leo Left" not in roster


def _lists(page: Page, names: list[str]) -> None:
    assert page.locator("table.fold tbody th a").all_inner_texts() == names
