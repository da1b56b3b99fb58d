"""Acts around accounts are written down: each once, with who and what, and with nothing that could be used."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from tests.cast import add_second_factor, code_now, make_account, make_guest, sign_in_as
from tests.support import PASSWORD, Visitor, mailed
from trainer.accounts.models import Link, Session
from trainer.core.audit import AuditEvent
from trainer.core.db import db

ADDRESS, NEW = "bob@example.org", "some other plain words"
PHONE = {"User-Agent": "Mozilla/5.0 (Linux; Android 14) Chrome/156.0 canary Safari"}


def events(app: Flask) -> list[AuditEvent]:
    """Return what is written down, the oldest first."""
    with app.app_context():
        return list(db.session.scalars(select(AuditEvent).order_by(AuditEvent.at)))


def sign_in(visitor: Visitor, password: str = PASSWORD) -> None:
    visitor.sign_in(ADDRESS, password)


def ask_reset(visitor: Visitor) -> None:
    visitor.post("/password-reset", {"email": ADDRESS})


def reset(visitor: Visitor) -> None:
    ask_reset(visitor)
    visitor.post(mailed(visitor.app, "new-password"), {"new_password": NEW})


def ask_address(visitor: Visitor) -> None:
    visitor.post("/account/address", {"email": "robert@example.org", "password": PASSWORD})


def change_address(visitor: Visitor) -> None:
    ask_address(visitor)
    visitor.post(mailed(visitor.app, "new-address"))


ACTS: dict[str, tuple[bool, Callable[[Visitor], object], list[str]]] = {
    "in": (False, sign_in, ["session.opened"]),
    "refused": (False, lambda visitor: sign_in(visitor, NEW), ["session.refused"]),
    "out": (True, lambda visitor: visitor.post("/sign-out"), ["session.ended"]),
    "everywhere": (True, lambda visitor: visitor.post("/sign-out/everywhere"), ["sessions.ended"]),
    "asked": (False, ask_reset, ["password.reset_asked"]),
    "reset": (False, reset, ["password.reset_asked", "password.changed"]),
    "password": (
        True,
        lambda visitor: visitor.post("/account/password", {"password": PASSWORD, "new_password": NEW}),
        ["password.changed"],
    ),
    "address asked": (True, ask_address, ["address.change_asked"]),
    "address": (True, change_address, ["address.change_asked", "address.changed"]),
}


@pytest.mark.asvs("16.2.1", "16.3.1", "16.3.3")
@pytest.mark.check("T015")
@pytest.mark.parametrize("name", ACTS)
def test_an_act_is_written_down_once(app: Flask, name: str) -> None:
    bob = make_account(app, ADDRESS)
    is_signed_in, act, expected = ACTS[name]
    visitor = sign_in_as(app, bob) if is_signed_in else Visitor(app)
    before = len(events(app))
    act(visitor)
    after = events(app)[before:]
    assert [one.act for one in after] == expected
    known = {one.actor_id for one in after} | {one.subject_id for one in after}
    assert bob in known
    assert {one.organization_id for one in after} == {None}


def test_asking_for_an_unknown_address_writes_nothing_down(app: Flask) -> None:
    make_account(app, ADDRESS)
    before = len(events(app))
    Visitor(app).post("/password-reset", {"email": "nobody@example.org"})
    assert mailed(app, "no-account")
    assert len(events(app)) == before


@pytest.mark.asvs("16.3.1")
@pytest.mark.check("T015")
def test_the_second_steps_acts_are_written_down_once(app: Flask) -> None:
    bob = make_account(app, ADDRESS)
    before = len(events(app))
    codes = add_second_factor(app, bob)
    for code in ("000000", codes[0], code_now(app, bob)):
        visitor = Visitor(app)
        sign_in(visitor)
        visitor.post("/sign-in/code", {"code": code})
    visitor.post("/account/second-factor/recovery-codes", {"password": PASSWORD, "code": codes[1]})
    app.test_cli_runner().invoke(args=["accounts", "remove-second-factor", ADDRESS])
    assert [one.act for one in events(app)[before:]] == [
        "second_factor.on",
        "second_factor.code_refused",
        "recovery_code.used",
        "session.opened",
        "session.opened",
        "recovery_code.used",
        "recovery_codes.renewed",
        "second_factor.off",
    ]
    assert (events(app)[-1].actor_id, events(app)[-1].details) == (None, {"by": "operator"})


@pytest.mark.check("T015")
def test_ending_a_device_twice_is_written_down_once(app: Flask) -> None:
    bob = make_account(app, ADDRESS)
    sign_in_as(app, bob)
    with app.app_context():
        phone = db.session.scalars(select(Session.id)).one()
    laptop = sign_in_as(app, bob)
    for _time in range(2):
        assert laptop.post(f"/account/sessions/{phone}/end").status_code == 303
    assert [one.subject_id for one in events(app) if one.act == "session.ended"] == [phone]


@pytest.mark.asvs("16.2.5", "16.4.1")
@pytest.mark.check("T015")
def test_nothing_written_down_could_be_used_or_names_anyone(app: Flask) -> None:
    bob: UUID = make_account(app, ADDRESS)
    codes = add_second_factor(app, bob)
    visitor = Visitor(app)
    visitor.post("/sign-in", {"email": ADDRESS, "password": PASSWORD}, headers=PHONE)
    visitor.post("/sign-in/code", {"code": codes[0]}, headers=PHONE)
    ask_address(visitor)
    reset(visitor)
    written = str([(one.act, one.details, one.actor_id, one.subject_id) for one in events(app)])
    with app.app_context():
        nonces = list(db.session.scalars(select(Link.nonce)))
    canaries = ["@", "example", PASSWORD, NEW, "argon2", "canary", "127.0.0.1", "\\r", "\\n", *codes, *nonces]
    assert [one for one in canaries if one in written] == []
    assert "Chrome on Android" in written


def test_what_guests_do_is_not_written_down(app: Flask) -> None:
    visitor = sign_in_as(app, make_guest(app))
    visitor.post("/sign-out")
    Visitor(app).keep()
    assert events(app) == []
