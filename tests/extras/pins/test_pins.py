"""People without an address come in with a slip, choose a PIN, and nobody guesses it."""

from __future__ import annotations

import datetime as dt
import re
import time
from urllib.parse import unquote
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from limits.storage import storage_from_string
from sqlalchemy import event, func, select

from tests.cast import actor_of, make_account
from tests.extras.pins.slips import (
    NUMBER,
    PIN,
    WRONG,
    add_gus,
    come_in,
    firm_code,
    sign_in,
    slip_for,
    statements,
    user_of,
)
from tests.organizations.conftest import Acme
from tests.support import COURSE, Visitor
from trainer.accounts.emails import token_of
from trainer.accounts.models import Link, User
from trainer.accounts.operations import create_guest
from trainer.accounts.queries import get_user, list_guests_before
from trainer.core import clock
from trainer.core.audit import AuditEvent
from trainer.core.db import db, transaction
from trainer.core.errors import Conflict, NotYet
from trainer.extras.pins.models import PinSlip, PinTry
from trainer.extras.pins.pins import begin_try, forget_tries
from trainer.extras.pins.rules import A_DAY, A_MONTH, FIRM_A_DAY, Way
from trainer.extras.pins.signing_in import begin_by_address
from trainer.extras.pins.slips import print_slip
from trainer.organizations.codes import make_join_code
from trainer.organizations.models import Membership
from trainer.organizations.operations import PersonFacts, add_person, change_role, remove_person
from trainer.organizations.queries import get_person
from trainer.organizations.rules import Role

NOON = "2026-11-25T12:00:00Z"


def tries(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(PinTry)) or 0


def with_pin(acme: Acme) -> tuple[UUID, UUID]:
    """Return the entry and the user of Gus, who has chosen his PIN in a browser that nobody has any more."""
    gus = add_gus(acme)
    assert come_in(Visitor(acme.app), acme, slip_for(acme, gus)).status_code == 303
    return gus, user_of(acme.app, gus)


def test_a_guard_without_an_address_comes_in_with_a_slip_and_then_with_the_pin(acme: Acme) -> None:
    gus, phone = add_gus(acme), Visitor(acme.app)
    code = slip_for(acme, gus)
    assert sign_in(phone, acme, code.lower().replace("-", " ")).location == "/in/pin"
    page = phone.get("/in/pin").text
    assert "Gus Gold" in page
    assert "What this firm will see" in page
    answer = phone.post("/in/pin", {"new_pin": PIN, "again": PIN, "is_old_enough": "y"})
    assert (answer.status_code, answer.location) == (303, "/me")
    assert "Acme Security" in phone.get("/me").text
    phone.post("/sign-out")
    assert sign_in(Visitor(acme.app), acme).location == "/me"
    assert tries(acme.app) == 0
    with acme.app.app_context():
        user = db.session.get_one(User, user_of(acme.app, gus))
        assert PIN not in str(user.pin_hash)
        assert str(user.pin_hash).startswith("$argon2id$")
        assert user.id not in list_guests_before(clock.now() + dt.timedelta(days=400))
        acts = set(db.session.scalars(select(AuditEvent.act).where(AuditEvent.organization_id == acme.id)))
        assert {"pin_slip.printed", "pin_slip.used"} <= acts


@pytest.mark.on_both
def test_zeros_before_a_number_may_be_left_out_where_one_person_alone_is_meant(acme: Acme) -> None:
    gus, user = with_pin(acme)
    for typed in ("417", "0417", " 417 "):
        assert sign_in(Visitor(acme.app), acme, number=typed).location == "/me", typed
    assert sign_in(Visitor(acme.app), acme, slip_for(acme, gus), number="417").location == "/in/pin"
    for typed in ("17", "41700", "000417"):
        assert WRONG in sign_in(Visitor(acme.app), acme, number=typed).text, typed
    other = add_gus(acme, "0417", "Gil Gray")
    come_in(Visitor(acme.app), acme, slip_for(acme, other), "739164", number="0417")
    for pin in (PIN, "739164"):
        assert WRONG in sign_in(Visitor(acme.app), acme, pin, number="417").text
    assert sign_in(Visitor(acme.app), acme).location == "/me"
    assert sign_in(Visitor(acme.app), acme, "739164", number="0417").location == "/me"
    with acme.app.app_context(), transaction():
        alice = actor_of(acme.users["alice"], acme.id)
        remove_person(alice, get_person(alice, other), alice.today(clock.now()), clock.now())
    assert sign_in(Visitor(acme.app), acme, number="417").location == "/me"  # who left is in nobody's way
    assert user_of(acme.app, gus) == user


