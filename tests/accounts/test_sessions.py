"""Sessions end on our side: by time, by leaving, by an operator; and what changes an account changes their number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import time_machine
from flask import Flask

from tests.accounts.codes import give, set_up
from tests.cast import (
    actor_of,
    add_second_factor,
    appoint,
    code_now,
    make_account,
    make_firm,
    make_guest,
    put_on_roster,
    sign_in_as,
)
from tests.support import COURSE, PASSWORD, Visitor
from trainer.accounts import operations
from trainer.accounts.models import Session
from trainer.accounts.rules import KEPT, STAFF_LASTS, STAFF_QUIET, UNSENT_LASTS
from trainer.core import clock
from trainer.core.audit import AuditEvent
from trainer.core.db import db, transaction
from trainer.organizations.operations import change_role
from trainer.organizations.queries import get_person
from trainer.organizations.rules import Role

ADDRESS, NEW = "bob@example.org", "some other plain words"
NOON = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture
def bob(app: Flask) -> UUID:
    """Make an account."""
    return make_account(app, ADDRESS)


def copy_of(visitor: Visitor) -> Visitor:
    """Return a browser with a copy of another's cookie."""
    thief = Visitor(visitor.app)
    thief.client.set_cookie("visit", visitor.cookie().partition("=")[2], domain="127.0.0.1")
    return thief


def is_in(visitor: Visitor) -> bool:
    return visitor.get("/account").status_code == 200


def run(app: Flask, *args: str) -> tuple[int, str]:
    done = app.test_cli_runner().invoke(args=["accounts", *args])
    return done.exit_code, done.output


def leave_by_exit(visitor: Visitor) -> None:
    visitor.get("/exit")


def leave_by_beacon(visitor: Visitor) -> None:
    visitor.post("/exit/session")


def sign_out(visitor: Visitor) -> None:
    visitor.post("/sign-out")


def sign_out_everywhere(visitor: Visitor) -> None:
    sign_in_as(visitor.app, UUID(bytes=_user_of(visitor))).post("/sign-out/everywhere")


def disable(visitor: Visitor) -> None:
    assert run(visitor.app, "disable", ADDRESS)[0] == 0


def be_signed_out(visitor: Visitor) -> None:
    assert run(visitor.app, "sign-out", ADDRESS)[0] == 0


def _user_of(visitor: Visitor) -> bytes:
    from trainer.accounts.models import User

    with visitor.app.app_context():
        return db.session.query(User).filter_by(email=ADDRESS).one().id.bytes


@pytest.mark.asvs("7.2.1", "7.4.1", "7.4.2", "7.4.5")
@pytest.mark.check("T051")
@pytest.mark.parametrize("end", [leave_by_exit, leave_by_beacon, sign_out, sign_out_everywhere, disable, be_signed_out])
def test_a_copied_cookie_is_worth_nothing_after(app: Flask, bob: UUID, end: Callable[[Visitor], None]) -> None:
    visitor = sign_in_as(app, bob)
    thief = copy_of(visitor)
    assert is_in(thief)
    end(visitor)
    assert not is_in(thief)


@pytest.mark.asvs("7.3.1")
@pytest.mark.check("T051")
def test_a_copied_cookie_is_worth_nothing_after_days_without_a_visit(app: Flask, bob: UUID) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        thief = copy_of(sign_in_as(app, bob))
        traveller.shift(KEPT + MINUTE)
        assert not is_in(thief)


@pytest.mark.asvs("7.3.2")
@pytest.mark.check("T051")
def test_a_session_ends_after_thirty_days_however_often_it_is_used(app: Flask, bob: UUID) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        visitor, guest = sign_in_as(app, bob), sign_in_as(app, make_guest(app))
        for _day in range(29):
            traveller.shift(DAY)
            assert is_in(visitor)
            assert guest.get("/me").status_code == 200
        traveller.shift(DAY)
        assert not is_in(visitor)
        assert guest.get("/me").status_code == 200  # it is all that a guest could come back with
        assert sign_in_as(app, bob).get("/account").text.count("/end") == 1


