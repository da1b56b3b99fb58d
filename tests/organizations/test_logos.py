"""A firm's logo: what is taken, kept, shown to whom, and gone; a file that can't be one changes nothing."""

from __future__ import annotations

import base64
import io
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.cast import actor_of
from tests.organizations.conftest import Acme
from trainer.core.audit import AuditEvent
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.core.settings import ROOT
from trainer.organizations.logo_files import MOST_BYTES, LogoFile, LogoRefused, read_logo
from trainer.organizations.logos import find_logo, prove
from trainer.organizations.models import FirmLogo
from trainer.organizations.persons import export_person, forget_person

JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDACgcHiMeGSgjISMtKygwPGRBPDc3PHtYXUlkkYCZlo+AjIqgtObDoKrarYqMyP/L2u71////m8H///"
    "/6/+b9//j/wgALCAAgADABAREA/8QAFQABAQAAAAAAAAAAAAAAAAAAAAP/2gAIAQEAAAABuAAAD//EABQQAQAAAAAAAAAAAAAAAAAAAED/2gAI"
    "AQEAAQUCR//EABQQAQAAAAAAAAAAAAAAAAAAAED/2gAIAQEABj8CR//EABQQAQAAAAAAAAAAAAAAAAAAAED/2gAIAQEAAT8hR//aAAgBAQAAAB"
    "AAAAD/xAAUEAEAAAAAAAAAAAAAAAAAAABA/9oACAEBAAE/EEf/2Q=="
)
"""48 × 32 pixels, progressive, as programs write them."""
SCRIPT = b"<script>alert(1)</script>"


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int = 64, height: int = 40, shade: int = 90, more: bytes = b"") -> bytes:
    """Return a gray picture; `more`: chunks before its end."""
    rows = zlib.compress((b"\0" + bytes([shade]) * width) * height)
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", rows) + more + chunk(b"IEND", b"")


