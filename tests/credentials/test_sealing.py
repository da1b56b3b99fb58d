"""What we sign beside a pack's manifest: ours for exactly its bytes, as long as the key counts."""

from __future__ import annotations

import io
import json
import os
import zipfile
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import RSAKey
from limits.storage import MemoryStorage
from werkzeug.test import TestResponse

from tests.credentials.conftest import SITE, Issued, encode, written
from tests.credentials.files import send
from tests.credentials.forging import forged_seals
from tests.support import Visitor
from trainer.core import clock
from trainer.core.issuer_keys import IssuerKeys
from trainer.credentials.badges import _sign
from trainer.credentials.badges import issuer_keys as keys_of
from trainer.credentials.rules import FileVerdict
from trainer.credentials.sealing import MANIFEST, SEAL, is_sealed, seal

BYTES = json.dumps({"organization": "Acme", "as_of": "2026-11-27", "sha256": {"roster.csv": "0" * 64}}).encode()
DIGEST = sha256(BYTES).hexdigest()


def sealed(issued: Issued, data: bytes = BYTES) -> bytes:
    with issued.app.app_context():
        signature = seal(data)
    assert signature is not None
    return signature


def zipped(**files: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {"roster.csv": b"x", **files}.items():
            archive.writestr({"manifest": MANIFEST, "seal": SEAL}.get(name, name), data)
    return file.getvalue()


def asked(issued: Issued, data: bytes) -> tuple[int, Any]:
    answer = send(issued, data, headers={"Accept": "application/json"})
    return answer.status_code, answer.json


def test_a_seal_is_of_exactly_these_bytes(issued: Issued) -> None:
    signature = sealed(issued)
    assert signature == sealed(issued)
    head, middle, tail = signature.decode().split(".")
    with issued.app.app_context():
        (key,) = keys_of().keys
        assert jws.deserialize_compact(f"{head}.{encode(BYTES)}.{tail}", key.key, algorithms=["RS256"])
        assert middle == ""
        assert is_sealed(BYTES, signature + b"\n")
        wrong = {
            "another byte": (BYTES + b" ", signature),
            "another tail": (BYTES, f"{head}..{tail[:-4]}AAAA".encode()),
            "no signature": (BYTES, f"{head}..".encode()),
            "none": (BYTES, f"{written({'alg': 'none'})}..".encode()),
            "attached": (BYTES, f"{head}.{encode(BYTES)}.{tail}".encode()),
            "another's": (BYTES, sealed(issued, b"{}")),
            "nothing": (BYTES, b""),
            "no text": (BYTES, b"\xff\x00"),
            "no JSON": (BYTES, b"AAAA..AAAA"),
        }
        assert [name for name, (data, given) in wrong.items() if is_sealed(data, given)] == []


def test_another_key_and_one_that_no_longer_counts_seal_nothing(
    issued: Issued, monkeypatch: pytest.MonkeyPatch
) -> None:
    signature = sealed(issued)
    with issued.app.app_context():
        (key,) = keys_of().keys
        other = replace(key, key=RSAKey.generate_key(2048, private=True))
        for keys in ((other,), (replace(key, compromised_at=clock.now()),), ()):
            monkeypatch.setattr("trainer.credentials.sealing.issuer_keys", lambda keys=keys: IssuerKeys(keys))
            assert not is_sealed(BYTES, signature)
        assert seal(BYTES) is None  # without a key there is none, and packs are made all the same


def test_a_seal_is_no_badge_and_a_badge_no_seal(issued: Issued) -> None:
    head, _, tail = sealed(issued).decode().split(".")
    assert issued.verdict(f"{head}.{encode(BYTES)}.{tail}") is FileVerdict.NOT_OURS
    with issued.app.app_context():
        claims = json.loads(BYTES)
        head, body, tail = _sign(claims).split(".")
        data = json.dumps(claims, ensure_ascii=False, separators=(",", ":")).encode()
        assert encode(data) == body
        assert not is_sealed(data, f"{head}..{tail}".encode())


def test_a_pack_with_our_signature_is_said_to_be_signed(issued: Issued) -> None:
    pack = zipped(manifest=BYTES, seal=sealed(issued))
    page = send(issued, pack)
    assert page.status_code == 200
    assert '<h1 id="verdict">Signed by us</h1>' in page.text
    assert f'href="/pack/{DIGEST}"' in page.text
    assert asked(issued, pack) == (200, {"verdict": "pack_signed", "verify_url": f"{SITE}/pack/{DIGEST}"})


def test_without_our_signature_the_hash_decides(issued: Issued) -> None:
    unsigned = {"verdict": "pack_unsigned", "verify_url": f"{SITE}/pack/{DIGEST}"}
    for data in (BYTES, zipped(manifest=BYTES), zipped(manifest=BYTES, seal=sealed(issued, b"{}"))):
        answer: TestResponse = send(issued, data)
        assert (answer.status_code, answer.location) == (303, f"/pack/{DIGEST}")
        assert asked(issued, data) == (200, unsigned)


def test_a_zip_that_is_no_pack_is_said_to_be_unreadable(issued: Issued) -> None:
    whole = zipped(manifest=BYTES)
    bomb = zipped(manifest=b'{"organization": 1, "sha256": {}}' + b" " * 50_000_000)
    assert len(bomb) < 100_000
    encrypted = bytearray(whole)
    at = encrypted.rindex(b"PK\x01\x02")
    encrypted[at + 8] |= 1  # of the last entry, the manifest
    unknown = bytearray(whole)
    unknown[at + 10] = 97
    for data in (zipped(), whole[:40], whole[:-30], b"PK", bomb, bytes(encrypted), bytes(unknown)):
        assert asked(issued, data) == (422, {"verdict": "unreadable", "verify_url": None})
    assert "unpack it and choose one of its files" in send(issued, zipped()).text


def test_a_file_that_is_too_large_is_told_where_to_go(issued: Issued) -> None:
    answer = send(issued, b"PK" + b"A" * 1_000_000)
    assert answer.status_code == 413
    assert "A file can have 256 KB at most" in answer.text
    assert f"{SITE}/pack" in answer.text


@pytest.mark.check("T031")
@pytest.mark.parametrize("number", [60, pytest.param(500, marks=pytest.mark.nightly)], ids=["few", "five hundred"])
def test_no_crafted_manifest_is_taken_for_ours(issued: Issued, number: int) -> None:
    """By the page, by programs, and by the page of its hash."""
    signature, visitor = sealed(issued), Visitor(issued.app, SITE)
    seed = int.from_bytes(os.urandom(4)) if os.environ.get("TRAINER_TEST_EVERYTHING") else 31
    forged = forged_seals(BYTES, signature, number, seed)
    assert len(forged) > number - 5
    taken = []
    for data, given in forged:
        issued.app.extensions["limits"] = MemoryStorage()
        pack = zipped(manifest=data, seal=given)
        page, (status, said) = send(issued, pack), asked(issued, pack)
        is_recorded = visitor.get(f"/pack/{sha256(data).hexdigest()}").status_code != 404
        assert page.status_code in {303, 422}, (data, given, seed)
        assert status in {200, 422}, (data, given, seed)
        if "Signed by us" in page.text or said["verdict"] not in {"pack_unsigned", "unreadable"} or is_recorded:
            taken.append((data, given))
    assert taken == [], f"seed {seed}"
    assert asked(issued, zipped(manifest=BYTES, seal=signature))[1]["verdict"] == "pack_signed"