def test_the_exit_works_without_a_database(app: Flask, bob: UUID) -> None:
    visitor = sign_in_as(app, bob)
    with app.app_context():
        db.session.execute(db.text("ALTER TABLE sessions RENAME TO gone"))
        db.session.commit()
    try:
        answer = visitor.get("/exit")
    finally:
        with app.app_context():
            db.session.execute(db.text("ALTER TABLE gone RENAME TO sessions"))
            db.session.commit()
    assert answer.status_code == 302
    assert visitor.client.get_cookie("visit", domain="127.0.0.1") is None


def change_password(visitor: Visitor, code: str = "") -> None:
    visitor.post("/account/password", {"password": PASSWORD, "code": code, "new_password": NEW})


def turn_second_step_on(visitor: Visitor) -> None:
    set_up(visitor)


@pytest.mark.asvs("7.2.4", "7.4.3")
@pytest.mark.check("T050")
@pytest.mark.parametrize("change", [change_password, turn_second_step_on])
def test_a_change_gives_the_session_another_number(app: Flask, bob: UUID, change: Callable[[Visitor], None]) -> None:
    visitor = sign_in_as(app, bob)
    thief = copy_of(visitor)
    change(visitor)
    assert is_in(visitor)
    assert not is_in(thief)


@pytest.mark.asvs("7.2.3")
def test_the_number_of_a_session_has_128_random_bits(app: Flask, bob: UUID) -> None:
    for _session in range(40):
        sign_in_as(app, bob)
    with app.app_context():
        numbers = [one.id.int for one in db.session.query(Session)]
    ever, always = 0, 2**128 - 1
    for number in numbers:
        ever, always = ever | number, always & number
    assert len(set(numbers)) == 40
    assert (ever, always) == (2**128 - 1, 0)  # each bit is set in some and not in others; 1 run in 4 billion is unlucky


@pytest.mark.asvs("7.2.4")
@pytest.mark.check("T050")
def test_signing_in_gives_a_guest_another_number(app: Flask, bob: UUID) -> None:
    visitor = sign_in_as(app, make_guest(app))
    thief = copy_of(visitor)
    assert visitor.sign_in(ADDRESS).status_code == 303
    assert is_in(visitor)
    assert thief.get("/me").status_code == 303


@pytest.mark.asvs("8.3.2")
@pytest.mark.check("T050")
def test_more_rights_end_the_sessions_there_were(app: Flask, bob: UUID) -> None:
    alice = make_account(app, "alice@example.org")
    firm = make_firm(app, alice)
    entry, guard = put_on_roster(app, firm, bob), sign_in_as(app, bob)
    with app.app_context(), transaction():
        actor = actor_of(alice, firm)
        change_role(actor, get_person(actor, entry), Role.MANAGER, True, clock.now())
    assert not is_in(guard)
    again = sign_in_as(app, bob)
    appoint(app, bob)
    assert not is_in(again)


@pytest.mark.asvs("7.3.2")
def test_pages_with_other_peoples_records_ask_again_after_a_shift(app: Flask, bob: UUID) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        add_second_factor(app, bob)
        firm = make_firm(app, bob)
        path, owner = f"/organizations/{firm}/people", sign_in_as(app, bob)
        for _hour in range(12):
            assert owner.get(path).status_code == 200
            traveller.shift(HOUR)
        token = owner.token()
        traveller.shift(UNSENT_LASTS - MINUTE)
        fields = {"name": "Gus Gold", "email": "gus@example.org"}
        assert owner.post(f"{path}/new", fields, token=token).status_code == 303  # written in time: it isn't lost
        asked = owner.get(path)
        assert asked.headers["Location"] == f"/sign-in?next={path}"
        assert "you signed in a while ago" in owner.get("/sign-in").text
        assert not is_in(owner)
        owner.post(f"/sign-in?next={path}", {"email": ADDRESS, "password": PASSWORD})
        assert give(owner, code_now(app, bob), f"?next={path}") == (303, path)
        assert owner.get(path).status_code == 200
    assert STAFF_LASTS == 12 * HOUR


@pytest.mark.asvs("7.3.1")
def test_pages_with_other_peoples_records_ask_again_after_hours_away(app: Flask, bob: UUID) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        add_second_factor(app, bob)
        firm = make_firm(app, bob)
        path, owner = f"/organizations/{firm}/people", sign_in_as(app, bob)
        traveller.shift(STAFF_QUIET - MINUTE)
        assert owner.get(path).status_code == 200
        traveller.shift(STAFF_QUIET)
        assert is_in(owner)  # one's own pages stay open
        assert owner.get(path).headers["Location"] == f"/sign-in?next={path}"