def test_who_signs_in_with_a_pin_goes_on_where_they_were_led_from(acme: Acme) -> None:
    with_pin(acme)
    phone = Visitor(acme.app)
    assert phone.get("/check-ins").location == "/sign-in?next=/check-ins"
    assert 'href="/in?next=/check-ins"' in phone.get("/sign-in?next=/check-ins").text
    assert 'action="/in?next=/check-ins"' in phone.get("/in?next=/check-ins").text
    fields = {"firm": firm_code(acme.app, acme.id), "number": NUMBER, "pin": PIN}
    assert phone.post("/in?next=/check-ins", fields).location == "/check-ins"


@pytest.mark.asvs("6.4.1")
def test_a_slip_is_good_once_for_fourteen_days_and_until_the_next_is_printed(acme: Acme) -> None:
    gus = add_gus(acme)
    with time_machine.travel(NOON, tick=False) as traveller:
        first, second = slip_for(acme, gus), slip_for(acme, gus)
        assert WRONG in sign_in(Visitor(acme.app), acme, first).text
        early = Visitor(acme.app)
        assert sign_in(early, acme, second).location == "/in/pin"
        assert come_in(Visitor(acme.app), acme, second).status_code == 303
        answer = early.post("/in/pin", {"new_pin": "739164", "again": "739164"}, follow_redirects=True)
        assert "already used" in answer.text
        assert WRONG in sign_in(Visitor(acme.app), acme, second).text
        third = slip_for(acme, gus)
        traveller.shift(dt.timedelta(days=14))
        assert WRONG in sign_in(Visitor(acme.app), acme, third).text
    with acme.app.app_context():
        assert all(first.replace("-", "") not in seal for seal in db.session.scalars(select(PinSlip.seal)))


@pytest.mark.asvs("6.4.6")
def test_a_new_slip_lets_someone_in_who_forgot_the_pin_and_ends_the_old_one(acme: Acme) -> None:
    gus, user = with_pin(acme)
    code, phone = slip_for(acme, gus, "mark"), Visitor(acme.app)
    assert sign_in(phone, acme).location == "/me"  # the old one works until then
    assert come_in(Visitor(acme.app), acme, code, "739164").location == "/me"
    assert phone.get("/me").location.startswith("/sign-in")
    assert WRONG in sign_in(Visitor(acme.app), acme).text
    assert user_of(acme.app, gus) == user


@pytest.mark.parametrize("pin", ["12345", "123456", "111111", "121212", "041788", "199012", "000417", "583204x"])
def test_easy_pins_are_refused_with_the_reason_and_the_slip_stays_good(acme: Acme, pin: str) -> None:
    phone = Visitor(acme.app)
    answer = come_in(phone, acme, slip_for(acme, add_gus(acme)), pin)
    assert answer.status_code == 422
    assert re.search(r"Choose another|6 to 12 digits, and nothing else", answer.text)
    again = phone.post("/in/pin", {"new_pin": PIN, "again": "583205", "is_old_enough": "y"})
    assert "isn’t the same PIN" in again.text
    assert phone.post("/in/pin", {"new_pin": PIN, "again": PIN, "is_old_enough": "y"}).status_code == 303


def test_what_a_guest_did_on_the_phone_comes_along(acme: Acme) -> None:
    phone, gus = Visitor(acme.app), add_gus(acme)
    phone.keep()
    phone.enroll()
    come_in(phone, acme, slip_for(acme, gus))
    assert f"/courses/{COURSE}" in phone.get("/me").text
    other = Visitor(acme.app)
    other.keep()
    assert sign_in(other, acme).location == "/me"
    with acme.app.app_context():
        assert list_guests_before(clock.now() + dt.timedelta(days=1)) == []


