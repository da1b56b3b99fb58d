"""Other people's verifiers take our badges, and refuse what we withdrew, replaced or never signed."""

from __future__ import annotations

import base64
import datetime as dt
import gzip
import json
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openbadgeslib.ob3.verifier import OB3VerificationError, OB3Verifier
from sqlalchemy import select

from tests.assignments.firm import earn
from tests.cast import make_account
from tests.credentials.conftest import DID, SITE, encode, parts_of
from tests.extras.badges.conftest import Badged
from tests.extras.badges.forging import forgeries, mutations
from trainer.app import create_app
from trainer.content.library import Library
from trainer.core import clock, issuer_keys
from trainer.core.db import db, transaction
from trainer.core.installation import LIST_NUMBERS
from trainer.core.settings import ROOT, Settings
from trainer.credentials.models import Credential
from trainer.credentials.operations import revoke
from trainer.credentials.rules import STATUS_PLACES
from trainer.extras.badges.making import _sign
from trainer.extras.badges.rules import FileVerdict

NODE = shutil.which("node")
FUTURE = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)


def openbadgeslib_takes(issued: Badged, token: str) -> bool:
    """Ask openbadgeslib, which resolves the issuer, verifies, and looks at the status list and its signature."""
    try:
        verifier = OB3Verifier.for_issuer_did(DID, download=issued.download)
        verifier.verify(token, check_status=True, download=issued.download)
    except OB3VerificationError:
        return False
    return True


def ask_jose(issued: Badged, badges: Mapping[str, str]) -> dict[str, str]:
    """Ask npm's jose about each badge."""
    if NODE is None or not (ROOT / "node_modules" / "jose").exists():
        pytest.skip("badges in jose: install node, and run npm ci")
    given = {
        "document": json.loads(issued.get("/.well-known/did.json")),
        "issuer": DID,
        "now": clock.now().isoformat(),
        "badges": badges,
    }
    script = Path(__file__).with_name("verify.mjs")
    ended = subprocess.run(
        [NODE, str(script)], input=json.dumps(given), capture_output=True, text=True, timeout=60, check=True
    )
    answers: dict[str, str] = json.loads(ended.stdout)
    return answers


def unpack(encoded: str) -> bytes:
    """Return the bits of a list."""
    assert encoded[0] == "u"
    return gzip.decompress(base64.urlsafe_b64decode(encoded[1:] + "=" * (-(len(encoded) - 1) % 4)))