def test_a_page_that_was_left_open_is_no_visit(app: Flask, bob: UUID) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        add_second_factor(app, bob)
        firm = make_firm(app, bob)
        path, owner = f"/organizations/{firm}/people", sign_in_as(app, bob)
        owner.enroll()
        token = owner.token()
        for _half_hour in range(6):
            traveller.shift(STAFF_QUIET / 6)
            owner.post(f"/courses/{COURSE}/activity", {"away": "1"}, token=token)  # as its script does by itself
        assert is_in(owner)
        assert owner.get(path).headers["Location"] == f"/sign-in?next={path}"


def test_another_password_opens_no_pages_that_ask_to_sign_in_again(app: Flask, bob: UUID) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        codes = add_second_factor(app, bob)
        path, owner, other = f"/organizations/{make_firm(app, bob)}/people", sign_in_as(app, bob), sign_in_as(app, bob)
        traveller.shift(STAFF_QUIET)
        change_password(owner, codes[0])
        assert is_in(owner)
        assert owner.get(path).headers["Location"] == f"/sign-in?next={path}"
        assert not is_in(other)
        shift = sign_in_as(app, bob)
        for _hour in range(12):
            assert shift.get(path).status_code == 200
            traveller.shift(HOUR)
        shift.post("/account/password", {"password": NEW, "code": codes[1], "new_password": PASSWORD})
        assert is_in(shift)
        assert shift.get(path).headers["Location"] == f"/sign-in?next={path}"


def test_a_session_that_ended_meanwhile_gets_no_other_number(
    app: Flask, bob: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor, change = sign_in_as(app, bob), operations.change_password

    def end_before(*args: Any, **options: Any) -> None:
        change(*args, **options)
        operations.end_sessions(bob, clock.now())

    monkeypatch.setattr(operations, "change_password", end_before)
    assert visitor.post("/account/password", {"password": PASSWORD, "new_password": NEW}).status_code == 409
    assert not is_in(visitor)


def test_learners_are_asked_nothing_of_the_kind(app: Flask, bob: UUID) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        alice = make_account(app, "alice@example.org")
        put_on_roster(app, make_firm(app, alice), bob)
        learner = sign_in_as(app, bob)
        traveller.shift(5 * DAY)
        assert learner.get("/me").status_code == 200


@pytest.mark.on_both
def test_a_disabled_account_opens_for_nobody_and_keeps_everything(app: Flask, bob: UUID) -> None:
    assert run(app, "disable", "nobody@example.org")[0] == 1
    assert run(app, "disable", ADDRESS) == (
        0,
        "Disabled and signed out everywhere. `flask accounts enable` undoes it.\n",
    )
    assert run(app, "disable", ADDRESS)[0] == 1
    guest = make_guest(app)
    visitor = sign_in_as(app, guest)
    refused = visitor.sign_in(ADDRESS)
    assert (refused.status_code, "This account is disabled" in refused.text) == (409, True)
    assert visitor.get("/me").status_code == 200  # still the guest, with all they did
    assert visitor.sign_in(ADDRESS, "wrong wrong wrong").status_code == 422
    assert not is_in(sign_in_as(app, bob))
    assert run(app, "enable", ADDRESS)[0] == 0
    assert run(app, "enable", ADDRESS)[0] == 1
    assert Visitor(app).sign_in(ADDRESS).status_code == 303
    with app.app_context():
        acts = [one.act for one in db.session.query(AuditEvent).order_by(AuditEvent.at)]
    assert [one for one in acts if one.startswith("account.")] == [
        "account.created",
        "account.disabled",
        "account.enabled",
    ]


@pytest.mark.asvs("6.3.2")
@pytest.mark.check("T064")
def test_a_new_installation_has_no_account_to_sign_in_to(app: Flask) -> None:
    with app.app_context():
        assert db.session.execute(db.text("SELECT count(*) FROM users")).scalar() == 0
        assert db.session.execute(db.text("SELECT count(*) FROM administrators")).scalar() == 0
    for email in ("admin@example.org", "root@localhost", "admin@127.0.0.1"):
        assert Visitor(app).sign_in(email, "password").status_code == 422
