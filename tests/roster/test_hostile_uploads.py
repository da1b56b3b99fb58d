"""What is sent as a roster and isn't one: archives that would write elsewhere, pictures that are programs.

A workbook is the only archive, and a roster the only file, that any page takes.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.organizations.conftest import Acme
from tests.roster.books import bare_book, bomb, lying, sheet_of
from trainer.core.db import db
from trainer.core.settings import ROOT
from trainer.roster.models import RosterDraft

_PEOPLE = sheet_of(
    '<row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c><c r="B1" t="inlineStr"><is><t>email</t></is></c></row>'
    '<row r="2"><c r="A2" t="inlineStr"><is><t>Pat Poe</t></is></c>'
    '<c r="B2" t="inlineStr"><is><t>pat@example.org</t></is></c></row>'
)


def with_parts(*parts: tuple[zipfile.ZipInfo | str, bytes]) -> bytes:
    """Return a workbook with people in it, and these parts beside it."""
    memory = io.BytesIO(bare_book(_PEOPLE))
    with zipfile.ZipFile(memory, "a") as archive:
        for name, data in parts:
            archive.writestr(name, data)
    return memory.getvalue()


def special(name: str, mode: int, target: bytes) -> bytes:
    """Return a workbook with a part that isn't a plain file."""
    part = zipfile.ZipInfo(name)
    part.create_system, part.external_attr = 3, (mode | 0o777) << 16
    return with_parts((part, target))


EVIL = Path("/tmp/evil-part-of-a-workbook.txt")

UNPACKED_NOWHERE = {
    "up": lambda: with_parts(("../../evil.txt", b"x")),
    "absolute": lambda: with_parts((str(EVIL), b"x")),
    "drive": lambda: with_parts(("C:\\evil.txt", b"x"), ("..\\evil.txt", b"x")),
    "symlink": lambda: special("xl/link", stat.S_IFLNK, b"/etc/passwd"),
    "device": lambda: special("xl/device", stat.S_IFCHR, b""),
    "case twins": lambda: with_parts(("XL/WORKSHEETS/SHEET1.XML", b"<x/>")),
}
"""Parts that no workbook needs: they are neither read nor written, whatever they are called."""
REFUSED = {
    "a sheet elsewhere": lambda: relation("../../../../etc/passwd"),
    "twins": lambda: twins(),
    "a smaller size in the directory": lambda: lying(bare_book(_PEOPLE)),
    "another name in the header": lambda: bare_book(_PEOPLE).replace(
        b"xl/worksheets/sheet1.xml", b"xl/worksheets/sheet2.xml", 1
    ),
    "65,000 parts": lambda: with_parts(*((f"p/{number}", b"") for number in range(65_000))),
    "a bomb": lambda: bomb(256),
    "an archive in an archive": lambda: zipped({"inner.zip": bomb(64)}),
    "no workbook": lambda: zipped({"../people.csv": b"name,email\nPat Poe,pat@example.org"}),
}


def zipped(parts: dict[str, bytes]) -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return memory.getvalue()


def relation(target: str) -> bytes:
    """Return a workbook that says that its sheet is somewhere else."""
    parts = {}
    with zipfile.ZipFile(io.BytesIO(bare_book(_PEOPLE))) as archive:
        for name in archive.namelist():
            parts[name] = archive.read(name).replace(b"worksheets/sheet1.xml", target.encode())
    return zipped(parts)


def twins() -> bytes:
    with pytest.warns(UserWarning, match="Duplicate name"):
        return with_parts(("xl/worksheets/sheet1.xml", _PEOPLE))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work deep in a folder, so that a way up is still in it."""
    deep = tmp_path / "a" / "b" / "c"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    monkeypatch.setattr("tempfile.tempdir", str(deep))
    return tmp_path


def send(acme: Acme, data: bytes, name: str) -> tuple[int, str]:
    answer = acme.enter("alice").post(acme.path("/roster"), {"file": (io.BytesIO(data), name)})
    return answer.status_code, answer.headers.get("Location", "") + answer.text


def drafts(acme: Acme) -> int:
    with acme.app.app_context():
        return db.session.scalar(select(func.count()).select_from(RosterDraft)) or 0


def own_files(folder: Path) -> set[Path]:
    """Return the files below a folder, and one that would be written outside of it."""
    below = {path for path in folder.rglob("*") if not path.name.startswith("trainer.db")}
    return below | {path for path in (EVIL, Path("C:\\evil.txt")) if path.exists()}


@pytest.mark.asvs("5.2.5", "5.3.1", "5.3.3")
@pytest.mark.check("T081")
@pytest.mark.parametrize("name", UNPACKED_NOWHERE)
def test_no_part_of_an_archive_is_written_anywhere(acme: Acme, folder: Path, name: str) -> None:
    data, before = UNPACKED_NOWHERE[name](), own_files(folder)
    status, place = send(acme, data, "people.xlsx")
    assert (status, "/roster/" in place) == (303, True)
    assert own_files(folder) == before
    page = acme.enter("alice").get(place.split("<")[0].strip()).text
    assert "Pat Poe" in page
    assert "root:" not in page


@pytest.mark.asvs("5.3.3")
@pytest.mark.check("T081")
@pytest.mark.parametrize("name", REFUSED)
def test_an_archive_that_is_not_what_it_says_is_refused_whole(acme: Acme, folder: Path, name: str) -> None:
    data, before = REFUSED[name](), own_files(folder)
    status, text = send(acme, data, "people.xlsx")
    assert status in {413, 422}
    assert "root:" not in text
    assert (drafts(acme), own_files(folder)) == (0, before)


def png(width: int, height: int) -> bytes:
    """Return a picture that says how large it is and holds next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


