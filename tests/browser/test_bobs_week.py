"""Bob, a guard with a phone, joins by a poster, learns in short visits, passes; a year later he is asked again."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import pytest
import time_machine
from playwright.sync_api import BrowserContext, expect

from tests.browser.hands import Mouse
from tests.browser.live import Live
from tests.browser.post import letter_to
from tests.browser.stage import Person
from tests.cast import (
    actor_of,
    add_second_factor,
    answer_all,
    certify,
    make_firm,
    make_site,
    sign_in_as,
)
from tests.support import COURSE, PASSWORD, keys, right_verdict
from trainer.accounts.queries import find_user_by_email_key
from trainer.assignments.operations import require_course
from trainer.assignments.rules import Audience, Group, RequiredTerms
from trainer.content.serving import served
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.credentials.queries import list_credentials
from trainer.credentials.rules import show_serial
from trainer.jobs.upkeep import keep_up
from trainer.learning.operations import attest, complete_lesson
from trainer.learning.queries import get_enrollment
from trainer.organizations.codes import make_join_code, show_code
from trainer.organizations.rules import Role, local_day

PHONE = {"width": 360, "height": 740}
SENTENCE = "I did all of this course myself."


@dataclass
class Firm:
    """Acme Security, which requires the course; its owner's cookie, and the address on its poster."""

    id: UUID
    alice: dict[str, str]
    poster: str
    due_on: dt.date


@pytest.fixture
def firm(live: Live) -> Firm:
    alice = Person(live.app)
    firm = make_firm(live.app, alice.id)
    add_second_factor(live.app, alice.id)
    harbor = make_site(live.app, alice.id, firm)
    today = local_day("America/New_York", now())
    with live.app.app_context(), transaction():
        actor = actor_of(alice.id, firm)
        wanted = RequiredTerms(
            title="Guards, yearly",
            course=COURSE,
            audience=Audience(Group(teams=frozenset({harbor}))),
            starts_on=today,
            least_minutes=0,
            cadence_months=12,
            days_allowed=20,
            renewal_days=60,
            attestation=SENTENCE,
        )
        require_course(actor, wanted, served().courses, now())
        code = make_join_code(actor, Role.MEMBER, harbor, now() + dt.timedelta(days=30), None, now())
        poster = f"/join/{show_code(code.code)}"
    return Firm(firm, live.cookie(alice.user()), poster, today + dt.timedelta(days=20))


def test_bobs_week(context: Callable[..., BrowserContext], live: Live, firm: Firm) -> None:
    phone = Mouse(context(**PHONE).new_page())
    email = _join(phone, firm)
    with live.app.app_context():
        user = find_user_by_email_key(email)
        assert user is not None
        bob = user.id
    _see_one_thing_to_do(phone, firm)
    _read(phone, live, 0, 3)
    other = Mouse(context().new_page())
    _sign_in(other, email)
    _read(other, live, 3, 2)
    _read(phone, live, 5, 2)
    _read_the_rest(live, bob)
    first = _pass(phone, live)
    _is_current(Mouse(context(firm.alice).new_page()), firm)
    second = _a_year_later(live, firm, bob, email)
    for serial, status in ((first, "Replaced"), (second, "Valid")):
        phone.open(f"/verify/{serial}")
        expect(phone.page.get_by_role("heading", level=1)).to_have_text(status)
        expect(phone.page.get_by_text("Bob Builder")).to_be_visible()


def test_bob_joins_without_script(context: Callable[..., BrowserContext], firm: Firm) -> None:
    phone = Mouse(context(**PHONE, java_script_enabled=False).new_page())
    _join(phone, firm)
    _see_one_thing_to_do(phone, firm)


def _join(hand: Mouse, firm: Firm) -> str:
    email = f"bob.{time.time_ns()}@example.org"
    hand.open(firm.poster)
    expect(hand.page.get_by_role("heading", level=1)).to_have_text("Join Acme Security")
    expect(hand.page.get_by_text("It doesn’t see: your answers, how you do in practice")).to_be_visible()
    assert hand.page.context.cookies() == []
    hand.follow("Create an account")
    hand.fill("Email", email)
    hand.fill("Password", PASSWORD)
    hand.page.get_by_label("I’m 13 or older").check()
    hand.press("Create the account")
    expect(hand.page.get_by_role("heading", level=1)).to_have_text("Join Acme Security")
    hand.fill("Your name, as the firm knows you", "Bob Builder")
    hand.press("Join")
    expect(hand.page.get_by_text("You’ve joined Acme Security.")).to_be_visible()
    return email


