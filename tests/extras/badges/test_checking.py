"""No badge counts that we didn't sign, and one that we signed counts as long as its certificate does."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Callable
from uuid import uuid4

import pytest
import time_machine
from itsdangerous import URLSafeTimedSerializer

from tests.cast import make_account, sign_in_as
from tests.credentials.conftest import SITE, encode, parts_of
from tests.extras.badges.conftest import Badged
from tests.extras.badges.forging import forgeries, mutations
from tests.support import Visitor
from trainer.accounts.emails import token_of
from trainer.accounts.models import Link
from trainer.accounts.operations import request_reset
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.credentials.models import Credential
from trainer.credentials.operations import revoke
from trainer.extras.badges import checking
from trainer.extras.badges.baking import NotBaked
from trainer.extras.badges.checking import read_badge
from trainer.extras.badges.making import _sign
from trainer.extras.badges.rules import FileVerdict

EVERYTHING = os.environ.get("TRAINER_TEST_EVERYTHING")


@pytest.mark.asvs("9.1.1", "9.1.2", "9.1.3")
@pytest.mark.check("T032")
def test_a_forged_badge_is_refused(issued: Badged) -> None:
    token = issued.badge()
    public = json.loads(issued.get("/.well-known/did.json"))["verificationMethod"][0]["publicKeyJwk"]
    verdicts = {trick: issued.verdict(forged) for trick, forged in forgeries(token, public).items()}
    assert issued.verdict(token) is FileVerdict.VALID
    fine = {FileVerdict.ALTERED, FileVerdict.NOT_OURS, FileVerdict.UNSIGNED, FileVerdict.UNREADABLE}
    assert {trick: verdict for trick, verdict in verdicts.items() if verdict not in fine} == {}
    assert verdicts["changed claim"] is FileVerdict.ALTERED
    assert verdicts["another's status"] is FileVerdict.ALTERED
    assert verdicts["another issuer"] is FileVerdict.NOT_OURS
    assert verdicts["embedded key"] is FileVerdict.NOT_OURS
    assert verdicts["as JSON"] is FileVerdict.UNSIGNED
    assert verdicts["nothing"] is FileVerdict.UNREADABLE


@pytest.mark.asvs("9.1.1")
@pytest.mark.check("T031")
@pytest.mark.parametrize("number", [300, pytest.param(10_000, marks=pytest.mark.nightly)], ids=["few", "ten thousand"])
def test_no_mutation_verifies(issued: Badged, number: int) -> None:
    token = issued.badge()
    seed = int.from_bytes(os.urandom(4)) if EVERYTHING else 31
    with issued.app.app_context():
        day = clock.today()
        passed = [text for text in mutations(token, number, seed) if checking.verify_badge(text, day).credential]
    assert passed == [], f"seed {seed}"


def test_a_text_that_decodes_alike_is_another_text(issued: Badged) -> None:
    """The lowest bits of the last character mean nothing: without a look at them, one badge would have many texts."""
    token = issued.badge()
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    alike = token[:-1] + letters[letters.index(token[-1]) ^ 1]
    assert parts_of(alike) == parts_of(token)
    assert issued.verdict(alike) is FileVerdict.UNREADABLE
    assert issued.verdict(f"  {token}\n") is FileVerdict.VALID


@pytest.mark.asvs("9.2.2")
@pytest.mark.check("T033")
def test_no_other_token_is_a_badge_and_a_badge_opens_nothing(issued: Badged) -> None:
    make_account(issued.app, "leo@example.org")
    with issued.app.test_request_context(), transaction():
        request_reset("leo@example.org", clock.now())
        reset = token_of(db.session.scalars(db.select(Link).where(Link.purpose == "reset")).one())
    own = sign_in_as(issued.app, issued.bob, SITE)
    cookie = next(iter((own.client._cookies or {}).values())).value
    token = issued.badge()
    list_url = parts_of(token)[1]["credentialStatus"]["statusListCredential"]
    others = {
        "session": cookie,
        "reset": reset,
        "list": issued.get(list_url.removeprefix(SITE)).decode(),
        "signed alike": URLSafeTimedSerializer("t" * 40, "badge").dumps(parts_of(token)[1]),
    }
    for name, text in others.items():
        assert issued.verdict(text) in {FileVerdict.NOT_OURS, FileVerdict.UNREADABLE}, name
    for place in ("password-reset", "i", "sign-up", "inspections", "confirmations"):
        assert Visitor(issued.app, SITE).get(f"/{place}/{token}").status_code == 404, place
    stranger = sign_in_as(issued.app, issued.bob, SITE)
    stranger.client.set_cookie("__Host-visit", token, domain="training.example.org")
    assert stranger.get("/account").status_code == 303  # a badge is no session


@pytest.mark.asvs("9.2.3")
def test_what_our_key_signed_for_another_place_is_no_badge(issued: Badged) -> None:
    claims = parts_of(issued.badge())[1]
    wrong: dict[str, Callable[[], dict[str, object]]] = {
        "a status list": lambda: {**claims, "type": ["VerifiableCredential", "BitstringStatusListCredential"]},
        "another issuer": lambda: {**claims, "iss": "did:web:evil.example"},
        "a certificate that isn't here": lambda: {**claims, "id": f"{SITE}/verify/{uuid4()}"},
        "another's place": lambda: {**claims, "credentialStatus": {"statusListIndex": "-1"}},
    }
    with issued.app.app_context():
        signed = {name: _sign(make()) for name, make in wrong.items()}
    assert {name: issued.verdict(token) for name, token in signed.items()} == dict.fromkeys(wrong, FileVerdict.NOT_OURS)


@pytest.mark.asvs("9.2.1")
def test_a_badge_counts_as_long_as_its_certificate(issued: Badged) -> None:
    token = issued.badge()
    with time_machine.travel(clock.now() + dt.timedelta(days=2 * 366)):
        assert issued.verdict(token) is FileVerdict.EXPIRED
    with issued.app.app_context():
        own_id = db.session.scalars(db.select(Credential.id)).one()
    issued.change(superseded_by_id=own_id)
    assert issued.verdict(token) is FileVerdict.SUPERSEDED
    with issued.app.app_context(), transaction():
        revoke(issued.serial, "By mistake", clock.now())
    assert issued.verdict(token) is FileVerdict.REVOKED


def test_a_badge_is_read_from_text_and_pictures(issued: Badged) -> None:
    token = issued.badge()
    for name in ("badge.jwt", "badge.png", "badge.svg"):
        assert read_badge(issued.get(f"/verify/{issued.serial}/{name}")) == token
    assert read_badge(b"\xef\xbb\xbf " + token.encode() + b"\r\n") == token
    for wrong in (b"\xff\xfe\x00", b"<html></html>", b"<svg", b"\x89PNG\r\n\x1a\n"):
        with pytest.raises(NotBaked):
            read_badge(wrong)
    assert issued.verdict(encode(b"{}")) is FileVerdict.UNREADABLE
