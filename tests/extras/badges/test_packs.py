"""Evidence packs that someone was sent: signed by us, recorded by us, or neither."""

from __future__ import annotations

import io
import json
import os
import struct
import tracemalloc
import zipfile
from hashlib import sha256
from typing import Any

import pytest
from limits.storage import MemoryStorage
from werkzeug.test import TestResponse

from tests.credentials.conftest import SITE, encode
from tests.extras.badges.conftest import Badged
from tests.extras.badges.files import send
from tests.extras.badges.forging import forged_seals
from tests.support import Visitor
from trainer.core import clock
from trainer.extras.badges.checking import check_file
from trainer.extras.badges.making import _sign
from trainer.extras.badges.rules import FileVerdict
from trainer.extras.packs.sealing import MANIFEST, SEAL, is_sealed, seal

BYTES = json.dumps({"organization": "Acme", "as_of": "2026-11-27", "sha256": {"roster.csv": "0" * 64}}).encode()
DIGEST = sha256(BYTES).hexdigest()


def sealed(issued: Badged, data: bytes = BYTES) -> bytes:
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


def asked(issued: Badged, data: bytes) -> tuple[int, Any]:
    answer = send(issued, data, headers={"Accept": "application/json"})
    return answer.status_code, answer.json


def test_a_seal_is_no_badge_and_a_badge_no_seal(issued: Badged) -> None:
    head, _, tail = sealed(issued).decode().split(".")
    assert issued.verdict(f"{head}.{encode(BYTES)}.{tail}") is FileVerdict.NOT_OURS
    with issued.app.app_context():
        claims = json.loads(BYTES)
        head, body, tail = _sign(claims).split(".")
        data = json.dumps(claims, ensure_ascii=False, separators=(",", ":")).encode()
        assert encode(data) == body
        assert not is_sealed(data, f"{head}..{tail}".encode())


def test_a_pack_with_our_signature_is_said_to_be_signed(issued: Badged) -> None:
    pack = zipped(manifest=BYTES, seal=sealed(issued))
    page = send(issued, pack)
    assert page.status_code == 200
    assert '<h1 id="verdict">Signed by us</h1>' in page.text
    assert f'href="/pack/{DIGEST}"' in page.text
    assert asked(issued, pack) == (200, {"verdict": "pack_signed", "verify_url": f"{SITE}/pack/{DIGEST}"})


def test_without_our_signature_the_hash_decides(issued: Badged) -> None:
    unsigned = {"verdict": "pack_unsigned", "verify_url": f"{SITE}/pack/{DIGEST}"}
    for data in (BYTES, zipped(manifest=BYTES), zipped(manifest=BYTES, seal=sealed(issued, b"{}"))):
        answer: TestResponse = send(issued, data)
        assert (answer.status_code, answer.location) == (303, f"/pack/{DIGEST}")
        assert asked(issued, data) == (200, unsigned)


def test_a_zip_that_is_no_pack_is_said_to_be_unreadable(issued: Badged) -> None:
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


def test_a_file_that_is_too_large_is_told_where_to_go(issued: Badged) -> None:
    answer = send(issued, b"PK" + b"A" * 1_000_000)
    assert answer.status_code == 413
    assert "A file can have 256 KB at most" in answer.text
    assert f"{SITE}/pack" in answer.text


@pytest.mark.check("T031")
@pytest.mark.parametrize("number", [60, pytest.param(500, marks=pytest.mark.nightly)], ids=["few", "five hundred"])
def test_no_crafted_manifest_is_taken_for_ours(issued: Badged, number: int) -> None:
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


def packed(data: bytes, compression: int, names: tuple[str, ...] = ("manifest.json",)) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive, pytest.MonkeyPatch.context() as patch:
        patch.setattr(archive, "NameToInfo", {})  # or the second of a name is warned of
        for name in names:
            archive.writestr(name, data)
            archive.NameToInfo.clear()
    return file.getvalue()


BARE = json.dumps({"sha256": {}, "organization": "Acme Security"}).encode()
BOMB = BARE + b" " * (32 * 2**20)


def lying(data: bytes) -> bytes:
    """Return a ZIP of one file whose directory claims that it has 100 bytes."""
    at = data.rindex(b"PK\1\2") + 24
    return data[:at] + struct.pack("<I", 100) + data[at + 4 :]


@pytest.mark.parametrize(
    "data",
    [
        packed(BOMB, zipfile.ZIP_BZIP2),
        packed(BOMB, zipfile.ZIP_LZMA),
        packed(BOMB, zipfile.ZIP_DEFLATED),
        lying(packed(BOMB, zipfile.ZIP_DEFLATED)),
        packed(BARE, zipfile.ZIP_BZIP2),
        packed(BARE, zipfile.ZIP_STORED, ("manifest.json", "manifest.json")),
        packed(BOMB[: 3 * 2**20], zipfile.ZIP_DEFLATED, ("manifest.json",) * 20),
    ],
    ids=["bzip2", "LZMA", "deflate", "a size that lies", "small bzip2", "a name twice", "a name often"],
)
def test_a_pack_is_looked_at_before_it_is_unpacked(issued: Badged, data: bytes) -> None:
    with issued.app.test_request_context(base_url=SITE):
        tracemalloc.start()
        try:
            assert check_file(data, clock.today()).verdict is FileVerdict.UNREADABLE
            assert tracemalloc.get_traced_memory()[1] < 16 * 2**20
        finally:
            tracemalloc.stop()
    assert send(issued, data).status_code == 422


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_with_any_byte_changed_has_a_verdict(issued: Badged, compression: int) -> None:
    data = packed(BARE, compression, ("manifest.json", "signature.jwt"))
    with issued.app.test_request_context(base_url=SITE):
        for at in range(2, len(data)):
            for value in (0, 1, 9, 14, 255):
                check_file(data[:at] + bytes([value]) + data[at + 1 :], clock.today())
            check_file(data[:at], clock.today())


def test_a_site_without_evidence_packs_leads_to_no_page_of_them(
    issued: Badged, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = tuple(feature for feature in issued.app.extensions["features"] if feature.name != "packs")
    monkeypatch.setitem(issued.app.extensions, "features", left)
    answer = send(issued, packed(BARE, zipfile.ZIP_DEFLATED))
    assert (answer.status_code, "See what we recorded of it" in answer.text) == (422, False)
    large = send(issued, b"A" * 1_000_000)
    assert (large.status_code, "A file can have" in large.text, "manifest.json" in large.text) == (413, True, False)
