"""A badge says what the certificate says, by the standard, and nothing more than its holder wants."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import unicodedata
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from tests.cast import sign_in_as
from tests.credentials.conftest import DID, SITE, parts_of
from tests.extras.badges.conftest import Badged
from trainer.accounts.queries import get_user
from trainer.core import clock
from trainer.core.db import transaction
from trainer.credentials.issuer import Issuer
from trainer.credentials.rules import show_serial

SCHEMA = json.loads((Path(__file__).with_name("standards") / "ob_v3p0_achievementcredential_schema.json").read_text())
ALL = "?results=y&email=y"
JWT_NAMES = {"iss", "jti", "sub", "nbf", "exp"}
NAMES = [
    "Zoë Ångström-Łuczak",
    unicodedata.normalize("NFD", "Zoë Ångström"),
    "Acme® Bob",
    "عبد الله בן דוד",
    "山田 太郎 김민준",
    "Bob 👩‍👩‍👧 \U0001f9d1\U0001f3fd",
    "</svg>\"'&<b>\\u0041",
]


@cache
def official() -> Any:
    """Return what checks the official schema."""
    from jsonschema import Draft201909Validator, FormatChecker  # takes a second, in each process that collects tests

    return Draft201909Validator(SCHEMA, format_checker=FormatChecker())


def faults(badge: dict[str, Any]) -> list[str]:
    """Return what the official schema finds wrong."""
    return [f"{list(fault.absolute_path)}: {fault.message}" for fault in official().iter_errors(badge)]


@pytest.mark.check("T037")
@pytest.mark.parametrize("asked", ["", ALL])
def test_a_badge_meets_the_official_schema(issued: Badged, asked: str) -> None:
    badge = parts_of(issued.own_badge(asked))[1]
    assert faults(badge) == []
    assert ("result" in badge["credentialSubject"]) == bool(asked)


@pytest.mark.check("T037")
@pytest.mark.parametrize(
    "change",
    [
        {"validFrom": "2026-11-27"},
        {"validFrom": "2026-11-27T10:00:00"},
        {"validFrom": "yesterday"},
        {"type": "OpenBadgeCredential"},
        {"@context": ["https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]},
        {"credentialSubject": {"type": ["AchievementSubject"]}},
        {"proof": {"type": "none"}},
    ],
)
def test_the_official_schema_refuses_what_is_wrong(issued: Badged, change: dict[str, Any]) -> None:
    assert faults(parts_of(issued.badge())[1] | change) != []


def test_the_claims_are_the_credential_at_the_top_level(issued: Badged) -> None:
    header, badge, _signature = parts_of(issued.badge())
    assert header.keys() == {"alg", "typ", "kid"}
    assert (header["alg"], header["typ"]) == ("RS256", "JWT")
    assert re.fullmatch(rf"{DID}#[0-9a-f]{{16}}", header["kid"])
    assert "vc" not in badge
    assert badge["@context"] == [
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ]
    assert (badge["iss"], badge["issuer"]["id"]) == (DID, DID)
    assert badge["jti"] == badge["id"] == f"{SITE}/verify/{show_serial(issued.serial)}"
    assert badge["sub"] == badge["credentialSubject"]["id"]
    assert badge["sub"].startswith("urn:uuid:")
    begins, ends = (dt.datetime.fromisoformat(badge[name]) for name in ("validFrom", "validUntil"))
    assert (badge["nbf"], badge["exp"]) == (begins.timestamp(), ends.timestamp())


def test_it_is_valid_from_the_second_of_issue_to_the_end_of_the_last_day(issued: Badged) -> None:
    issued.change(issued_at=dt.datetime(2026, 2, 28, 23, 59, 59, 999_999, dt.UTC), valid_until=dt.date(2028, 2, 29))
    badge = parts_of(issued.badge())[1]
    assert badge["validFrom"] == "2026-02-28T23:59:59Z"
    assert badge["validUntil"] == "2028-02-29T23:59:59Z"


def test_a_badge_of_this_second_is_not_from_the_future(issued: Badged) -> None:
    assert parts_of(issued.badge())[1]["nbf"] <= clock.now().timestamp()


@pytest.mark.parametrize("name", NAMES)
def test_a_name_survives_byte_for_byte(issued: Badged, name: str) -> None:
    issued.change(holder_name=name)
    (identity,) = parts_of(issued.badge())[1]["credentialSubject"]["identifier"]
    assert identity["identityHash"].encode() == name.encode()
    assert issued.verdict(issued.badge()) == "valid"


def test_the_same_certificate_gives_the_same_badge(issued: Badged) -> None:
    assert issued.badge() == issued.badge()
    assert issued.own_badge(ALL) == issued.own_badge(ALL) != issued.own_badge()
    for kind in ("png", "svg"):
        path = f"/verify/{issued.serial}/badge.{kind}"
        assert issued.get(path) == issued.get(path)


def test_results_and_address_are_told_only_as_the_holder_wants(issued: Badged) -> None:
    public = issued.badge()
    assert issued.badge(ALL) == public  # whoever has the number can't ask for them
    assert issued.own_badge() == public
    assert (
        parts_of(issued.own_badge("?results=y"))[1]["credentialSubject"]["identifier"]
        == (parts_of(public)[1]["credentialSubject"]["identifier"])
    )
    subject = parts_of(issued.own_badge(ALL))[1]["credentialSubject"]
    assert [row["value"] for row in subject["result"]] == ["4", "0"]
    described = {row["id"] for row in subject["achievement"]["resultDescription"]}
    assert described == {row["resultDescription"] for row in subject["result"]}
    email = subject["identifier"][1]
    assert email["identityHash"] == "sha256$" + hashlib.sha256(f"bob@example.org{email['salt']}".encode()).hexdigest()
    for badge in (public, issued.own_badge(ALL)):
        assert "bob@example.org" not in json.dumps(parts_of(badge)[1])
        assert str(issued.bob) not in json.dumps(parts_of(badge)[1])


def test_an_address_that_nobody_confirmed_is_not_vouched_for(issued: Badged) -> None:
    own, path = sign_in_as(issued.app, issued.bob, SITE), f"/verify/{issued.serial}"
    assert 'name="email"' in own.get(path).text
    with issued.app.app_context(), transaction():
        get_user(issued.bob).email_confirmed_at = None
    assert issued.own_badge("?email=y") == issued.badge()
    page = own.get(path).text
    assert ('name="results"' in page, 'name="email"' in page) == (True, False)


def test_what_a_certificate_warns_of_a_badge_warns_of(issued: Badged) -> None:
    issued.change(is_local_trial=True, unapproved_states=["Maine"])
    achievement = parts_of(issued.badge())[1]["credentialSubject"]["achievement"]
    assert achievement["description"].startswith("Local trial")
    assert "Maine requires an approved course." in achievement["criteria"]["narrative"]
    assert "not a license" in achievement["criteria"]["narrative"]


def test_every_term_is_defined(issued: Badged) -> None:
    """What no context defines wouldn't be read by who reads it as linked data."""
    folder = files("openbadgeslib.ob3") / "contexts"
    contexts = [(folder / name).read_text() for name in ("credentials-v2.json", "ob-v3p0-context-3.0.3.json")]
    defined = {name for text in contexts for name in re.findall(r'"([\w@]+)"\s*:', text)}

    def terms(value: Any) -> set[str]:
        if isinstance(value, dict):
            return set(value).union(*map(terms, value.values()))
        return set().union(*map(terms, value)) if isinstance(value, list) else set()

    used = terms(parts_of(issued.own_badge(ALL))[1]) - JWT_NAMES
    assert len(used) > 25
    assert used - defined == set()


def test_an_issuer_is_known_by_host_and_port() -> None:
    assert Issuer("", "https://training.example.org").did == "did:web:training.example.org"
    assert Issuer("", "http://127.0.0.1:8000").did == "did:web:127.0.0.1%3A8000"
