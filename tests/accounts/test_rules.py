"""One address, one account, however it is written; and names that can be printed."""

from __future__ import annotations

import unicodedata

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from tests.cast import make_account
from trainer.accounts.rules import clean_name, email_key, is_printable_name
from trainer.core.errors import Conflict, Invalid

TWINS = [
    "Leo@Example.org",
    "LEO@EXAMPLE.ORG",
    " leo@example.org",
    "leo@example.org ",
    "leo@example.org\n",
    "\tleo@example.org",
    "\u00a0leo@example.org",
    "ｌｅｏ@example.org",
    "leo＠example.org",
    "leo@ｅｘａｍｐｌｅ.org",
    "leo@example\uff0eorg",
    "l\u200beo@example.org",
    "leo\u200d@example.org",
    "leo@exam\u00adple.org",
    "\ufeffleo@example.org",
    "leo\u2060@example.org",
    "𝐥𝐞𝐨@example.org",
    "ⓛⓔⓞ@example.org",
]
REFUSED = [
    "lеo@example.org",  # Cyrillic
    "leο@example.org",  # Greek
    "leo@exаmple.org",
    "léo@example.org",
    unicodedata.normalize("NFD", "léo@example.org"),
    "leo@bücher.example",
    "leo@xn--bcher-kva.example ö",
    "leo@@example.org",
    "leo",
    "@example.org",
    "leo@",
    "leo@example",
    "leo example@example.org",
    "leo@example..org",
    "leo@[127.0.0.1]",
    '"leo"@example.org',
    "leo@example.org\x00",
    "leo\u202e@example.org",
    "leo@example.org, bob@example.org",
    "Leo <leo@example.org>",
    "x" * 250 + "@example.org",
    "",
]


@pytest.mark.check("T057")
@pytest.mark.parametrize("twin", TWINS)
def test_spellings_of_one_address_have_one_key(twin: str) -> None:
    assert email_key(twin) == "leo@example.org"


@pytest.mark.check("T057")
@pytest.mark.parametrize("given", REFUSED)
def test_what_only_looks_like_an_address_has_no_key(given: str) -> None:
    assert email_key(given) is None


@pytest.mark.check("T057")
def test_a_twin_gets_no_second_account(app: Flask) -> None:
    make_account(app, "leo@example.org")
    for twin in TWINS:
        with pytest.raises(Conflict):
            make_account(app, twin)
    for refused in REFUSED:
        with pytest.raises(Invalid):
            make_account(app, refused)


def test_other_addresses_are_other_people() -> None:
    others = ["leo+work@example.org", "l.eo@example.org", "leo@example.com", "leo@mail.example.org", "1eo@example.org"]
    assert len({email_key(one) for one in [*others, "leo@example.org"]}) == 6


@given(st.text(max_size=60))
def test_a_key_is_its_own_key_and_plain(text: str) -> None:
    key = email_key(text)
    if key is not None:
        assert key.isascii()
        assert email_key(key) == key == email_key(key.upper())


@given(st.text(max_size=200))
def test_cleaning_a_name_twice_changes_nothing(text: str) -> None:
    once = clean_name(text)
    assert clean_name(once) == once
    assert once == once.strip()
    assert "\n" not in once


@pytest.mark.parametrize(
    ("name", "is_printable"), [("Zoë", True), ("4", True), ("李", True), ("...", False), ("", False)]
)
def test_a_name_needs_a_letter_or_a_number(name: str, is_printable: bool) -> None:
    assert is_printable_name(name) is is_printable