def test_nothing_tells_an_unknown_firm_or_number_from_a_wrong_pin(acme: Acme) -> None:
    with_pin(acme)
    waiting = add_gus(acme, "00500", "Wanda Wait")
    slip_for(acme, waiting)
    token = re.compile(r'(name="csrf_token"|value)[^>]*>|\d+-\d+')
    pages = {
        token.sub("", answer.text)
        for answer in (
            sign_in(Visitor(acme.app), acme, "739164"),
            sign_in(Visitor(acme.app), acme, "739164", number="99999"),
            sign_in(Visitor(acme.app), acme, "739164", firm="ZZZZZZ"),
            sign_in(Visitor(acme.app), acme, "739164", number="00500"),
            sign_in(Visitor(acme.app), acme, "AAAA-AAAA", number="00500"),
            sign_in(Visitor(acme.app), acme, "AAAA-AAAA"),
            sign_in(Visitor(acme.app), acme, "x", firm="x"),
        )
    }
    assert len(pages) == 1, pages


def test_a_refusal_takes_as_long_whoever_was_meant(acme: Acme) -> None:
    with_pin(acme)

    def seconds(**typed: str) -> float:
        visitor, spent = Visitor(acme.app), []
        visitor.token()
        acme.app.extensions["limits"] = storage_from_string("memory://")  # one that is throttled costs less
        for _try in range(20):
            begun = time.process_time()
            sign_in(visitor, acme, "739164", **typed)
            spent.append(time.process_time() - begun)
        return min(spent)

    wrong_pin, unknown, no_firm = seconds(), seconds(number="99999"), seconds(firm="ZZZZZZ")
    assert max(wrong_pin, unknown, no_firm) < 1.75 * min(wrong_pin, unknown, no_firm)


@pytest.mark.parametrize("limits_url", ["database://", "memory://"])
def test_the_same_statements_run_whoever_was_meant(acme: Acme, limits_url: str) -> None:
    with_pin(acme)
    waiting = add_gus(acme, "00500", "Wanda Wait")
    slip_for(acme, waiting)
    acme.app.extensions["limits"] = storage_from_string(limits_url)  # elsewhere, as with Redis, or in our database
    for secret in ("739164", "AAAA-AAAA"):
        known = statements(acme, secret)
        for typed in ({"number": "99999"}, {"firm": "ZZZZZZ"}, {"number": "00500"}):
            assert statements(acme, secret, **typed) == known, typed
    with acme.app.app_context(), transaction():
        while begin_try(user_of(acme.app, gus_of(acme)), Way.STRANGE, clock.now()) is not None:
            pass
    assert statements(acme, "739164") == statements(acme, "739164", number="99999")  # nor once no more are looked at


def gus_of(acme: Acme) -> UUID:
    """Return Gus's entry."""
    with acme.app.app_context():
        return db.session.scalars(select(Membership.id).where(Membership.employee_number == NUMBER)).one()


def test_one_common_pin_on_every_number_of_a_firm_is_slowed_and_guards_still_come_in(acme: Acme) -> None:
    gus, phone = add_gus(acme), Visitor(acme.app)
    come_in(phone, acme, slip_for(acme, gus))
    phone.post("/sign-out")
    with acme.app.app_context():
        hashed = db.session.get_one(User, user_of(acme.app, gus))
        with transaction():
            people = [User(created_at=clock.now(), pin_hash=hashed.pin_hash, pin_key_id="x") for _one in range(60)]
            db.session.add_all(people)
            db.session.flush()
            looked_at = [begin_try(person.id, Way.STRANGE, clock.now(), acme.id) is not None for person in people]
    assert sum(looked_at) == FIRM_A_DAY
    stranger = sign_in(Visitor(acme.app), acme)
    assert (stranger.status_code, WRONG in stranger.text) == (422, True)
    assert sign_in(phone, acme).location == "/me"  # a browser that was used before
    new = Visitor(acme.app)
    assert come_in(new, acme, slip_for(acme, gus), "739164").location == "/me"  # and a slip
    with acme.app.app_context(), transaction():  # other firms don't notice
        assert begin_try(people[59].id, Way.STRANGE, clock.now(), acme.other) is not None


