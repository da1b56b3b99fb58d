"""A pack and a certificate's file can be written on every system, and no two certificates have one name."""

from __future__ import annotations

import datetime as dt
import unicodedata
import uuid
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.compliance.file_names import LONGEST, address_of, certificate_name, pack_name, proof_name

SERIAL = "7QK2M-4XT9R-DW3HB-6YVN0-CFG5S-A1"


@pytest.mark.parametrize(
    ("name", "number", "file"),
    [
        ("Bob Dow", "00417", f"Bob Dow - 00417 - {SERIAL}.pdf"),
        ("Bob Dow", None, f"Bob Dow - {SERIAL}.pdf"),
        ("Ana Mari\u0301a O’Neil", "1", f"Ana María O’Neil - 1 - {SERIAL}.pdf"),
        ("../../etc/passwd", "a/b\\c", f"etc passwd - a b c - {SERIAL}.pdf"),
        ('Al: "the <pipe>" | ? *', "9", f"Al the pipe - 9 - {SERIAL}.pdf"),
        ("CON.x", "1", f"CON_.x - 1 - {SERIAL}.pdf"),
        ("lpt1", None, f"lpt1_ - {SERIAL}.pdf"),
        ("Con Nguyen", None, f"Con Nguyen - {SERIAL}.pdf"),
        ("Robert Dow Jr. ", "7. ", f"Robert Dow Jr - 7 - {SERIAL}.pdf"),
        ("-rf", ".hidden", f"rf - hidden - {SERIAL}.pdf"),
        ("\u202egnp.exe\u2066", "1", f"gnp.exe - 1 - {SERIAL}.pdf"),
        ("שלום כהן", "1", f"שלום כהן - 1 - {SERIAL}.pdf"),
        ("Bob 👩\u200d🚒\ufe0f", "1", f"Bob - 1 - {SERIAL}.pdf"),
        ("👩\u200d🚒", "1", f"1 - {SERIAL}.pdf"),
        ("a\0b\nc", "\t", f"a b c - {SERIAL}.pdf"),
    ],
)
def test_a_name_is_what_a_person_would_write_without_what_a_system_refuses(
    name: str, number: str | None, file: str
) -> None:
    assert certificate_name(name, number, SERIAL, "pdf") == file


@given(st.text(max_size=400), st.none() | st.text(max_size=80))
def test_any_name_can_be_written_everywhere(name: str, number: str | None) -> None:
    file = certificate_name(name, number, SERIAL, "pdf")
    assert len(file.encode()) <= LONGEST
    assert file.endswith(f"{SERIAL}.pdf")
    assert not set(file) & set('\\/:*?"<>|')
    assert all(unicodedata.category(char)[0] in "LMNPZ" for char in file)
    assert file == unicodedata.normalize("NFC", file)
    assert file[0] not in " .-"
    assert Path(file).name == file
    assert unquote(address_of(file)) == file
    assert all(char.isascii() and (char.isalnum() or char in "%-._~/") for char in address_of(file))


@pytest.mark.parametrize(
    ("firm", "name"),
    [
        ("Two Lanterns Security", "training-records-two-lanterns-security-2026-11-30.zip"),
        ("Éclair & Søn, Inc.", "training-records-eclair-sn-inc-2026-11-30.zip"),
        ("Охрана", "training-records-2026-11-30.zip"),
        ('../"a"\r\n' + "b" * 90, f"training-records-a-{'b' * 58}-2026-11-30.zip"),
    ],
)
def test_a_pack_is_named_after_its_firm_and_its_day(firm: str, name: str) -> None:
    assert pack_name(firm, dt.date(2026, 11, 30)) == name


def test_twins_keep_apart_even_where_case_and_length_are_lost() -> None:
    other = SERIAL[:-1] + "2"
    for first, second in (("BOB DOW", "bob dow"), ("Bob Dow", "Bob Dow"), ("é" * 300, "é" * 299)):
        names = {certificate_name(first, "1", SERIAL, "pdf"), certificate_name(second, "1", other, "pdf")}
        assert len({name.casefold() for name in names}) == 2


def test_a_long_name_ends_between_letters() -> None:
    name = certificate_name("e\u0323\u0301" * 200, None, SERIAL, "pdf")
    letters = name.removesuffix(f" - {SERIAL}.pdf")
    assert set(letters[::2]) == {"ẹ"}
    assert set(letters[1::2]) == {"\u0301"}
    assert len(letters) % 2 == 0


PROOF = uuid.UUID("1a2b3c4d-0000-4000-8000-000000000000")


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("Dana’s scan.pdf", "1a2b3c4d - Dana’s scan.pdf"),
        ("訓" * 100 + ".pdf", "1a2b3c4d - " + "訓" * 45 + ".pdf"),
        ("_.png", "1a2b3c4d.png"),
    ],
)
def test_a_proof_file_keeps_its_name_as_far_as_it_can_be_written(name: str, file: str) -> None:
    assert proof_name(PROOF, name) == file
    assert len(file.encode()) <= LONGEST
