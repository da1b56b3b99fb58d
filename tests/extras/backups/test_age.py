"""Encrypted files are those of age: its own program reads them, and whatever was changed in one is noticed."""

from __future__ import annotations

import base64
import re
import shutil
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from unittest.mock import Mock

import click
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyrage.x25519 import Identity

from trainer.extras.backups import age, files
from trainer.extras.backups.age import (
    NotDecrypted,
    decrypt,
    decrypt_identity,
    decrypt_with_passphrase,
    encrypt,
    encrypt_identity,
    is_by_passphrase,
)

pytestmark = pytest.mark.slow

PASSPHRASE = "correct horse battery"
COST = age._DOUBLINGS
"""Without what `conftest.py` does."""
EARLIER = Path(__file__).with_name("encrypted.age")
"""What version 0.9.0 encrypted, with code of its own: numbered lines, over more than one chunk."""
LONG = bytes(range(256)) * 1000
TEXTS = {"trainer.db": LONG, "secret_key": b"k" * 64, "empty": b""}
SOME = Identity.generate()
BY_RAGE = (
    "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCBteCtsS1lzK2dMaHNTTVlRVzBWTGRBIDE5ClNLZWhoU2NKcWhwam14STJhcW1DRE5Fd2xS"
    "NUgyTDlvUkYvOW82OVFEWG8KLS0tIFdNTm5BMTE5VlI3bm1va3RHSWpoT1JSbTdhUytiUVZ4bElhSkk5eFlKOHMK9VacMS7ETR/3/2UMzbMBM+SR"
    "AG3XA7RPq9Gg63EvhXaDtGkHUz7mA7JPNLpT7Oaf1r7oC2TJDrT5qYgDuvuXKPBDJpcR/+WxM5R2pTQN+F2S90lCOPMK6QEahMRpbJPZYS9k5Y8="
)
"""What another program of that format, rage, made of "Would you recognize it?", three times over."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a backup with several encrypted files, to be copied before it is changed."""
    folder, identity = tmp_path_factory.mktemp("encrypted"), Identity.generate()
    files.write_identity([folder], identity, PASSPHRASE)
    for name, text in TEXTS.items():
        files.write(folder, name, [text[:100], b"", text[100:]], identity)
    return folder


@pytest.fixture
def copied(folder: Path, tmp_path: Path) -> Path:
    """Return a copy of it."""
    return shutil.copytree(folder, tmp_path / "copied")


def read(path: Path, secret: str = PASSPHRASE) -> bytes:
    """Return what an encrypted file of a backup holds."""
    content = BytesIO()
    files.read(path, content.write, secret)
    return content.getvalue()


def test_what_another_program_encrypted_is_read() -> None:
    raw = base64.b64decode(BY_RAGE)
    assert decrypt_with_passphrase(raw, "correct horse battery staple") == b"Would you recognize it?" * 3


def test_what_an_earlier_version_encrypted_is_read() -> None:
    assert read(EARLIER) == b"".join(b"Would you recognize it? %d\n" % number for number in range(2500))


def test_files_that_were_encrypted_come_back(folder: Path) -> None:
    for name, text in TEXTS.items():
        path = folder / (name + files.ENCRYPTED)
        assert read(path) == text
        assert not text or text[:50] not in path.read_bytes()
        assert path.stat().st_mode & 0o077 == 0


def test_a_passphrase_decrypts_one_small_file_that_decrypts_the_others(folder: Path) -> None:
    path = folder / files.IDENTITY
    assert is_by_passphrase(path.read_bytes())
    assert path.stat().st_size < 1000
    plain = decrypt_with_passphrase(path.read_bytes(), PASSPHRASE).decode()
    assert re.fullmatch(r"AGE-SECRET-KEY-1[0-9A-Z]{58}\n", plain)  # what age takes as a file of identities
    assert not any(is_by_passphrase((folder / (name + files.ENCRYPTED)).read_bytes()) for name in TEXTS)


def test_to_try_a_passphrase_is_costly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(age, "_DOUBLINGS", COST)
    identity = Identity.generate()
    encrypted = encrypt_identity(identity, PASSPHRASE)
    doublings = int(encrypted.split(b"\n")[1].split()[-1])
    assert doublings == 17
    assert str(decrypt_identity(encrypted, PASSPHRASE)) == str(identity)