@pytest.mark.parametrize("guesses", [1_000, pytest.param(10_000, marks=pytest.mark.nightly)])
def test_of_thousands_of_guesses_from_many_networks_thirty_are_looked_at_in_a_month(acme: Acme, guesses: int) -> None:
    """Within five weeks, by the operation that says whether a PIN may be looked at."""
    _gus, user = with_pin(acme)
    looked_at: list[dt.datetime] = []
    begun = dt.datetime.fromisoformat(NOON)
    with acme.app.app_context():
        for portion in range(0, guesses, 500):
            with transaction():
                for number in range(portion, portion + 500):
                    now = begun + dt.timedelta(days=35) * number / guesses
                    if begin_try(user, Way.STRANGE, now) is not None:
                        looked_at.append(now)
                forget_tries(now)
    for first in looked_at:
        assert sum(first <= at < first + dt.timedelta(days=30) for at in looked_at) <= A_MONTH
        assert sum(first <= at < first + dt.timedelta(days=1) for at in looked_at) <= A_DAY
    assert A_MONTH < len(looked_at) <= 2 * A_MONTH  # it went on after the month, and not before


def test_a_guesser_at_the_page_is_looked_at_ten_times_a_day_and_doesnt_learn_it(acme: Acme) -> None:
    with_pin(acme)
    with time_machine.travel(NOON, tick=False) as traveller:
        attacker = Visitor(acme.app)
        for number in range(3 * A_DAY):
            answer = sign_in(attacker, acme, f"7391{number:02}", address=f"203.0.113.{number}")
            assert (answer.status_code, WRONG in answer.text) == (422, True)
        assert tries(acme.app) == A_DAY
        right = sign_in(Visitor(acme.app), acme, address="203.0.113.99")
        assert (right.status_code, WRONG in right.text) == (422, True)  # a guesser must not see that it was right
        for _day in range(10):
            traveller.shift(dt.timedelta(days=1))
            for number in range(A_DAY + 1):
                sign_in(attacker, acme, f"7391{number:02}", address=f"203.0.114.{number}")
        assert tries(acme.app) == A_MONTH


def test_under_attack_the_owner_comes_in_from_a_phone_that_is_known_and_with_a_fresh_slip(acme: Acme) -> None:
    gus, phone = add_gus(acme), Visitor(acme.app)
    come_in(phone, acme, slip_for(acme, gus))
    phone.post("/sign-out")
    with acme.app.app_context(), transaction():
        while begin_try(user_of(acme.app, gus), Way.STRANGE, clock.now()) is not None:
            pass
    assert sign_in(Visitor(acme.app), acme).status_code == 422
    assert sign_in(phone, acme).location == "/me"
    tablet = Visitor(acme.app)
    assert come_in(tablet, acme, slip_for(acme, gus, "mark"), "739164").location == "/me"
    assert sign_in(Visitor(acme.app), acme, "739164").location == "/me"


def test_a_pin_is_never_enough_for_staff(acme: Acme) -> None:
    gus, user = with_pin(acme)
    with acme.app.app_context():
        alice = actor_of(acme.users["alice"], acme.id)
        for role in (Role.OWNER, Role.MANAGER, Role.INSTRUCTOR):
            with pytest.raises(NotYet, match="PIN"), transaction():
                change_role(alice, get_person(alice, gus), role, False, clock.now())
        with transaction():  # were it so all the same
            db.session.get_one(Membership, gus).role = Role.MANAGER
    assert WRONG in sign_in(Visitor(acme.app), acme).text
    with pytest.raises(Conflict, match="has a role"):
        slip_for(acme, gus)
    with acme.app.app_context():
        assert get_user(user).has_pin


@pytest.mark.on_both
def test_a_code_that_gives_a_role_lets_nobody_in_with_a_pin(acme: Acme) -> None:
    phone = Visitor(acme.app)
    come_in(phone, acme, slip_for(acme, add_gus(acme)))
    with acme.app.app_context(), transaction():
        mallory = actor_of(acme.users["mallory"], acme.other)
        month = clock.now() + dt.timedelta(days=30)
        code = make_join_code(mallory, Role.INSTRUCTOR, None, month, None, clock.now()).code
    answer = phone.post(f"/join/{code}/acceptances", {"name": "Gus Gold"})
    assert answer.status_code == 409
    assert "a PIN isn’t enough" in answer.text
    with acme.app.app_context():
        here = select(func.count()).where(Membership.organization_id == acme.other, Membership.name == "Gus Gold")
        assert db.session.scalar(here) == 0


