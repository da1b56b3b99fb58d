"""At a site many share one tablet: it is registered once, signs people out when it is quiet, and keeps nobody."""

from __future__ import annotations

import datetime as dt
import re
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import select

from tests.cast import actor_of
from tests.extras.pins.devices import Tablet, add_device, make_tablet
from tests.extras.pins.slips import PIN, WRONG, add_gus, come_in, firm_code, sign_in, slip_for, user_of
from tests.organizations.conftest import Acme
from tests.support import COURSE, Visitor
from trainer.accounts.models import Session, User
from trainer.accounts.signing_in import sign_in_session
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.audit import AuditEvent
from trainer.core.db import db, transaction
from trainer.extras.pins.devices import make_device, revoke
from trainer.extras.pins.models import SiteDevice
from trainer.extras.pins.pins import begin_try
from trainer.extras.pins.rules import Way
from trainer.extras.pins.views import sign_in as pin_views

NOON = "2026-11-25T12:00:00Z"


def with_gus(acme: Acme) -> UUID:
    """Return Gus's entry; he has a PIN and a phone of his own."""
    gus = add_gus(acme)
    come_in(Visitor(acme.app), acme, slip_for(acme, gus))
    return gus


@pytest.mark.on_both
def test_a_manager_adds_a_device_and_its_code_registers_one_browser_in_half_an_hour(acme: Acme) -> None:
    mark = acme.enter("mark")
    page = mark.post(acme.path("/site-devices"), {"name": "Gate tablet", "team": str(acme.harbor)}).text
    code = re.search(r"(?<=>)[0-9A-Z]{4}-[0-9A-Z]{4}(?=<)", page)
    assert code
    assert "/site-device" in page
    assert code[0] not in mark.get(acme.path("/site-devices")).text
    tablet, other = Tablet(acme.app), Visitor(acme.app)
    assert tablet.post("/site-device", {"code": code[0]}).location == "/in"
    assert "valid once" in other.post("/site-device", {"code": code[0]}).text
    assert "A browser" in mark.get(acme.path("/site-devices")).text
    with time_machine.travel(NOON, tick=False) as traveller:
        _device, late = add_device(acme)
        traveller.shift(dt.timedelta(minutes=31))
        assert other.post("/site-device", {"code": late}).status_code == 422
    with acme.app.app_context():
        kept = str([tuple(vars(one).values()) for one in db.session.scalars(select(SiteDevice))])
        assert code[0].replace("-", "") not in kept
        cookie = tablet.client.get_cookie("site-device", domain="127.0.0.1")
        assert cookie is not None
        assert cookie.value.partition(".")[2] not in kept


def test_managers_of_other_teams_members_and_strangers_dont_see_a_device(acme: Acme) -> None:
    with acme.app.app_context(), transaction():
        device = make_device(actor_of(acme.users["alice"], acme.id), "Motel desk", acme.motel, clock.now())[0].id
    assert "Motel desk" not in acme.enter("mark").get(acme.path("/site-devices")).text
    assert "Motel desk" in acme.enter("mona").get(acme.path("/site-devices")).text
    for name in ("mark", "bob", "ines", "mallory"):
        assert acme.enter(name).post(acme.path(f"/site-devices/{device}/revocation")).status_code == 404
    refused = acme.enter("mark").post(acme.path("/site-devices"), {"name": "X", "team": str(acme.motel)})
    assert refused.status_code == 422


def test_the_tablet_knows_the_firm_and_a_badge_brings_the_number(acme: Acme) -> None:
    with_gus(acme)
    tablet, _device = make_tablet(acme)
    page = tablet.get("/in").text
    assert "Gate tablet" in page
    assert 'name="firm"' not in page
    assert 'class="nav wrap"' not in page
    assert 'class="deep help-strip one-line"' in page
    assert 'class="nav wrap"' in Visitor(acme.app).get("/in").text
    assert tablet.get("/in?firm=ZZZZZZ&number=00417").location == "/in"  # the number is in no address that stays
    assert 'value="00417"' in tablet.get("/in").text
    assert 'value="00417"' not in tablet.get("/in").text
    assert tablet.post("/in", {"number": "00417", "pin": PIN}).location == "/me"


def test_two_quiet_minutes_sign_out_and_what_is_asked_for_keeps_signed_in(acme: Acme) -> None:
    with_gus(acme)
    tablet, _device = make_tablet(acme)
    with time_machine.travel(NOON, tick=False) as traveller:
        tablet.post("/in", {"number": "00417", "pin": PIN})
        for _page in range(3):
            traveller.shift(dt.timedelta(seconds=110))
            assert tablet.get("/me").status_code == 200
        traveller.shift(dt.timedelta(seconds=110))
        assert tablet.client.post("/in/stay", base_url=tablet.base_url).status_code == 204
        traveller.shift(dt.timedelta(seconds=110))
        assert tablet.get("/me").status_code == 200
        traveller.shift(dt.timedelta(seconds=121))
        assert tablet.get("/me").location.startswith("/sign-in")
        assert tablet.get("/keep").location == "/in"
        assert tablet.get("/account").location.startswith("/sign-in")
        assert tablet.get("/sign-in").location == "/in"
        assert "Acme" not in tablet.get(f"/courses/{COURSE}").text


