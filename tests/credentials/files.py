"""Certificates as files."""

from __future__ import annotations

import datetime as dt

import pypdf
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from trainer.credentials.models import Stated

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