SCRIPT = b"<script>alert(1)</script>"
OTHER_KINDS: dict[str, tuple[Callable[[], bytes], str]] = {
    "GIF and script": (lambda: b"GIF89a/*\x00\x00*/=1;alert(1)//,", "people.gif"),
    "GIF called a list": (lambda: b"GIF89a/*\x00\x00*/=1;alert(1)//,", "people.csv"),
    "SVG": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT + b"</svg>", "people.svg"),
    "page called a picture": (lambda: b"<!doctype html>" + SCRIPT, "people.png"),
    "page called a list": (lambda: b"\n <html>" + SCRIPT, "people.csv"),
    "huge picture": (lambda: png(50_000, 50_000), "people.png"),
    "picture with an archive behind it": (lambda: png(1, 1) + bare_book(_PEOPLE), "people.xlsx"),
    "PDF with an archive behind it": (lambda: b"%PDF-1.7\n" + bare_book(_PEOPLE), "people.xlsx"),
    "program": (lambda: b"\x7fELF\x02\x01\x01\x00" + b"\x00" * 100, "people.xlsx"),
}


@pytest.mark.asvs("1.3.4", "3.2.1", "5.2.2", "5.3.1")
@pytest.mark.check("T082")
@pytest.mark.parametrize("name", OTHER_KINDS)
def test_a_file_of_another_kind_is_refused_and_not_kept(acme: Acme, folder: Path, name: str) -> None:
    make, called = OTHER_KINDS[name]
    before = own_files(folder)
    answer = acme.enter("alice").post(acme.path("/roster"), {"file": (io.BytesIO(make()), called)})
    assert answer.status_code == 422
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "alert(1)" not in answer.text
    assert (drafts(acme), own_files(folder)) == (0, before)


@pytest.mark.check("T081")
@pytest.mark.check("T082")
def test_lists_proofs_and_certificates_to_check_are_all_that_is_taken_and_none_is_unpacked() -> None:
    taking, opening, unpacking = set(), set(), set()
    for path in (ROOT / "trainer").rglob("*.py"):
        text, name = path.read_text("utf-8"), str(path.relative_to(ROOT / "trainer"))
        if re.search(r"FileField|request\.files|MultipleFileField", text):
            taking.add(name)
        if re.search(r"zipfile\.ZipFile\((?!.*[\"']w)|tarfile|unpack_archive", text):
            opening.add(name)
        if re.search(r"\.extract(all)?\(", text):
            unpacking.add(name)
    assert taking == {
        *("roster/forms.py", "compliance/forms.py", "compliance/views/earlier.py"),
        *("extras/badges/forms.py", "extras/badges/views.py"),  # to check a certificate or a badge; kept nowhere
        "web/retry.py",  # reads none: it puts them back to their beginning for a second try
        "web/forms.py",  # keeps them from every other field
    }
    # The second reads what we wrote, the third so much of two files of a pack and no more; the last is the content that
    # a machine of this installation put into service.
    released = "content/releasing.py"
    assert opening == {"roster/workbook.py", "extras/packs/making.py", "extras/packs/sealing.py", released}
    assert unpacking == {released}
    for page in (ROOT / "trainer").rglob("*.html"):
        for field in re.findall(r"<input[^>]*type=[\"']file[^>]*>", page.read_text("utf-8")):
            # A file that a page reads in the browser has no name, and so isn't sent. Home sends a roster to its form.
            assert page.match("packs/check.html" if "name=" not in field else "home/_firm_steps.html"), page