def segment(marker: int, data: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def send(acme: Acme, data: bytes | None, name: str = "alice") -> TestResponse:
    fields = {} if data is None else {"file": (io.BytesIO(data), "logo.png")}
    return acme.enter(name).post(acme.path("/logo"), fields)


def kept(acme: Acme) -> bytes | None:
    with acme.app.app_context():
        logo = find_logo(acme.id)
        return logo.content if logo else None


def big(file: bytes) -> bytes:
    return file.replace(struct.pack(">HH", 32, 48), struct.pack(">HH", 60_000, 60_000), 1)


def without_tables(file: bytes) -> bytes:
    while (begin := file.find(b"\xff\xc4")) >= 0:
        (length,) = struct.unpack_from(">H", file, begin + 2)
        file = file[:begin] + file[begin + 2 + length :]
    return file


REFUSED = {
    "SVG": (b'<svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT + b"</svg>", "neither a PNG nor a JPEG"),
    "GIF": (b"GIF89a" + b"\0" * 100, "neither a PNG nor a JPEG"),
    "page": (b"<!doctype html>" + SCRIPT, "neither a PNG nor a JPEG"),
    "PNG too wide": (png(2_001, 40), "has 2001 × 40 pixels"),
    "PNG too small": (png(64, 31), "has 64 × 31 pixels"),
    "JPEG too large": (big(JPEG), "has 60000 × 60000 pixels"),
    "PNG cut short": (png()[:-20], "broken or incomplete"),
    "PNG of nothing": (png()[:8], "broken or incomplete"),
    "PNG changed": (png().replace(b"IDAT", b"IDAU"), "broken or incomplete"),
    "JPEG cut short": (JPEG[:-2], "broken or incomplete"),
    "JPEG of nothing": (b"\xff\xd8\xff\xd9", "broken or incomplete"),
    "PNG and script": (png() + SCRIPT, "Something follows the picture"),
    "JPEG and script": (JPEG + SCRIPT, "Something follows the picture"),
    "no picture in it": (png().replace(png()[33:-12], chunk(b"IDAT", zlib.compress(b"\0"))), "can’t draw"),
    "JPEG without tables": (without_tables(JPEG), "broken or incomplete"),
    "too many bytes": (png(more=chunk(b"teXt", b"0" * MOST_BYTES)), "at most 200 KB"),
    "no file": (None, "Choose a file"),
}


@pytest.mark.asvs("1.3.4", "3.2.1", "5.2.2", "5.3.1")
@pytest.mark.check("T082")
def test_what_cannot_be_a_logo_is_refused_with_a_word_and_changes_nothing(acme: Acme) -> None:
    assert send(acme, png()).status_code == 303
    before = kept(acme)
    for name, (data, word) in REFUSED.items():
        answer = send(acme, data)
        assert (answer.status_code, word in answer.text) == (422, True), (name, answer.text)
        assert 'value="Acme Security"' in answer.text  # the rest of the page is there, too
        assert kept(acme) == before, name


_DRAW = """
import resource, sys
from tests.organizations.test_logos import bomb
from trainer.organizations.logo_files import read_logo
from pathlib import Path
import typst
folder, data = Path(sys.argv[1]), bomb()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
(folder / "logo.png").write_bytes(read_logo(data).content)
(folder / "page.typ").write_text('#image("logo.png", width: 50pt)')
typst.compile(folder / "page.typ")
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""


def bomb() -> bytes:
    """Return a picture of the largest size whose rows go on for 150 MB."""
    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(2**20)) for _megabyte in range(150)) + packer.flush()
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 2_000, 2_000, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_a_picture_that_unpacks_to_far_more_takes_no_more_than_its_size(acme: Acme, tmp_path: Path) -> None:
    assert send(acme, bomb()).status_code in {303, 422}
    run = [sys.executable, "-c", _DRAW, str(tmp_path)]
    drawn = subprocess.run(run, cwd=ROOT, capture_output=True, check=True, text=True)
    assert float(drawn.stdout) < 100


def test_a_file_that_no_request_can_have_is_refused_in_the_same_words(acme: Acme) -> None:
    answer = send(acme, png(more=chunk(b"teXt", b"0" * 300_000)))
    assert answer.status_code == 413
    assert "A logo can have at most 200 KB." in answer.text
    assert kept(acme) is None


def test_only_the_picture_is_kept_of_a_file() -> None:
    assert read_logo(png(more=chunk(b"tEXt", SCRIPT))) == LogoFile("png", png())
    place = segment(0xE1, b"Exif\0\0 50.1 N 8.7 E") + segment(0xFE, SCRIPT)
    assert read_logo(JPEG[:2] + place + JPEG[2:]) == LogoFile("jpg", JPEG)
    with pytest.raises(LogoRefused):
        read_logo(JPEG[:2] + b"\0" + JPEG[2:])
    for file in (png(), png(2_000, 2_000), png(32, 32), JPEG):
        prove(read_logo(file))


@pytest.mark.parametrize("data", [png(), JPEG])
def test_every_cut_of_a_file_is_refused_and_none_raises_otherwise(data: bytes) -> None:
    for length in range(len(data)):
        with pytest.raises(LogoRefused):
            read_logo(data[:length])


@pytest.mark.parametrize(("data", "kind"), [(png(), "image/png"), (JPEG, "image/jpeg")])
def test_a_logo_is_shown_to_the_firms_people_as_what_it_is(acme: Acme, data: bytes, kind: str) -> None:
    assert acme.enter("bob").get(acme.path("/logo")).status_code == 404
    assert send(acme, data).status_code == 303
    assert f'src="{acme.path("/logo")}?v=' in acme.enter("alice").get(acme.path("/settings")).text
    answer = acme.enter("bob").get(acme.path("/logo"))
    assert (answer.status_code, answer.mimetype, answer.data) == (200, kind, data)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert acme.enter("mallory").get(acme.path("/logo")).status_code == 404


def test_only_owners_set_and_remove_it(acme: Acme) -> None:
    for name in ("mona", "ines", "bob", "mallory"):
        assert send(acme, png(), name).status_code == 404
        assert acme.enter(name).post(acme.path("/logo/removal")).status_code == 404
    assert kept(acme) is None


def test_it_is_replaced_and_removed_after_a_question(acme: Acme) -> None:
    send(acme, png())
    send(acme, png(shade=10))
    assert kept(acme) == png(shade=10)
    alice = acme.enter("alice")
    assert "Remove the logo?" in alice.get(acme.path("/logo/removal")).text
    assert kept(acme) is not None
    assert alice.post(acme.path("/logo/removal")).status_code == 303
    assert kept(acme) is None
    assert alice.post(acme.path("/logo/removal")).status_code == 303  # sent twice, it is gone all the same
    with acme.app.app_context():
        acts = select(AuditEvent.act).where(AuditEvent.act.startswith("logo.")).order_by(AuditEvent.at, AuditEvent.id)
        assert sorted(db.session.scalars(acts)) == ["logo.removed", "logo.set", "logo.set"]
    assert "Set the firm’s logo" in alice.get(acme.path("/audit")).text


def test_who_added_it_is_told_and_forgotten_but_the_logo_stays(acme: Acme) -> None:
    send(acme, png())
    alice = acme.users["alice"]
    with acme.app.app_context(), transaction() as session:
        (told,) = export_person(alice)["logos_added"]
        assert told["kind"] == "png"
        assert actor_of(alice, acme.id).role == "owner"
        session.execute(db.update(FirmLogo).values(created_by_id=acme.users["mona"]))
        forget_person(acme.users["mona"], now())
        assert session.scalars(select(FirmLogo)).one().created_by_id is None