def bit(issued: Badged, token: str) -> bool:
    """Read a badge's bit as the standard says."""
    entry = parts_of(token)[1]["credentialStatus"]
    listed = parts_of(issued.download(entry["statusListCredential"]).decode())[1]["credentialSubject"]
    assert listed["statusPurpose"] == entry["statusPurpose"] == "revocation"
    bits = unpack(listed["encodedList"])
    assert len(bits) * 8 >= 131_072
    index = int(entry["statusListIndex"])
    return bool(bits[index // 8] & (0x80 >> index % 8))


@pytest.mark.asvs("11.2.1")
@pytest.mark.check("T037")
def test_openbadgeslib_takes_a_badge_and_refuses_forged_ones(issued: Badged) -> None:
    token = issued.badge()
    assert openbadgeslib_takes(issued, token)
    assert openbadgeslib_takes(issued, issued.own_badge("?results=y&email=y"))
    method = json.loads(issued.get("/.well-known/did.json"))["verificationMethod"][0]
    assert parts_of(token)[0]["kid"] == method["id"]
    public = method["publicKeyJwk"]
    taken = {trick for trick, forged in forgeries(token, public).items() if openbadgeslib_takes(issued, forged)}
    assert taken == set()


@pytest.mark.check("T031")
def test_openbadgeslib_takes_no_mutation(issued: Badged) -> None:
    token = issued.badge()
    for mutant in mutations(token, 60, 37):
        try:
            is_alike = parts_of(mutant) == parts_of(token)  # it reads texts that decode alike as the same
        except ValueError:
            is_alike = False
        assert is_alike or not openbadgeslib_takes(issued, mutant), mutant


@pytest.mark.check("T037")
def test_jose_takes_a_badge_and_refuses_forged_ones(issued: Badged) -> None:
    token = issued.badge()
    claims = parts_of(token)[1]
    public = json.loads(issued.get("/.well-known/did.json"))["verificationMethod"][0]["publicKeyJwk"]
    with issued.app.app_context():
        future = _sign({**claims, "nbf": int(FUTURE.timestamp()), "exp": int(FUTURE.timestamp()) + 9})
        ended = _sign({**claims, "exp": claims["nbf"]})
    badges = {"ours": token, "future": future, "ended": ended, **forgeries(token, public)}
    answers = ask_jose(issued, badges)
    assert {name for name, answer in answers.items() if answer == claims["id"]} == {"ours"}
    assert answers["future"] == "ERR_JWT_CLAIM_VALIDATION_FAILED"
    assert answers["ended"] == "ERR_JWT_EXPIRED"
    assert answers["none"] == answers["hs256 with the public key"] == "ERR_JOSE_ALG_NOT_ALLOWED"
    assert answers["changed claim"] == "ERR_JWS_SIGNATURE_VERIFICATION_FAILED"


@pytest.mark.check("T044")
@pytest.mark.parametrize("way", ["withdrawn", "replaced"])
def test_what_no_longer_counts_is_listed_at_once(issued: Badged, way: str) -> None:
    token = issued.badge()
    assert not bit(issued, token)
    assert openbadgeslib_takes(issued, token)
    if way == "withdrawn":
        with issued.app.app_context(), transaction():
            revoke(issued.serial, "By mistake", clock.now())
    else:
        with issued.app.app_context():
            own_id = db.session.scalars(select(Credential.id)).one()
        issued.change(superseded_by_id=own_id)
    assert bit(issued, token)
    assert not openbadgeslib_takes(issued, token)
    assert issued.verdict(token) is {"withdrawn": FileVerdict.REVOKED, "replaced": FileVerdict.SUPERSEDED}[way]


def test_a_list_is_signed_names_itself_and_is_asked_for_again(issued: Badged) -> None:
    list_id = parts_of(issued.badge())[1]["credentialStatus"]["statusListCredential"]
    answer = issued.app.test_client().get(list_id.removeprefix(SITE), base_url=SITE)
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.mimetype == "application/vc+jwt"
    claims = parts_of(answer.text)[1]
    assert claims["id"] == list_id
    assert claims["nbf"] <= clock.now().timestamp()
    for other in (1, LIST_NUMBERS + 1, 10**30):
        assert issued.app.test_client().get(f"/badges/status/{other}", base_url=SITE).status_code == 404
    # A list that somebody else serves under our address is refused.
    forged = ".".join([*answer.text.split(".")[:2], encode(b"\0" * 256)])

    def elsewhere(address: str) -> bytes:
        return forged.encode() if "status" in address else issued.download(address)

    verifier = OB3Verifier.for_issuer_did(DID, download=elsewhere)
    with pytest.raises(OB3VerificationError):
        verifier.verify(issued.badge(), check_status=True, download=elsewhere)


def test_one_bit_is_set_for_each_that_no_longer_counts(issued: Badged) -> None:
    off = [0, 7, 8, STATUS_PLACES - 1, STATUS_PLACES + 9]
    user, day = make_account(issued.app, "leo@example.org"), clock.today()
    with issued.app.app_context(), transaction():
        for cycle, index in enumerate(off):
            earn(user, day, day, cycle, serial=str(cycle), status_index=index, revoked_at=clock.now())
    for number, places in enumerate((off[:-1], [9])):
        subject = parts_of(issued.get(f"/badges/status/{number}").decode())[1]["credentialSubject"]
        shown = "".join(f"{byte:08b}" for byte in unpack(subject["encodedList"]))
        assert [at for at, char in enumerate(shown) if char == "1"] == places


@pytest.fixture
def own_keys(issued: Badged, settings: Settings, shelf: Library, tmp_path: Path) -> Badged:
    """Return the site with its keys in the instance folder."""
    folder = tmp_path / "keys"
    folder.mkdir(mode=0o700)
    issuer_keys.make_first(folder, clock.now())
    app: Flask = create_app(replace(settings, base_url=SITE, badge_keys=None, instance=folder), shelf)
    return Badged(app, issued.bob, issued.serial)


def folder_of(issued: Badged) -> Path:
    folder: Path = issued.app.config["SETTINGS"].instance
    return folder


@pytest.mark.check("T038")
def test_old_badges_verify_after_a_rotation_and_new_ones_use_the_new_key(own_keys: Badged) -> None:
    old = own_keys.badge()
    issuer_keys.rotate(folder_of(own_keys), clock.now())
    new = own_keys.badge()
    kids = [parts_of(token)[0]["kid"] for token in (new, old)]
    methods: list[dict[str, Any]] = json.loads(own_keys.get("/.well-known/did.json"))["verificationMethod"]
    assert [method["id"] for method in methods] == kids
    for token in (old, new):
        assert own_keys.verdict(token) is FileVerdict.VALID
        assert openbadgeslib_takes(own_keys, token)
    assert set(ask_jose(own_keys, {"old": old, "new": new}).values()) == {parts_of(old)[1]["id"]}


@pytest.mark.check("T038")
def test_a_compromised_key_ends_what_it_signed_and_nothing_else(own_keys: Badged) -> None:
    old = own_keys.badge()
    issuer_keys.compromise(folder_of(own_keys), parts_of(old)[0]["kid"].partition("#")[2], clock.now())
    new = own_keys.badge()
    assert parts_of(new)[1] == parts_of(old)[1]
    assert own_keys.verdict(old) is FileVerdict.COMPROMISED
    assert own_keys.verdict(new) is FileVerdict.VALID
    assert not openbadgeslib_takes(own_keys, old)
    assert openbadgeslib_takes(own_keys, new)
    assert own_keys.verdict(old[:-9] + "AAAAAAAAA") is FileVerdict.ALTERED


def test_without_a_key_the_page_stays_and_says_what_to_do(own_keys: Badged) -> None:
    (folder_of(own_keys) / issuer_keys.FILE).unlink()
    client = own_keys.app.test_client()
    assert client.get(f"/verify/{own_keys.serial}", base_url=SITE).status_code == 200
    answer = client.get(f"/verify/{own_keys.serial}/badge.png", base_url=SITE)
    assert answer.status_code == 409
    assert "Please tell the people who run it" in answer.text
    assert client.get("/.well-known/did.json", base_url=SITE).status_code == 404


def test_unknown_numbers_have_no_badge(issued: Badged) -> None:
    for name in ("badge.jwt", "badge.png", "badge.svg"):
        assert issued.app.test_client().get(f"/verify/{'0' * 27}/{name}", base_url=SITE).status_code == 404
