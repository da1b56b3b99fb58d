"""Passkeys: made after proof, good for their owner on this site alone, and each answer once."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
import time_machine
from flask import Flask

from tests.cast import add_second_factor, code_now, make_account, make_firm, make_guest, sign_in_as, start_practice
from tests.extras.passkeys.authenticator import Key
from tests.support import PASSWORD, Visitor
from trainer.accounts.models import RecoveryCode, Session, User
from trainer.assessment.models import Attempt
from trainer.core import clock
from trainer.core.audit import AuditEvent
from trainer.core.db import db, transaction
from trainer.core.outbox import OutboxMessage
from trainer.extras.passkeys.models import Passkey
from trainer.extras.passkeys.operations import CHALLENGE_LASTS, MOST
from trainer.extras.passkeys.privacy import export_person, forget_person

ADDRESS = "bob@example.org"
NOON = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)


@pytest.fixture
def bob(app: Flask) -> UUID:
    """Make an account."""
    return make_account(app, ADDRESS)


def prove(visitor: Visitor, key: Key | None = None) -> None:
    """Give the password again, or a passkey."""
    given = {"password": PASSWORD} if key is None else {"answer": key.sign(challenge(visitor))}
    assert visitor.post("/account/passkeys/confirmation", given).status_code == 303


def add(visitor: Visitor, name: str = "My phone", key: Key | None = None) -> Key:
    """Make a passkey."""
    prove(visitor)
    options = visitor.post("/account/passkeys/options").get_json()
    made, answer = (key or Key()).make(options)
    added = visitor.post("/account/passkeys", {"name": name, "answer": answer})
    assert added.status_code in {200, 303}, added.text  # the first comes with recovery codes
    return made


def challenge(visitor: Visitor) -> str:
    """Let the browser be asked."""
    return str(visitor.post("/passkeys/options").get_json()["challenge"])


def come_in(visitor: Visitor, answer: str) -> int:
    """Send an answer; return the status."""
    return visitor.post("/sign-in/passkey", {"answer": answer}).status_code


def templates(app: Flask) -> list[str]:
    with app.app_context():
        return [one.template for one in db.session.query(OutboxMessage)]


def acts(app: Flask) -> list[str]:
    with app.app_context():
        return [one.act for one in db.session.query(AuditEvent)]


def test_a_passkey_signs_its_owner_in(app: Flask, bob: UUID) -> None:
    owner = sign_in_as(app, bob)
    key = add(owner)
    page = owner.get("/account/passkeys").text
    assert ("My phone" in page, "not used yet" in page) == (True, True)
    visitor = Visitor(app)
    assert come_in(visitor, key.sign(challenge(visitor))) == 303
    assert ADDRESS in visitor.get("/account").text
    assert "last used" in owner.get("/account/passkeys").text
    assert templates(app).count("passkey-added") == 1
    assert "passkey.added" in acts(app)


def test_what_the_browser_is_asked_names_nobody_and_asks_who_holds_the_key(app: Flask, bob: UUID) -> None:
    key = add(sign_in_as(app, bob))
    options = [Visitor(app).post("/passkeys/options").get_json() for _browser in range(2)]
    assert options[0].pop("challenge") != options[1].pop("challenge")
    assert options[0] == options[1] == {
        "timeout": 60_000, "rpId": "127.0.0.1", "allowCredentials": [], "userVerification": "required"
    }  # fmt: skip
    owner = sign_in_as(app, bob)
    prove(owner, key)
    asked = owner.post("/account/passkeys/options").get_json()
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert len(asked["excludeCredentials"]) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://127.0.0.1:8001"},
        {"rp_id": "evil.example"},
        {"is_verified": False},
        {"private": Key().private},
        {"user_handle": bytes(16)},
        {"id": b"x" * 32},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_an_answer_for_another_site_or_of_another_key_opens_nothing(
    app: Flask, bob: UUID, changes: dict[str, Any]
) -> None:
    key, visitor = add(sign_in_as(app, bob)), Visitor(app)
    assert come_in(visitor, key.sign(challenge(visitor), **changes)) == 422
    assert visitor.get("/me").status_code == 303
    assert come_in(visitor, key.sign(challenge(visitor))) == 303


@pytest.mark.parametrize(
    "changes", [{"origin": "https://evil.example"}, {"rp_id": "evil.example"}, {"is_verified": False}], ids=str
)
def test_a_passkey_made_for_another_site_is_not_kept(app: Flask, bob: UUID, changes: dict[str, Any]) -> None:
    owner = sign_in_as(app, bob)
    prove(owner)
    _key, answer = Key().make(owner.post("/account/passkeys/options").get_json(), **changes)
    refused = owner.post("/account/passkeys", {"name": "My phone", "answer": answer})
    assert (refused.status_code, "didn’t make a passkey" in refused.text) == (422, True)
    assert 'value="My phone"' in refused.text
    with app.app_context():
        assert db.session.query(Passkey).count() == 0


def test_a_challenge_is_good_once_for_one_browser_and_five_minutes(app: Flask, bob: UUID) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        key, visitor, other = add(sign_in_as(app, bob)), Visitor(app), Visitor(app)
        asked = challenge(visitor)
        answer = key.sign(asked)
        assert come_in(other, answer) == 422  # asked of nobody
        challenge(other)
        assert come_in(other, answer) == 422  # asked of another browser
        cookie = visitor.cookie().partition("=")[2]
        assert come_in(visitor, answer) == 303
        thief = Visitor(app)
        thief.client.set_cookie("visit", cookie, domain="127.0.0.1")
        assert come_in(thief, answer) == 422  # a copy of cookie and answer: used
        late = challenge(other)
        traveller.shift(CHALLENGE_LASTS)
        assert come_in(other, key.sign(late)) == 422


@pytest.mark.on_both
def test_given_many_times_at_once_an_answer_lets_in_once(app: Flask, bob: UUID) -> None:
    key, first = add(sign_in_as(app, bob)), Visitor(app)
    answer, token = key.sign(challenge(first)), first.token()
    cookie = first.cookie().partition("=")[2]
    visitors = [Visitor(app) for _number in range(6)]
    for one in visitors:
        one.client.set_cookie("visit", cookie, domain="127.0.0.1")

    def press(one: Visitor) -> int:
        return one.post("/sign-in/passkey", {"answer": answer}, token=token).status_code

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(press, visitors)) == [303, 422, 422, 422, 422, 422]


@pytest.mark.on_both
def test_a_counter_that_goes_back_is_refused_and_its_owner_is_told(app: Flask, bob: UUID) -> None:
    key, visitor = add(sign_in_as(app, bob)), Visitor(app)
    assert come_in(visitor, key.sign(challenge(visitor), count=7)) == 303
    for count in (7, 6, 0):
        copy = Visitor(app)
        assert come_in(copy, key.sign(challenge(copy), count=count)) == 422
        assert copy.get("/me").status_code == 303
    assert templates(app).count("passkey-copied") == 3
    assert acts(app).count("passkey.refused") == 3
    visitor = Visitor(app)
    assert come_in(visitor, key.sign(challenge(visitor), count=8)) == 303


def test_anothers_passkey_proves_nothing_here(app: Flask, bob: UUID) -> None:
    theirs = add(sign_in_as(app, make_account(app, "charlie@example.org")))
    owner = sign_in_as(app, bob)
    add(owner)
    other = sign_in_as(app, bob)
    path = "/account/passkeys/confirmation"
    assert other.post(path, {"answer": theirs.sign(challenge(other))}).status_code == 422
    assert other.post("/account/passkeys/options").status_code == 303


def test_a_passkey_is_proof_too_and_gives_the_session_another_number(app: Flask, bob: UUID) -> None:
    key, other = add(sign_in_as(app, bob)), sign_in_as(app, bob)
    before = other.cookie().partition("=")[2]
    path = "/account/passkeys/confirmation"
    assert other.post(path, {"answer": key.sign(challenge(other))}).status_code == 303
    assert other.post("/account/passkeys/options").status_code == 200
    thief = Visitor(app)
    thief.client.set_cookie("visit", before, domain="127.0.0.1")
    assert thief.get("/me").status_code == 303


@pytest.mark.asvs("7.5.1")
def test_nothing_is_changed_without_proof_and_proof_lasts_ten_minutes(app: Flask, bob: UUID) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        owner = sign_in_as(app, bob)
        add(owner)
        with app.app_context():
            number = db.session.query(Passkey).one().id
        traveller.shift(dt.timedelta(minutes=10))
        paths = (f"/account/passkeys/{number}/removal", f"/account/passkeys/{number}/name", "/account/passkeys")
        for path in paths:
            answer = owner.post(path, {"name": "Mine now", "answer": "{}"})
            assert answer.headers["Location"] == "/account/passkeys"
        wrong = owner.post("/account/passkeys/confirmation", {"password": "not this one", "code": "000000"})
        assert (wrong.status_code, "isn’t your password" in wrong.text) == (422, True)
        with app.app_context():
            assert [one.name for one in db.session.query(Passkey)] == ["My phone"]


def test_with_a_second_step_proof_takes_the_code_as_well(app: Flask, bob: UUID) -> None:
    add_second_factor(app, bob)
    owner, path = sign_in_as(app, bob), "/account/passkeys/confirmation"
    assert owner.post(path, {"password": PASSWORD}).status_code == 422
    assert owner.post(path, {"password": PASSWORD, "code": "000000"}).status_code == 422
    assert owner.post("/account/passkeys/options").status_code == 303
    assert owner.post(path, {"password": PASSWORD, "code": code_now(app, bob)}).status_code == 303
    assert owner.post("/account/passkeys/options").status_code == 200


def test_with_a_passkey_the_password_alone_changes_nothing(app: Flask, bob: UUID) -> None:
    owner = sign_in_as(app, bob)
    prove(owner)
    _key, answer = Key().make(owner.post("/account/passkeys/options").get_json())
    page = owner.post("/account/passkeys", {"name": "My phone", "answer": answer}).text
    codes = re.findall(r"<li>([0-9a-z-]{14})</li>", page)
    assert len(set(codes)) == 10
    thief, path = sign_in_as(app, bob), "/account/passkeys/confirmation"
    assert thief.post(path, {"password": PASSWORD}).status_code == 422
    assert thief.post(path, {"password": PASSWORD, "code": "aaaa-bbbb-cccc"}).status_code == 422
    assert thief.get("/account/second-factor").headers["Location"].startswith("/account/passkeys?next=")
    thief.post("/account/second-factor", {"password": PASSWORD})
    assert thief.get("/account/second-factor/set-up").headers["Location"] == "/account/second-factor"
    lost = sign_in_as(app, bob)
    assert lost.post(path, {"password": PASSWORD, "code": codes[0]}).status_code == 303
    assert lost.get("/account/second-factor").status_code == 200
    assert "9 recovery codes are left" in lost.get("/account/passkeys").text
    renewed = lost.post("/account/passkeys/recovery-codes").text
    assert len(set(re.findall(r"<li>([0-9a-z-]{14})</li>", renewed)) - set(codes)) == 10
    thief.post("/account/passkeys/recovery-codes")
    with app.app_context():
        number = db.session.query(Passkey).one().id
        assert db.session.query(RecoveryCode).count() == 10
    assert lost.post(f"/account/passkeys/{number}/removal").status_code == 303
    with app.app_context():
        assert db.session.query(RecoveryCode).count() == 0
    prove(sign_in_as(app, bob))  # with none left, the password is enough again


def test_an_operator_can_remove_them(app: Flask, bob: UUID) -> None:
    owner = sign_in_as(app, bob)
    key = add(owner)
    run = app.test_cli_runner().invoke
    assert run(args=["accounts", "remove-second-factor", ADDRESS]).exit_code == 0
    assert run(args=["accounts", "remove-second-factor", ADDRESS]).exit_code == 1
    assert owner.get("/account").status_code == 303
    visitor = Visitor(app)
    assert come_in(visitor, key.sign(challenge(visitor))) == 422
    assert visitor.sign_in(ADDRESS).status_code == 303


@pytest.mark.on_both
def test_passkeys_are_renamed_and_removed_by_their_owner_alone(app: Flask, bob: UUID) -> None:
    owner, stranger = sign_in_as(app, bob), sign_in_as(app, make_account(app, "charlie@example.org"))
    key = add(owner)
    prove(stranger)
    with app.app_context():
        number = db.session.query(Passkey).one().id
    for path in (f"/account/passkeys/{number}/name", f"/account/passkeys/{number}/removal"):
        assert stranger.post(path, {"name": "Theirs"}).status_code == 404
    assert owner.post(f"/account/passkeys/{number}/name", {"name": "  Key ring "}).status_code == 303
    assert owner.post(f"/account/passkeys/{number}/name", {"name": ""}).status_code == 303
    assert "Key ring" in owner.get("/account/passkeys").text
    assert owner.post(f"/account/passkeys/{number}/removal").status_code == 303
    visitor = Visitor(app)
    assert come_in(visitor, key.sign(challenge(visitor))) == 422
    assert templates(app).count("passkey-removed") == 1


def test_the_first_passkey_and_removing_one_sign_other_devices_out(app: Flask, bob: UUID) -> None:
    early, owner = sign_in_as(app, bob), sign_in_as(app, bob)
    prove(early)  # by the password alone, which is enough until there is a passkey
    key, lost = add(owner), Visitor(app)
    assert early.get("/account").status_code == 303
    assert come_in(lost, key.sign(challenge(lost))) == 303
    prove(owner, key)
    _key, answer = Key().make(owner.post("/account/passkeys/options").get_json())
    assert owner.post("/account/passkeys", {"name": "Key ring", "answer": answer}).status_code == 303
    assert lost.get("/account").status_code == 200
    with app.app_context():
        number = db.session.query(Passkey).filter_by(name="My phone").one().id
    assert owner.post(f"/account/passkeys/{number}/removal").status_code == 303
    assert owner.get("/account").status_code == 200
    assert lost.get("/account").status_code == 303


def test_a_known_passkey_and_one_too_many_are_refused(app: Flask, bob: UUID) -> None:
    owner = sign_in_as(app, bob)
    key = add(owner)
    _key, answer = key.make(owner.post("/account/passkeys/options").get_json())
    again = owner.post("/account/passkeys", {"name": "Again", "answer": answer})
    assert (again.status_code, "already in use" in again.text) == (422, True)
    with app.app_context(), transaction():
        for number in range(MOST - 1):
            db.session.add(
                Passkey(
                    user_id=bob, credential_id=bytes([number]), public_key=b"k", sign_count=0, name="n",
                    created_at=clock.now(),
                )
            )  # fmt: skip
    _key, answer = Key().make(owner.post("/account/passkeys/options").get_json())
    full = owner.post("/account/passkeys", {"name": "Full", "answer": answer})
    assert (full.status_code, f"You have {MOST} passkeys" in full.text) == (422, True)


@pytest.mark.asvs("6.3.3")
def test_a_passkey_is_enough_where_a_second_step_is_asked(app: Flask, bob: UUID) -> None:
    firm = make_firm(app, bob)
    owner = sign_in_as(app, bob)
    path = f"/organizations/{firm}/people"
    assert owner.get(path).headers["Location"].startswith("/account/second-factor")
    key = add(owner)  # with password and screen lock
    assert owner.get(path).status_code == 200
    visitor = Visitor(app)
    assert come_in(visitor, key.sign(challenge(visitor))) == 303
    assert visitor.get(path).status_code == 200
    by_password = Visitor(app)
    by_password.sign_in(ADDRESS)
    assert by_password.get(path).headers["Location"].startswith("/account/passkeys?next=/organizations/")
    confirmed = by_password.post(
        f"/account/passkeys/confirmation?next={path}", {"answer": key.sign(challenge(by_password))}
    )
    assert confirmed.headers["Location"] == path
    assert by_password.get(path).status_code == 200


def test_what_a_guest_did_comes_along(app: Flask, bob: UUID) -> None:
    key, guest = add(sign_in_as(app, bob)), make_guest(app)
    attempt = start_practice(app, guest)
    visitor = sign_in_as(app, guest)
    assert come_in(visitor, key.sign(challenge(visitor))) == 303
    with app.app_context():
        assert db.session.get_one(Attempt, attempt).user_id == bob
        assert db.session.get(User, guest) is None


def test_an_account_without_a_password_of_its_own_has_none(app: Flask, bob: UUID) -> None:
    with app.app_context(), transaction():
        user = db.session.get_one(User, bob)
        user.password_hash, user.pin_hash, user.pin_key_id = None, "x", "y"
    owner = sign_in_as(app, bob)
    assert owner.get("/account/passkeys").headers["Location"] == "/account"
    assert owner.post("/account/passkeys/options").status_code == 303


def test_passkeys_are_told_and_forgotten_with_the_person(app: Flask, bob: UUID) -> None:
    add(sign_in_as(app, bob))
    with app.app_context():
        told = export_person(bob)
        assert [one["name"] for one in told["passkeys"]] == ["My phone"]
        key = db.session.query(Passkey).one()
        assert not any(
            secret in json.dumps(told, default=str) for secret in (key.public_key.hex(), key.credential_id.hex())
        )
        with transaction():
            forget_person(bob, clock.now())
        assert db.session.query(Passkey).count() == 0


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "{",
        "[]",
        "null",
        '"x"',
        '{"id": 1}',
        '{"id":"eA","rawId":"eA","type":"public-key","response":{}}',
        "x" * 9000,
    ],
)
def test_rubbish_is_refused_like_any_wrong_answer(app: Flask, bob: UUID, answer: str) -> None:
    visitor = Visitor(app)
    challenge(visitor)
    wrong = visitor.post("/sign-in/passkey", {"answer": answer})
    assert (wrong.status_code, "That passkey didn’t work here" in wrong.text) == (422, True)
    owner = sign_in_as(app, bob)
    prove(owner)
    owner.post("/account/passkeys/options")
    assert owner.post("/account/passkeys", {"name": "x", "answer": answer}).status_code == 422


@pytest.mark.check("T045")
def test_a_known_and_an_unknown_passkey_get_the_same_bytes(app: Flask, bob: UUID) -> None:
    known, unknown = add(sign_in_as(app, bob)), Key(user_handle=bytes(16))
    pages = []
    for key in (dataclasses.replace(known, private=Key().private), unknown):
        visitor = Visitor(app)
        token = visitor.token()
        answer = key.sign(challenge(visitor))
        page = visitor.post("/sign-in/passkey", {"answer": answer}, token=token)
        pages.append((page.status_code, len(page.data), sorted(page.headers.keys())))
    assert pages[0] == pages[1]


def test_the_session_says_how_it_was_opened(app: Flask, bob: UUID) -> None:
    key, visitor = add(sign_in_as(app, bob)), Visitor(app)
    come_in(visitor, key.sign(challenge(visitor)))
    Visitor(app).sign_in(ADDRESS)
    with app.app_context():
        newest = db.session.query(Session).filter(Session.ended_at.is_(None)).order_by(Session.created_at).all()
        assert [one.is_by_passkey for one in newest[-2:]] == [True, False]