def _see_one_thing_to_do(hand: Mouse, firm: Firm) -> None:
    assert hand.page.url.endswith("/me")
    expect(hand.page.get_by_role("link", name=re.compile("^(Continue|Start)"))).to_have_count(1)
    expect(hand.page.get_by_text(f"Due {firm.due_on:%b} {firm.due_on.day}")).to_be_visible()


def _sign_in(hand: Mouse, email: str) -> None:
    hand.open("/sign-in")
    hand.fill("Email", email)
    hand.fill("Password", PASSWORD)
    hand.press("Sign in")


def _read(hand: Mouse, live: Live, done: int, more: int) -> None:
    """Come, see how far it is, read some lessons, and stop."""
    with live.app.app_context():
        lessons = [lesson for module in served().courses[COURSE].core for lesson in module.lessons]
    hand.open("/me")
    next_one = lessons[done].file.title
    expect(hand.page.get_by_text(f"{done} of {len(lessons)} core lessons read.")).to_be_visible()
    hand.follow(f"Continue {next_one}")
    for lesson in lessons[done : done + more]:
        expect(hand.page.get_by_role("heading", level=1)).to_have_text(lesson.file.title)
        hand.answer_questions()
        hand.press("I’ve read this")


def _read_the_rest(live: Live, bob: UUID) -> None:
    with live.app.app_context(), transaction():
        course = served().courses[COURSE]
        enrollment = get_enrollment(bob, COURSE)
        for lesson in course.lessons:
            complete_lesson(enrollment, course, lesson, now())


def _pass(hand: Mouse, live: Live) -> str:
    """Give the name, sign, take the final; return the certificate's number."""
    hand.open(f"/courses/{COURSE}")
    hand.follow("Enter your name")
    hand.fill("Name on the certificate", "Bob Builder")
    hand.press("Use this name")
    hand.follow("Read and sign")
    expect(hand.page.get_by_text(SENTENCE)).to_be_visible()
    hand.fill("Your name", "Bob Builder")
    hand.press("Sign")
    hand.press("Start the final")
    attempt = hand.page.url.split("/scenes/")[0]
    scenes = keys(live.app, attempt)
    _judge(hand, scenes[0])
    expect(hand.page).to_have_title(re.compile(f"^Scene 2 of {len(scenes)}"))
    hand.open(f"{attempt}/scenes/{len(scenes)}")
    _judge(hand, scenes[-1])
    answer_all(live.app, UUID(attempt.rpartition("/")[2]))
    hand.open(f"{attempt}/submission")
    hand.press("Hand in")
    expect(hand.page.get_by_role("heading", level=1)).to_contain_text("Passed.")
    hand.follow("Open your certificate")
    expect(hand.page.get_by_role("heading", level=1)).to_have_text("Valid")
    assert hand.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    return hand.page.url.rpartition("/")[2]


def _judge(hand: Mouse, scene: tuple[str, str, str]) -> None:
    truth, action, _harmful = scene
    hand.judge(right_verdict(truth), action)


def _is_current(hand: Mouse, firm: Firm) -> None:
    hand.open(f"/organizations/{firm.id}/training")
    expect(hand.page.get_by_role("heading", level=1)).to_have_text("1 of 1 person is current.")
    expect(hand.page.get_by_role("row").filter(has_text="Bob Builder")).to_contain_text(re.compile(r"Until \w+ \d"))


def _a_year_later(live: Live, firm: Firm, bob: UUID, email: str) -> str:
    """Let ten months pass: the next cycle is open, and he passes again. Return the new certificate's number."""
    with time_machine.travel((now() + dt.timedelta(days=340)).replace(hour=18)):
        with live.app.app_context():
            for _portion in keep_up(firm.id):
                pass
        assert "asks you to take your course again" in letter_to(live, email, "training-reminder").text
        visitor = sign_in_as(live.app, bob, live.url)
        page = visitor.get("/me").text
        assert "0 of " in page
        assert re.search(r"Due \w+ \d+", page)
        with live.app.app_context(), transaction():
            attest(get_enrollment(bob, COURSE), "Bob Builder", now())
        certify(live.app, bob)
        assert "Due" not in visitor.get("/me").text
        with live.app.app_context():
            return show_serial(list_credentials(bob)[0].serial)
