"""Gus, a guard without email: from a printed slip to his certificate's page; and on the tablet at the gate."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import pypdf
import pytest
from playwright.sync_api import BrowserContext, expect
from sqlalchemy import select

from tests.browser.hands import Mouse
from tests.browser.live import Live
from tests.browser.stage import Person
from tests.cast import actor_of, add_second_factor, answer_all, make_firm, make_site
from tests.support import COURSE, keys, right_verdict
from trainer.accounts.models import Session
from trainer.content.serving import served
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.extras.pins.devices import make_device
from trainer.learning.operations import complete_lesson, enroll
from trainer.organizations.models import Membership
from trainer.organizations.operations import PersonFacts, add_person

PHONE = {"width": 360, "height": 740}
PIN = "583204"


@dataclass
class Firm:
    """Acme Security with Gus on its roster, and its owner's cookie."""

    id: UUID
    gus: UUID
    alice: dict[str, str]
    device_code: str


@pytest.fixture
def firm(live: Live) -> Firm:
    alice = Person(live.app)
    firm = make_firm(live.app, alice.id)
    add_second_factor(live.app, alice.id)
    harbor = make_site(live.app, alice.id, firm)
    with live.app.app_context(), transaction():
        actor = actor_of(alice.id, firm)
        gus = add_person(actor, PersonFacts("Gus Gold", None, "Guard", "00417"), [harbor], now()).id
        code = make_device(actor, "Gate tablet", harbor, now())[1]
    return Firm(firm, gus, live.cookie(alice.user()), code)


def test_from_slip_to_certificate(context: Callable[..., BrowserContext], live: Live, firm: Firm) -> None:
    firm_code, code = _print(context(firm.alice), firm)
    phone = Mouse(context(**PHONE).new_page())
    _come_in(phone, firm_code, code)
    gus = _user_of(live, firm)
    with live.app.app_context(), transaction():
        course = served().courses[COURSE]
        enrollment = enroll(gus, course, now())
        for lesson in course.lessons:
            complete_lesson(enrollment, course, lesson, now())
        enrollment.active_seconds = 60 * 60
    phone.open(f"/courses/{COURSE}")
    phone.follow("Enter your name")
    phone.fill("Name on the certificate", "Gus Gold")
    phone.press("Use this name")
    phone.press("Start the final")
    attempt = phone.page.url.split("/scenes/")[0]
    scenes = keys(live.app, attempt)
    phone.open(f"{attempt}/scenes/{len(scenes)}")
    truth, action, _harmful = scenes[-1]
    phone.judge(right_verdict(truth), action)
    answer_all(live.app, UUID(attempt.rpartition("/")[2]))
    phone.open(f"{attempt}/submission")
    phone.press("Hand in")
    expect(phone.page.get_by_role("heading", level=1)).to_contain_text("Passed.")
    phone.follow("Open your certificate")
    expect(phone.page.get_by_role("heading", level=1)).to_have_text("Valid")
    expect(phone.page.get_by_text("Gus Gold")).to_be_visible()
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("has_script", [True, False])
def test_the_tablet_at_the_gate_shows_nobody_to_the_next(
    context: Callable[..., BrowserContext], live: Live, firm: Firm, has_script: bool
) -> None:
    firm_code, code = _print(context(firm.alice), firm)
    _come_in(Mouse(context(**PHONE).new_page()), firm_code, code)
    tablet = Mouse(context(java_script_enabled=has_script).new_page())
    tablet.open("/site-device")
    tablet.fill("Code", firm.device_code)
    tablet.press("Register")
    expect(tablet.page.get_by_text("Gate tablet")).to_be_visible()
    tablet.fill("Employee number", "00417")
    tablet.page.locator("#pin").fill(PIN)
    tablet.press("Sign in")
    expect(tablet.page.get_by_text("Acme Security").first).to_be_visible()
    tablet.open("/account")
    tablet.page.get_by_role("button", name=re.compile("^Sign out A|^Sign out C|^Sign out$")).first.click()
    expect(tablet.page).to_have_url(re.compile(r"/$|/in$"))
    for _step in range(2):
        tablet.page.go_back()
        expect(tablet.page.get_by_text("Acme Security")).to_have_count(0)
        expect(tablet.page.get_by_text("Gus")).to_have_count(0)
    tablet.open("/in")
    assert tablet.page.locator("#number").input_value() == ""
    assert {one["name"] for one in tablet.page.context.cookies()} <= {"visit", "site-device"}