def test_another_passphrase_is_refused(folder: Path) -> None:
    for path in (folder / "secret_key.age", EARLIER):
        with pytest.raises(click.ClickException, match="the passphrase is another one"):
            read(path, "a wrong passphrase")


def test_a_spoiled_missing_or_other_identity_is_refused(copied: Path) -> None:
    path = copied / files.IDENTITY
    raw = path.read_bytes()
    files.write(copied, "other", [b"x"], SOME)
    with pytest.raises(click.ClickException, match=r"other\.age can't be decrypted: its key is another one"):
        read(copied / "other.age")
    for content, why in (
        (raw[:-1] + bytes([raw[-1] ^ 1]), "it is damaged or incomplete"),
        (raw[:50], "it is damaged or incomplete"),
        (EARLIER.read_bytes(), "it holds no identity"),
    ):
        path.write_bytes(content)
        with pytest.raises(click.ClickException, match=rf"backup\.key\.age can't be decrypted: {why}"):
            read(copied / "secret_key.age")
    path.unlink()
    with pytest.raises(click.ClickException, match=r"backup\.key\.age is missing"):
        read(copied / "secret_key.age")


def test_each_changed_or_missing_part_is_noticed() -> None:
    identity, raw = Identity.generate(), bytearray()
    encrypt([LONG], raw.extend, identity)
    expect_refusals(bytes(raw), lambda other: decrypt([other], len, identity))
    expect_refusals(EARLIER.read_bytes(), lambda other: decrypt_with_passphrase(other, PASSPHRASE))


def expect_refusals(raw: bytes, refuse: Callable[[bytes], object]) -> None:
    """Expect that an encrypted file is refused if any part of it is changed, moved or missing."""
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
            refuse(other)


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
        decrypt_with_passphrase(EARLIER.read_bytes().replace(before, after, 1), PASSPHRASE)
    assert str(refused.value) == reason


def test_a_file_of_any_size_passes_through_a_small_memory() -> None:
    size, part, identity = 64 << 20, bytes(1 << 20), Identity.generate()
    given, taken, most = 0, 0, 0

    def chunks(encrypted: list[bytes]) -> Iterator[bytes]:
        nonlocal given, most
        for chunk in encrypted:
            given += len(chunk)
            most = max(most, given - taken)
            yield chunk

    def sink(raw: bytes) -> None:
        nonlocal taken
        taken += len(raw)

    encrypt(chunks([part] * (size >> 20)), sink, identity)
    assert taken > size
    assert most < 4 << 20  # what is held at any time
    encrypted: list[bytes] = []
    encrypt([part] * (size >> 20), encrypted.append, identity)
    given, taken, most = 0, 0, 0
    decrypt(chunks(encrypted), sink, identity)
    assert taken == size
    assert most < 4 << 20


def failing(problem: BaseException) -> Iterator[bytes]:
    """Yield a chunk, and then fail."""
    yield b"begin" * 100_000
    raise problem


@pytest.mark.parametrize("problem", [click.ClickException("pg_dump failed"), OSError(5, "Input/output error")])
def test_what_goes_wrong_in_reading_is_said_as_it_is(problem: Exception) -> None:
    for work in (encrypt, decrypt):
        with pytest.raises(type(problem)) as raised:
            work(failing(problem), len, Identity.generate())
        assert raised.value is problem


def test_what_goes_wrong_in_writing_is_said_as_it_is_also_at_the_last_bytes() -> None:
    identity, encrypted = Identity.generate(), bytearray()
    encrypt([LONG], encrypted.extend, identity)
    full = OSError(28, "No space left on device")
    for work, text in ((encrypt, LONG), (decrypt, bytes(encrypted))):
        parts: list[bytes] = []
        work([text], parts.append, identity)
        for last in (1, len(parts)):
            disk = Mock(side_effect=[None] * (last - 1) + [full])
            with pytest.raises(OSError, match="No space left") as raised:
                work([text], disk, identity)
            assert raised.value is full
            assert disk.call_count == last


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=300))
def test_whatever_comes_is_refused_and_nothing_else_happens(raw: bytes) -> None:
    for refuse in (
        lambda: decrypt_with_passphrase(raw, PASSPHRASE),
        lambda: decrypt([raw], len, SOME),
    ):
        with pytest.raises(NotDecrypted):
            refuse()
