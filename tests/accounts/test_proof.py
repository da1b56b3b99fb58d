"""What not everyone who finds a device may do takes the same proof everywhere, whatever an account signs in with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.cast import add_second_factor, certify, code_now, make_account, sign_in_as
from tests.extras.passkeys.cast import make_passkey
from tests.support import PASSWORD
from trainer.accounts.models import User
from trainer.accounts.operations import name_for_certificate
from trainer.accounts.queries import get_user
from trainer.accounts.second_factor import renew_recovery_codes
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.credentials.models import Credential
from trainer.extras.pins.pins import hash_pin
from trainer.jobs.work import advance_all
from trainer.web.limits import limits_of

PIN = "583204"
Proof = Mapping[str, str]


def password_only(app: Flask, _bob: UUID) -> tuple[Proof, Proof | None]:
    """Return the whole proof, and the half of it that someone may have found out; None where it has no halves."""
    return {"password": PASSWORD}, None


def with_authenticator(app: Flask, bob: UUID) -> tuple[Proof, Proof | None]:
    add_second_factor(app, bob)
    return {"password": PASSWORD, "code": code_now(app, bob)}, {"password": PASSWORD}


def with_passkey(app: Flask, bob: UUID) -> tuple[Proof, Proof | None]:
    make_passkey(app, bob)
    with app.app_context(), transaction():
        code = renew_recovery_codes(get_user(bob), clock.now())[0]
    return {"password": PASSWORD, "code": code}, {"password": PASSWORD}


def with_pin(app: Flask, bob: UUID) -> tuple[Proof, Proof | None]:
    with app.app_context(), transaction():
        hashed = hash_pin(PIN)
        changed = {"password_hash": None, "pin_hash": hashed.text, "pin_key_id": hashed.key_id}
        db.session.execute(update(User).where(User.id == bob).values(**changed))
    return {"password": PIN}, None


KINDS = [password_only, with_authenticator, with_passkey, with_pin]
ACTS = {
    "accounts.change_password": ("/account/password", {"new_password": "other plain words"}),
    "accounts.ask_address": ("/account/address", {"email": "robert@example.com"}),
    "passkeys.confirm": ("/account/passkeys/confirmation", {}),
    "privacy.download_copy": ("/account/data/copy/file", {}),
    "privacy.erasure": ("/account/erasure", {}),
    "certificates.reissue": ("/my-certificates/{certificate}/reissue", {}),
}
ELSEWHERE = {
    "second_factor.show": "asks for a passkey first, if there is one (extras/passkeys)",
    "second_factor.set_up": "follows on that one",
    "second_factor.turn_off": "always asks for password and code",
    "second_factor.renew_recovery_codes": "always asks for password and code",
    "second_factor.download_recovery_codes": "gives back what the page has just shown",
    "pins.change": "is for PINs alone",
    "pins.give_earlier_pin": "is for PINs alone",
    "certificates.correct": "is for administrators, and always asks for password and code",
    "certificates.withdraw": "is for administrators, and always asks for password and code",
    "mergers.answer": "asks for the PIN of another account, and works without it (test_mergers)",
    "webhooks.make": "is the firm's",
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("act", ACTS)
def test_each_sensitive_act_takes_the_whole_proof(
    app: Flask, act: str, kind: Callable[[Flask, UUID], tuple[Proof, Proof | None]]
) -> None:
    app.jinja_env.globals["sends_mail"] = True  # else nobody is asked for an address
    bob = make_account(app)
    certify(app, bob)
    sign_in_as(app, bob).post("/account/data/copy")
    with app.app_context():
        list(advance_all())
        certificate = db.session.scalars(select(Credential.id)).one()
        with transaction():
            name_for_certificate(bob, "Robert Builder")
    proof, half = kind(app, bob)
    visitor = sign_in_as(app, bob)
    path, fields = ACTS[act][0].format(certificate=certificate), ACTS[act][1]
    for given in ({}, {"password": "not this one"}, *([half] if half else [])):
        refused = visitor.post(path, {**fields, **given})
        assert refused.status_code == 422, given
        assert ('name="code"' in refused.text) == (half is not None)
    assert visitor.post(path, {**fields, **proof}).status_code in {200, 303}


def test_no_act_that_asks_for_proof_is_left_out(app: Flask) -> None:
    asking = {
        name
        for name, view in app.view_functions.items()
        if any("wrong, per account" in words for words in limits_of(view))
    }
    assert asking == {*ACTS, *ELSEWHERE}
