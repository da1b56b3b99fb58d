"""Encrypted files are those of age: its own program reads them, and whatever was changed in one is noticed."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainer.cli.backups import age
from trainer.cli.backups.age import CHUNK, NotDecrypted, decrypt, encrypt

PASSPHRASE = "correct horse battery"
BY_RAGE = (
    "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCBteCtsS1lzK2dMaHNTTVlRVzBWTGRBIDE5ClNLZWhoU2NKcWhwam14STJhcW1DRE5Fd2xS"
    "NUgyTDlvUkYvOW82OVFEWG8KLS0tIFdNTm5BMTE5VlI3bm1va3RHSWpoT1JSbTdhUytiUVZ4bElhSkk5eFlKOHMK9VacMS7ETR/3/2UMzbMBM+SR"
    "AG3XA7RPq9Gg63EvhXaDtGkHUz7mA7JPNLpT7Oaf1r7oC2TJDrT5qYgDuvuXKPBDJpcR/+WxM5R2pTQN+F2S90lCOPMK6QEahMRpbJPZYS9k5Y8="
)
"""What another program of that format, rage, made of "Would you recognize it?", three times over."""


def opened(raw: bytes, passphrase: str = PASSPHRASE) -> bytes:
    """Return what is in an encrypted file."""
    return b"".join(decrypt([raw], passphrase))


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let guessing be cheap in tests."""
    monkeypatch.setattr(age, "_WORK", 2)


def test_what_another_program_encrypted_is_read() -> None:
    assert opened(base64.b64decode(BY_RAGE), "correct horse battery staple") == b"Would you recognize it?" * 3


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_files_of_every_size_come_back(size: int) -> None:
    text = bytes(range(256)) * (size // 256 + 1)
    assert opened(b"".join(encrypt([text[: size // 2], b"", text[size // 2 : size]], PASSPHRASE))) == text[:size]


def test_each_changed_missing_or_moved_part_is_noticed() -> None:
    raw = b"".join(encrypt([b"a" * 3 * CHUNK], PASSPHRASE))
    begin = raw.index(b"\n---")
    payload = begin + len("\n--- ") + 43 + 1 + 16
    pieces = [raw[at : at + CHUNK + 16] for at in range(payload, len(raw), CHUNK + 16)]
    others = [
        *(
            raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
            for at in (30, begin - 5, begin + 10, payload - 3, len(raw) - 1)
        ),
        raw[:payload] + b"".join(pieces[:-1]),
        raw[:payload] + b"".join([pieces[1], pieces[0], pieces[2]]),
        raw + b"a",
        raw[:payload],
        raw[:50],
        b"",
    ]
    for other in others:
        with pytest.raises(NotDecrypted):
            opened(other)
    with pytest.raises(NotDecrypted, match="another one"):
        opened(raw, "a wrong passphrase")
    with pytest.raises(NotDecrypted, match="more work"):
        opened(raw.replace(b" 2\n", b" 30\n", 1))


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=300))
def test_whatever_comes_is_refused_and_nothing_else_happens(raw: bytes) -> None:
    with pytest.raises(NotDecrypted):
        opened(raw)
