"""Encrypted files are those of age: its own program reads them, and whatever was changed in one is noticed."""

from __future__ import annotations

import base64
from pathlib import Path

import click
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainer.cli.backups import age, files
from trainer.cli.backups.age import NotDecrypted, decrypt, encrypt

PASSPHRASE = "correct horse battery"
EARLIER = Path(__file__).with_name("encrypted.age")
"""What version 0.9.0 encrypted, with code of its own: numbered lines, over more than one chunk."""
BY_RAGE = (
    "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCBteCtsS1lzK2dMaHNTTVlRVzBWTGRBIDE5ClNLZWhoU2NKcWhwam14STJhcW1DRE5Fd2xS"
    "NUgyTDlvUkYvOW82OVFEWG8KLS0tIFdNTm5BMTE5VlI3bm1va3RHSWpoT1JSbTdhUytiUVZ4bElhSkk5eFlKOHMK9VacMS7ETR/3/2UMzbMBM+SR"
    "AG3XA7RPq9Gg63EvhXaDtGkHUz7mA7JPNLpT7Oaf1r7oC2TJDrT5qYgDuvuXKPBDJpcR/+WxM5R2pTQN+F2S90lCOPMK6QEahMRpbJPZYS9k5Y8="
)
"""What another program of that format, rage, made of "Would you recognize it?", three times over."""


def test_what_another_program_encrypted_is_read() -> None:
    assert decrypt(base64.b64decode(BY_RAGE), "correct horse battery staple") == b"Would you recognize it?" * 3


def test_what_an_earlier_version_encrypted_is_read() -> None:
    lines = [b"Would you recognize it? %d\n" % number for number in range(2500)]
    assert decrypt(EARLIER.read_bytes(), PASSPHRASE) == b"".join(lines)


def test_what_was_encrypted_comes_back() -> None:
    text = bytes(range(256)) * 1000
    assert decrypt(encrypt([text[:100], b"", text[100:]], PASSPHRASE), PASSPHRASE) == text


def test_each_changed_or_missing_part_is_noticed() -> None:
    raw = EARLIER.read_bytes()
    begin = raw.index(b"\n---")
    payload = begin + len("\n--- ") + 43 + 1 + 16
    chunk = 64 * 1024 + 16
    others = [
        *(
            raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
            for at in (30, begin - 5, begin + 10, payload - 3, len(raw) - 1)
        ),
        raw[: payload + chunk],
        raw[:payload] + raw[payload + chunk :] + raw[payload : payload + chunk],
        raw + b"a",
        raw[:payload],
        raw[:50],
        b"",
    ]
    for other in others:
        with pytest.raises(NotDecrypted):
            decrypt(other, PASSPHRASE)


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (b" 16\n", b" 15\n", "the passphrase is another one"),
        (b" 16\n", b" 30\n", "it asks for more work than any backup of ours"),
        (b"scrypt", b"X25519", "it isn't a file encrypted with a passphrase"),
        (b"--- ", b"--- A", "it is damaged or incomplete"),
    ],
)
def test_a_refusal_says_why(before: bytes, after: bytes, reason: str) -> None:
    with pytest.raises(NotDecrypted) as refused:
        decrypt(EARLIER.read_bytes().replace(before, after, 1), PASSPHRASE)
    assert str(refused.value) == reason


def test_another_passphrase_is_refused() -> None:
    with pytest.raises(NotDecrypted, match="the passphrase is another one"):
        decrypt(EARLIER.read_bytes(), "a wrong passphrase")


def test_a_file_too_large_to_be_encrypted_is_refused_and_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(age, "MOST", 10)
    with pytest.raises(click.ClickException, match=r"trainer\.db is larger than .* without --passphrase-file"):
        files.write(tmp_path, "trainer.db", [b"12345", b"67890", b"1"], PASSPHRASE)
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=300))
def test_whatever_comes_is_refused_and_nothing_else_happens(raw: bytes) -> None:
    with pytest.raises(NotDecrypted):
        decrypt(raw, PASSPHRASE)