def test_whoever_was_signed_out_comes_back_to_the_same_lesson_and_nobody_else_does(acme: Acme) -> None:
    with_gus(acme)
    gia = add_gus(acme, "00418", "Gia Green")
    come_in(Visitor(acme.app), acme, slip_for(acme, gia), number="00418")
    tablet, _device = make_tablet(acme)
    with acme.app.app_context():
        lesson = f"/courses/{COURSE}/{served().courses[COURSE].lessons[0].id}"
    with time_machine.travel(NOON, tick=False) as traveller:
        for number, following in (("00417", lesson), ("00418", "/me")):
            tablet.post("/in", {"number": "00417", "pin": PIN})
            traveller.shift(dt.timedelta(seconds=125))
            assert tablet.get(f"/in?next={lesson}").location == "/in"  # no history of this browser shows where
            assert lesson not in tablet.get("/in").text
            assert tablet.get("/in?next=/in").location == "/in"  # a page to sign in that was left open
            assert tablet.post("/in", {"number": number, "pin": PIN}).location == following
            tablet.post("/sign-out")


def test_after_two_hours_the_session_is_over_however_much_is_asked_for(acme: Acme) -> None:
    with_gus(acme)
    tablet, _device = make_tablet(acme)
    phone = Visitor(acme.app)
    with time_machine.travel(NOON, tick=False) as traveller:
        sign_in(phone, acme)
        tablet.post("/in", {"number": "00417", "pin": PIN})
        for _page in range(79):
            traveller.shift(dt.timedelta(seconds=90))
            assert tablet.client.post("/in/stay", base_url=tablet.base_url).status_code == 204
        assert tablet.get("/me").status_code == 200
        traveller.shift(dt.timedelta(seconds=91))
        assert tablet.get("/me").location.startswith("/sign-in")
        assert "Acme" not in tablet.get(f"/courses/{COURSE}").text
        assert phone.get("/me").status_code == 200


def test_what_a_page_sends_by_itself_keeps_nobody_signed_in(acme: Acme) -> None:
    with_gus(acme)
    tablet, _device = make_tablet(acme)
    with time_machine.travel(NOON, tick=False) as traveller:
        tablet.post("/in", {"number": "00417", "pin": PIN})
        tablet.enroll()
        traveller.shift(dt.timedelta(seconds=100))
        tablet.client.post(f"/courses/{COURSE}/activity", data={"csrf_token": tablet.token()}, base_url=tablet.base_url)
        with acme.app.app_context():
            on_tablet = select(Session.quiet_until).where(Session.site_device_id.is_not(None))
            kept_until = db.session.scalars(on_tablet).one()
        traveller.shift(dt.timedelta(seconds=100))
        tablet.client.post(f"/courses/{COURSE}/activity", data={"csrf_token": "x"}, base_url=tablet.base_url)
        assert kept_until is not None
        with acme.app.app_context():
            assert db.session.scalars(on_tablet).one() == kept_until


def test_nothing_of_the_one_before_is_left_for_the_next(acme: Acme) -> None:
    with_gus(acme)
    tablet, _device = make_tablet(acme)
    tablet.post("/in", {"number": "00417", "pin": PIN})
    page = tablet.get("/me")
    assert page.headers["Cache-Control"] == "no-store"
    assert '<noscript><meta http-equiv="refresh" content="125; url=/in?next=/me">' in page.text
    assert 'data-quiet="120"' in page.text
    tablet.post("/sign-out")
    assert tablet.client.get_cookie("known", domain="127.0.0.1") is None
    form = tablet.get("/in").text
    assert "00417" not in form
    assert form.count('autocomplete="off"') >= 3
    assert "Gus" not in form
    visit = tablet.client.get_cookie("visit", domain="127.0.0.1")
    assert visit is None or visit.expires is None  # a cookie of this browser session alone


def test_quick_exit_leaves_the_tablet_a_tablet(acme: Acme) -> None:
    with_gus(acme)
    tablet, _device = make_tablet(acme)
    tablet.post("/in", {"number": "00417", "pin": PIN})
    tablet.get("/exit")
    assert "Gate tablet" in tablet.get("/in").text


