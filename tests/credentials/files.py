"""Certificates and badges as files."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import png
import pypdf
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject
from werkzeug.test import TestResponse

from tests.credentials.conftest import SITE, Issued
from trainer.credentials.models import Stated


def picture() -> bytes:
    """Return a PNG of four pixels."""
    file = io.BytesIO()
    png.Writer(2, 2, greyscale=True).write(file, [[0, 255], [255, 0]])
    return file.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1"/></svg>'


URL = "https://training.example.org/verify/K7QPA-2M4XB-9TRDC-K7QPA-2M4XB-9T"
FACTS = Stated(
    holder_name="Maya Thibodeau",
    course_title="For everyone",
    edition="Pilot edition",
    achievement="has shown, on 16 written scenes, how often they report by the rule of this course.",
    minutes=47,
    issued_on=dt.date(2026, 3, 3),
    valid_until=dt.date(2027, 3, 3),
    course_version="0.1",
    serial="K7QPA2M4XB9TRDCK7QPA2M4XB9T",
    course="recognize",
    course_digest="0" * 64,
    started_on=dt.date(2026, 3, 1),
    is_local_trial=False,
    scenes=16,
)


def text_of(reader: pypdf.PdfReader) -> str:
    text = "".join(page.extract_text() for page in reader.pages)
    return " ".join(text.replace("\u200b", "").split())


ACTIVE = {"/JS", "/JavaScript", "/Launch", "/OpenAction", "/AA", "/EmbeddedFile", "/EmbeddedFiles", "/Filespec",
          "/SubmitForm", "/GoToR", "/RichMedia", "/XFA", "/AcroForm"}  # fmt: skip


def dictionaries(reader: pypdf.PdfReader) -> list[DictionaryObject]:
    """List every dictionary of a file, also those inside others."""
    found: list[DictionaryObject] = []
    waiting: list[object] = [reader.trailer]
    seen: set[int] = set()
    while waiting:
        item = waiting.pop()
        if isinstance(item, IndirectObject):
            if item.idnum in seen:
                continue
            seen.add(item.idnum)
            item = item.get_object()
        if isinstance(item, DictionaryObject):
            found.append(item)
            waiting.extend(item.raw_get(key) for key in item)
        elif isinstance(item, ArrayObject):
            waiting.extend(list.__iter__(item))
    return found


def assert_harmless(reader: pypdf.PdfReader, url: str = URL) -> None:
    addresses = []
    for found in dictionaries(reader):
        names = {str(key) for key in found} | {value for value in found.values() if isinstance(value, str)}
        assert names.isdisjoint(ACTIVE), names & ACTIVE
        assert not isinstance(found, StreamObject) or found.get("/Type") != "/EmbeddedFile"
        if "/URI" in found:
            addresses.append(found["/URI"])
    assert {str(address) for address in addresses} == {url}


def send(issued: Issued, data: bytes | None, **options: Any) -> TestResponse:
    """Send a file as a browser without cookies does."""
    fields = {} if data is None else {"file": (io.BytesIO(data), "a file")}
    return issued.app.test_client().post("/verify/file", data=fields, base_url=SITE, **options)