def test_the_tablet_asks_before_it_signs_out_and_leads_back_to_the_page(
    context: Callable[..., BrowserContext], live: Live, firm: Firm
) -> None:
    firm_code, code = _print(context(firm.alice), firm)
    _come_in(Mouse(context(**PHONE).new_page()), firm_code, code)
    tablet = Mouse(context(**PHONE).new_page())
    tablet.open("/site-device")
    tablet.fill("Code", firm.device_code)
    tablet.press("Register")
    _sign_in_at(tablet)
    tablet.page.clock.install()
    with live.app.app_context():
        lesson = f"/courses/{COURSE}/{served().courses[COURSE].lessons[0].id}"
    tablet.open(lesson)
    button = tablet.page.get_by_role("button", name="Stay signed in")
    tablet.page.clock.run_for(80_000)
    expect(button).to_be_hidden()
    tablet.page.keyboard.press("Shift")
    tablet.page.clock.run_for(80_000)
    expect(button).to_be_hidden()
    tablet.page.clock.run_for(14_000)
    expect(tablet.page.get_by_role("alert").get_by_text("Still there?")).to_be_visible()
    with tablet.page.expect_request("**/in/stay"):
        button.click()
    expect(button).to_be_hidden()
    tablet.page.clock.run_for(94_000)
    expect(button).to_be_visible()
    with live.app.app_context(), transaction():
        sessions = select(Session).where(Session.site_device_id.is_not(None))
        for session in db.session.scalars(sessions):
            session.quiet_until = now()
    tablet.page.clock.run_for(40_000)
    expect(tablet.page).to_have_url(re.compile("/in$"))
    _sign_in_at(tablet)
    expect(tablet.page).to_have_url(re.compile(f"{lesson}$"))


def _sign_in_at(tablet: Mouse) -> None:
    tablet.fill("Employee number", "00417")
    tablet.page.locator("#pin").fill(PIN)
    tablet.press("Sign in")


def _print(context: BrowserContext, firm: Firm) -> tuple[str, str]:
    """Let Alice print the slip; return the firm's code and the slip's, as they stand on it."""
    page = context.new_page()
    page.goto(f"/organizations/{firm.id}/pin-slips")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Print 1 slip").click()
    words = pypdf.PdfReader(io.BytesIO(waiting.value.path().read_bytes())).pages[0].extract_text()
    slip, code = re.search(r"\b\w{4}-\w{4}\b", words), re.search(r"\b\w{3}-\w{3}\b", words)
    assert slip
    assert code
    return code[0], slip[0]


def _come_in(phone: Mouse, firm_code: str, code: str) -> None:
    phone.open(f"/in?firm={firm_code}")
    phone.fill("Employee number", "00417")
    phone.page.locator("#pin").fill(code)
    phone.press("Sign in")
    expect(phone.page.get_by_text("What this firm will see about you")).to_be_visible()
    phone.page.locator("#new_pin").fill(PIN)
    phone.page.locator("#again").fill(PIN)
    phone.page.get_by_label("I’m 13 or older").check()
    phone.press("Create my account and join")
    expect(phone.page.get_by_text("Your PIN is set.")).to_be_visible()


def _user_of(live: Live, firm: Firm) -> UUID:
    with live.app.app_context():
        found = db.session.scalars(select(Membership.user_id).where(Membership.id == firm.gus)).one()
        assert found is not None
        return found