@pytest.mark.on_both
def test_a_stolen_tablet_is_out_at_once_with_whoever_is_signed_in(acme: Acme) -> None:
    gus = with_gus(acme)
    tablet, device = make_tablet(acme)
    tablet.post("/in", {"number": "00417", "pin": PIN})
    phone = Visitor(acme.app)
    sign_in(phone, acme)
    assert acme.enter("mark").post(acme.path(f"/site-devices/{device}/revocation")).status_code == 303
    assert tablet.get("/me").location.startswith("/sign-in")
    page = tablet.get("/in").text
    assert "Gate tablet" not in page
    assert "no longer a site device" in page
    assert tablet.get("/keep").location == "/in"
    assert "no longer a site device" not in phone.get("/in").text
    assert phone.get("/me").status_code == 200
    with acme.app.app_context():
        acts = [
            (one.act, one.actor_id == acme.users["mark"])
            for one in db.session.scalars(select(AuditEvent).where(AuditEvent.subject_id == device))
        ]
        assert ("site_device.revoked", True) in acts
    assert user_of(acme.app, gus)


def test_a_device_that_is_revoked_while_someone_signs_in_keeps_nobody(
    acme: Acme, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_gus(acme)
    tablet, device = make_tablet(acme)
    opened = sign_in_session

    def revoke_first(user: User, site_device_id: UUID | None = None) -> None:
        with transaction():
            revoke(actor_of(acme.users["alice"], acme.id), device, clock.now())
        opened(user, site_device_id)

    monkeypatch.setattr(pin_views, "sign_in_session", revoke_first)
    assert tablet.post("/in", {"number": "00417", "pin": PIN}).location == "/in"
    assert tablet.get("/me").location.startswith("/sign-in")
    with acme.app.app_context():
        on_tablet = select(Session.ended_at).where(Session.site_device_id == device)
        assert None not in db.session.scalars(on_tablet).all()


def test_while_strangers_guess_and_at_the_tablet_others_the_owner_still_has_a_way(acme: Acme) -> None:
    gus = with_gus(acme)
    tablet, _device = make_tablet(acme)
    with acme.app.app_context(), transaction():
        while begin_try(user_of(acme.app, gus), Way.STRANGE, clock.now()) is not None:
            pass
    assert WRONG in sign_in(Visitor(acme.app), acme).text
    assert tablet.post("/in", {"number": "00417", "pin": PIN}).location == "/me"


def test_a_tablet_of_one_firm_opens_no_account_of_another(acme: Acme) -> None:
    with_gus(acme)
    with acme.app.app_context(), transaction():
        mallory = actor_of(acme.users["mallory"], acme.other)
        _device, code = make_device(mallory, "Their desk", None, clock.now())
    tablet = Tablet(acme.app)
    assert tablet.post("/site-device", {"code": code}).location == "/in"
    refused = tablet.post("/in", {"firm": firm_code(acme.app, acme.id), "number": "00417", "pin": PIN})
    assert WRONG in refused.text


@pytest.mark.parametrize("value", ["", "x", "00.x", "0" * 32 + "."])
def test_a_made_up_cookie_is_no_tablet(acme: Acme, value: str) -> None:
    _device, _code = add_device(acme)
    browser = Visitor(acme.app)
    browser.client.set_cookie("site-device", value, domain="127.0.0.1")
    assert 'name="firm"' in browser.get("/in").text


@pytest.mark.on_both
def test_a_revoked_device_cant_be_registered_or_revoked_again(acme: Acme) -> None:
    device, code = add_device(acme)
    with acme.app.app_context(), transaction():
        revoke(actor_of(acme.users["alice"], acme.id), device, clock.now())
    assert Visitor(acme.app).post("/site-device", {"code": code}).status_code == 422
    again = acme.enter("alice").post(acme.path(f"/site-devices/{device}/revocation"), follow_redirects=True)
    assert "already revoked" in again.text


def test_on_the_tablet_nobody_makes_an_account_that_would_stay_signed_in(acme: Acme) -> None:
    tablet, _device = make_tablet(acme)
    for path in ("/sign-up", "/sign-in", "/keep"):
        assert tablet.get(path).location == "/in", path


def test_a_slip_that_was_typed_at_the_tablet_is_forgotten_soon_and_by_the_next_one(acme: Acme) -> None:
    tablet, _device = make_tablet(acme)
    gus = add_gus(acme)
    with time_machine.travel(NOON, tick=False) as traveller:
        code = slip_for(acme, gus)
        assert sign_in(tablet, acme, code).location == "/in/pin"
        assert "Gus Gold" in tablet.get("/in/pin").text
        tablet.get("/in")
        assert tablet.get("/in/pin").location == "/in"
        assert sign_in(tablet, acme, code).location == "/in/pin"
        traveller.shift(dt.timedelta(minutes=6))
        assert tablet.get("/in/pin").location == "/in"


def test_wrong_pins_at_one_tablet_come_to_an_end_whoever_is_tried(acme: Acme) -> None:
    with_gus(acme)
    tablet, _device = make_tablet(acme)
    with time_machine.travel(NOON, tick=False):
        answers = [sign_in(tablet, acme, "111222", number=str(number)).status_code for number in range(62)]
    assert set(answers[:60]) <= {422, 429}
    assert answers[-1] == 429
    # A phone of one's own isn't held up by it.
    assert sign_in(Visitor(acme.app), acme, address="198.51.100.7").status_code in {303, 422}