def test_someone_who_has_left_still_signs_in_also_once_the_number_is_anothers(acme: Acme) -> None:
    gus, user = with_pin(acme)
    with acme.app.app_context(), transaction():
        alice = actor_of(acme.users["alice"], acme.id)
        remove_person(alice, get_person(alice, gus), alice.today(clock.now()), clock.now())
    gone = Visitor(acme.app)
    assert sign_in(gone, acme).location == "/me"
    assert "Acme Security" not in gone.get("/me").text
    new = add_gus(acme, NUMBER, "Nina New")
    assert WRONG in sign_in(Visitor(acme.app), acme).text
    come_in(Visitor(acme.app), acme, slip_for(acme, new), "739164")
    assert user_of(acme.app, new) != user
    fields = {"firm": firm_code(acme.app, acme.id), "number": NUMBER, "has_left": "y"}
    assert WRONG in Visitor(acme.app).post("/in", {**fields, "pin": "739164"}).text
    former = Visitor(acme.app)
    assert former.post("/in", {**fields, "pin": PIN}).location == "/me"


def test_whoever_has_a_password_gets_no_slip(acme: Acme) -> None:
    with acme.app.app_context(), transaction():
        db.session.get_one(Membership, acme.people["bob"]).employee_number = "7"
    with pytest.raises(Conflict, match="account with an email address"):
        slip_for(acme, acme.people["bob"])


def test_an_address_is_added_later_and_a_password_ends_the_pin(acme: Acme) -> None:
    gus = add_gus(acme)
    phone = Visitor(acme.app)
    come_in(phone, acme, slip_for(acme, gus))
    page = phone.get("/account").text
    assert "No address" in page
    assert "Add an email address" in page
    assert "Current password" not in page
    assert phone.post("/account/address", {"email": "gus@example.org", "password": "739164"}).status_code == 422
    assert phone.post("/account/address", {"email": "gus@example.org", "password": PIN}).status_code == 200
    phone.get(_mailed_path(acme.app))
    assert phone.post(_mailed_path(acme.app)).location == "/account"
    assert sign_in(Visitor(acme.app), acme).location == "/me"
    by_address = Visitor(acme.app)
    assert by_address.sign_in("gus@example.org", PIN).location == "/me"
    assert phone.post("/account/password", {"password": PIN, "new_password": "some words of mine"}).status_code == 303
    assert WRONG in sign_in(Visitor(acme.app), acme).text
    assert Visitor(acme.app).sign_in("gus@example.org", PIN).status_code == 422
    assert Visitor(acme.app).sign_in("gus@example.org", "some words of mine").location == "/me"
    with acme.app.app_context():
        user = db.session.get_one(User, user_of(acme.app, gus))
        assert (user.pin_hash, user.email) == (None, "gus@example.org")
        assert db.session.get_one(Membership, gus).email is None  # the firm doesn't learn it


def test_guesses_by_address_count_with_the_others(acme: Acme) -> None:
    gus, user = with_pin(acme)
    with acme.app.app_context(), transaction():
        found = get_user(user)
        found.email = found.email_key = "gus@example.org"
    for number in range(3):
        assert Visitor(acme.app).sign_in("gus@example.org", f"73916{number}").status_code == 422
        assert sign_in(Visitor(acme.app), acme, f"73916{number}").status_code == 422
    assert tries(acme.app) == 6
    assert gus


def test_guesses_by_address_count_in_the_firm_too(acme: Acme) -> None:
    _gus, user = with_pin(acme)
    with acme.app.app_context(), transaction():
        found = get_user(user)
        found.email = found.email_key = "gus@example.org"
    assert Visitor(acme.app).sign_in("gus@example.org", "739164").status_code == 422
    with acme.app.app_context():
        assert db.session.scalars(select(PinTry.organization_id)).all() == [acme.id]
        with transaction():
            people = [User(created_at=clock.now()) for _one in range(FIRM_A_DAY - 1)]
            db.session.add_all(people)
            db.session.flush()
            for person in people:
                assert begin_try(person.id, Way.STRANGE, clock.now(), acme.id) is not None
    assert Visitor(acme.app).sign_in("gus@example.org", PIN).status_code == 422  # no more are looked at in the firm
    with time_machine.travel(clock.now() + dt.timedelta(hours=25)):
        assert Visitor(acme.app).sign_in("gus@example.org", PIN).location == "/me"


