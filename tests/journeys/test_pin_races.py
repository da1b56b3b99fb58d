"""Many type a slip, a PIN or a device's code in the same instant, over two worker processes: once is once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.cast import actor_of
from tests.extras.pins.slips import NUMBER, add_gus, come_in, firm_code, sign_in, slip_for
from tests.live import all_at_once, serving
from tests.organizations.conftest import Acme, acme
from tests.support import Visitor
from trainer.accounts.models import User
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.core.settings import Settings
from trainer.extras.pins.devices import make_device
from trainer.extras.pins.models import PinTry, SiteDevice
from trainer.extras.pins.rules import A_DAY, FIRM_A_DAY, Way
from trainer.organizations.models import Membership
from trainer.organizations.operations import PersonFacts, add_person

pytestmark = pytest.mark.on_both

__all__ = ["acme"]


@pytest.fixture
def server(acme: Acme, settings: Settings) -> Iterator[str]:
    """Serve the test's database with two worker processes."""
    with serving(settings, is_web_alone=True) as address:
        yield address


def count(app: Flask, *conditions: object) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).where(*conditions)) or 0  # type: ignore[arg-type]


def test_a_slip_used_many_times_at_once_makes_one_account_with_one_pin(acme: Acme, server: str) -> None:
    gus = add_gus(acme)
    code, requests = slip_for(acme, gus), []
    for number in range(16):
        phone, pin = Visitor(acme.app), f"7391{number:02}"
        assert sign_in(phone, acme, code).location == "/in/pin"
        fields = {"new_pin": pin, "again": pin, "is_old_enough": "y", "csrf_token": phone.token()}
        requests.append(("/in/pin", fields, phone.cookie()))
    answers = all_at_once(server, requests)
    assert [location for status, location in answers if status == 303].count("/me") == 1
    assert count(acme.app, User.pin_hash.is_not(None)) == 1
    assert count(acme.app, Membership.id == gus, Membership.user_id.is_not(None)) == 1


def test_of_many_guesses_at_once_no_more_are_looked_at_than_one_after_the_other(acme: Acme, server: str) -> None:
    come_in(Visitor(acme.app), acme, slip_for(acme, add_gus(acme)))
    guessers = [Visitor(acme.app) for _one in range(32)]
    firm = firm_code(acme.app, acme.id)
    requests = [
        ("/in", {"firm": firm, "number": NUMBER, "pin": f"7391{row:02}", "csrf_token": one.token()}, one.cookie())
        for row, one in enumerate(guessers)
    ]
    while requests:  # a busy server tells some to come back
        answers = all_at_once(server, requests)
        assert {status for status, _location in answers} <= {422, 429, 503}
        requests = [request for request, (status, _location) in zip(requests, answers, strict=True) if status == 503]
    assert count(acme.app, PinTry.id.is_not(None)) == A_DAY


def test_of_one_pin_tried_on_many_numbers_at_once_no_more_are_looked_at_than_the_firm_allows(
    acme: Acme, server: str
) -> None:
    gus = add_gus(acme)
    come_in(Visitor(acme.app), acme, slip_for(acme, gus))
    numbers, left = [f"9{number:04}" for number in range(24)], 10
    with acme.app.app_context(), transaction():
        alice, now = actor_of(acme.users["alice"], acme.id), clock.now()
        known = db.session.get_one(User, db.session.get_one(Membership, gus).user_id)
        for number in numbers:
            user = User(created_at=now, pin_hash=known.pin_hash, pin_key_id=known.pin_key_id)
            db.session.add(user)
            db.session.flush()
            person = add_person(alice, PersonFacts("Jo Lee", None, None, number), [], now)
            person.user_id, person.joined_at = user.id, now
            db.session.flush()
        before = {"user_id": known.id, "way": Way.STRANGE, "organization_id": acme.id, "at": now}
        db.session.add_all(PinTry(**before) for _try in range(FIRM_A_DAY - left))
    firm, guessers = firm_code(acme.app, acme.id), [Visitor(acme.app) for _number in numbers]
    requests = [
        ("/in", {"firm": firm, "number": number, "pin": "739164", "csrf_token": one.token()}, one.cookie())
        for number, one in zip(numbers, guessers, strict=True)
    ]
    answers = all_at_once(server, requests)
    assert {status for status, _location in answers} <= {422, 429}
    assert count(acme.app, PinTry.id.is_not(None)) == FIRM_A_DAY


def test_a_code_typed_many_times_at_once_registers_one_device(acme: Acme, server: str) -> None:
    with acme.app.app_context(), transaction():
        _device, code = make_device(actor_of(acme.users["alice"], acme.id), "Gate tablet", acme.harbor, clock.now())
    browsers = [Visitor(acme.app) for _one in range(32)]
    requests = [("/site-device", {"code": code, "csrf_token": one.token()}, one.cookie()) for one in browsers]
    answers = all_at_once(server, requests)
    assert [status for status, _location in answers].count(303) == 1
    assert count(acme.app, SiteDevice.registered_at.is_not(None)) == 1