def test_the_same_statements_run_for_every_address(acme: Acme) -> None:
    _gus, user = with_pin(acme)
    with acme.app.app_context(), transaction():
        found = get_user(user)
        found.email = found.email_key = "gus@example.org"

    def statements(address: str) -> list[str]:
        ran: list[str] = []

        def note_down(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            ran.append(re.sub(r"ORDER BY .*|FOR UPDATE", "", statement))

        with acme.app.app_context():
            event.listen(db.engine, "before_cursor_execute", note_down)
            with transaction():
                begin_by_address(address, "739164", lambda _user: Way.STRANGE, clock.now())
            event.remove(db.engine, "before_cursor_execute", note_down)
        return ran

    assert statements("gus@example.org") == statements("bob@example.org") == statements("nobody@example.org")


@pytest.mark.on_both
def test_the_pin_is_changed_by_who_knows_it_and_never_to_the_number(acme: Acme) -> None:
    gus = add_gus(acme, "804172")
    phone = Visitor(acme.app)
    come_in(phone, acme, slip_for(acme, gus), number="804172")
    for password, new, status in ((PIN, "804172", 422), ("739164", "739165", 422), (PIN, "739164", 303)):
        fields = {"password": password, "new_pin": new, "again": new}
        assert phone.post("/account/pin", fields).status_code == status
    assert phone.get("/account").status_code == 200
    assert sign_in(Visitor(acme.app), acme, "739164", number="804172").location == "/me"


def test_a_password_account_has_no_page_for_a_pin(app: Flask, acme: Acme) -> None:
    assert acme.enter("bob").get("/account/pin").location == "/account"
    gus = add_gus(acme)
    phone = Visitor(app)
    come_in(phone, acme, slip_for(acme, gus))
    assert phone.get("/account/second-factor").location == "/account"
    assert phone.post("/account/password", {"password": PIN, "new_password": "some words of mine"}).status_code == 422
    assert make_account(app, "new@example.org")
    with app.app_context(), transaction():
        assert create_guest(clock.now()).is_guest


def _mailed_path(app: Flask) -> str:
    with app.app_context():
        link = db.session.scalars(select(Link).where(Link.purpose == "address")).one()
        return f"/account/address/{token_of(link)}"


def test_whoever_is_signed_in_joins_another_firm_with_its_slip_and_keeps_one_account(acme: Acme) -> None:
    gus = add_gus(acme)
    phone = Visitor(acme.app)
    come_in(phone, acme, slip_for(acme, gus))
    with acme.app.app_context(), transaction():
        mallory = actor_of(acme.users["mallory"], acme.other)
        entry = add_person(mallory, PersonFacts("Gus M. Gold", None, "Guard", "7"), [], clock.now()).id
        code = print_slip(mallory, get_person(mallory, entry), clock.now()).code
    firm = firm_code(acme.app, acme.other)
    assert "Join another firm with a slip" in phone.get(f"/in?firm={firm}").text
    typed = {"firm": firm, "number": "7"}
    before = tries(acme.app)
    assert phone.post("/in", typed | {"pin": "123987"}).status_code == 422
    assert tries(acme.app) == before  # nobody's PIN is looked at here
    assert phone.post("/in", typed | {"pin": code}).location == "/in/pin"
    page = phone.get("/in/pin").text
    assert "Join with this account?" in page
    assert "What this firm will see" in page
    assert 'name="new_pin"' not in page
    assert phone.post("/in/pin").location == "/me"
    assert user_of(acme.app, entry) == user_of(acme.app, gus)
    assert phone.post("/in", typed | {"pin": code}).status_code == 422  # it was used up
    assert sign_in(Visitor(acme.app), acme).location == "/me"  # with the same PIN as before


def test_a_slip_of_the_firm_one_is_in_joins_nobody_twice(acme: Acme) -> None:
    code = slip_for(acme, add_gus(acme))
    bob = acme.enter("bob")
    assert sign_in(bob, acme, code).location == "/in/pin"
    assert "already in this firm" in bob.post("/in/pin", follow_redirects=True).text
    assert sign_in(Visitor(acme.app), acme, code).location == "/in/pin"  # it still waits for Gus


def test_before_a_pin_is_chosen_the_page_leads_to_signing_in_first(acme: Acme) -> None:
    phone = Visitor(acme.app)
    sign_in(phone, acme, slip_for(acme, add_gus(acme)))
    way = re.search(r'href="(/in\?next=[^"]+)"', phone.get("/in/pin").text)
    assert way
    mona = acme.enter("mona")
    following = unquote(way[1].split("next=")[1])
    assert "Join another firm with a slip" in mona.get(following).text
