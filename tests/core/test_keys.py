"""The ring of keys: what each key made stays valid as long as the key is there, and no longer."""

from __future__ import annotations

import stat
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import pytest
from flask import Flask

from trainer.accounts.codes import mask_for, seal_recovery_code, seals_of_recovery_code, secret_of
from trainer.core import clock
from trainer.core.keys import CURRENT, OLDER, SERVED, Key, make_ring, read_older, rotate
from trainer.core.settings import read_settings
from trainer.core.signing import digest, digests, is_sealed, seal, sign, unsign
from trainer.core.variables import SettingsRefused

OLD, NEW, LEO = "t" * 40, "n" * 40, UUID(int=1)
# Made by the code as it was when an installation had one key and codes no id.
SEALED = "wBbySs20PytSSmmRoHD2RJaxqRwn5t7Noq5ryFChI5I"
SIGNED = "WzEsImEiXQ.PSUMgJc3c70rytFA5AaTYeuafnk"
SECRET = "X5RGAXUJV2CDNIYG45OTCIKH3YEMF5EA"
RECOVERY = "jIlldKAv8HwzpZlDYRQ9MzOw6kEiDDWeOAyELbZ-31w"


def app_with(current: str, older: Sequence[str] = ()) -> Flask:
    """Return an app that has only keys."""
    app = Flask("keys")
    app.config["SETTINGS"] = SimpleNamespace(keys=make_ring(current, older))
    return app


@pytest.mark.parametrize(("current", "older"), [(OLD, ()), (NEW, (OLD,)), (NEW, ("x" * 40, OLD))])
def test_what_was_made_before_keys_had_ids_stays_valid(current: str, older: tuple[str, ...]) -> None:
    with app_with(current, older).app_context():
        assert is_sealed(SEALED, "invitation", "0123", "nonce")
        assert not is_sealed(SEALED, "invitation-shown", "0123", "nonce")
        assert not is_sealed(SEALED, "invitation", "0124", "nonce")
        assert unsign("first-try", SIGNED) == [1, "a"]
        assert unsign("opened-at", SIGNED) is None
        assert RECOVERY in seals_of_recovery_code(LEO, "ABCD 1234 5678")
    assert secret_of(LEO, "nonce", Key(OLD)) == SECRET
    assert seal_recovery_code(LEO, "abcd-1234-5678", Key(OLD)) == RECOVERY


def test_without_its_key_none_of_it_works() -> None:
    with app_with(NEW).app_context():
        assert not is_sealed(SEALED, "invitation", "0123", "nonce")
        assert unsign("first-try", SIGNED) is None
        assert RECOVERY not in seals_of_recovery_code(LEO, "abcd-1234-5678")


@pytest.mark.asvs("9.1.3")
def test_a_code_names_its_key_and_is_checked_with_no_other() -> None:
    with app_with(OLD).app_context():
        code, signed, name = seal("link-reset", "1", "n"), sign("first-try", [2]), digest("known-browser", "leo")
    key_id, _, digested = code.partition(".")
    assert key_id == Key(OLD).id
    ring = make_ring(NEW, [OLD])
    with app_with(NEW, [OLD]).app_context():
        assert is_sealed(code, "link-reset", "1", "n")
        assert unsign("first-try", signed) == [2]
        assert digests("known-browser", "leo")[1] == name
        assert seal("link-reset", "1", "n").startswith(ring.current.id)
        for forged in (
            f"{ring.current.id}.{digested}",  # a key that we have, which didn't make it
            f"00000000.{digested}",
            f".{digested}",
            f"{key_id}.",
            f"{key_id}.{digested[:-1]}",
            f"{key_id}.{key_id}.{digested}",
            "",
            "ä.ö",
        ):
            assert not is_sealed(forged, "link-reset", "1", "n"), forged
    with app_with(NEW).app_context():
        assert not is_sealed(code, "link-reset", "1", "n")
        assert unsign("first-try", signed) is None


def test_an_id_says_nothing_of_the_key_and_a_key_shows_only_its_id() -> None:
    key = Key(OLD)
    assert len(key.id) == 8
    assert key.id != Key(NEW).id
    assert OLD not in repr(key)
    assert key.digest("a", "b") != key.digest("a\0b")


def test_a_secret_moves_to_another_key_and_back() -> None:
    secret, new = secret_of(LEO, "nonce", Key(OLD)), Key(NEW)
    mask = mask_for(secret, LEO, "nonce", new)
    assert secret_of(LEO, "nonce", new, mask) == secret
    assert secret_of(LEO, "nonce", new) != secret
    assert not int(mask_for(secret, LEO, "nonce", Key(OLD)), 16)


def test_keys_that_are_changed_at_once_are_all_kept(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text(OLD + "\n")
    (tmp_path / "secret_key").chmod(0o600)
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _turn: rotate(tmp_path, clock.now()), range(8)))
    settings = read_settings({"TRAINER_INSTANCE": str(tmp_path)})
    assert set(settings.keys.keys) == {*made, Key(OLD)}
    assert settings.keys.oldest == Key(OLD)
    for name in ("secret_key", OLDER):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    assert {path.name for path in tmp_path.iterdir()} == {"secret_key", OLDER}


def test_a_rotation_that_was_cut_off_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text(OLD)
    (tmp_path / "secret_key").chmod(0o600)
    rotate(tmp_path, clock.now())
    (tmp_path / "secret_key").write_text(OLD)  # as if it had been killed between the two files
    assert read_settings({"TRAINER_INSTANCE": str(tmp_path)}).keys == make_ring(OLD, [])
    fresh = rotate(tmp_path, clock.now())
    assert [one.key.secret for one in read_older(tmp_path)] == [OLD]
    assert read_settings({"TRAINER_INSTANCE": str(tmp_path)}).keys == make_ring(fresh.secret, [OLD])


def test_keys_by_environment_alone(tmp_path: Path) -> None:
    environ = {"TRAINER_INSTANCE": str(tmp_path), "TRAINER_SECRET_KEY": NEW}
    alone = read_settings(environ)
    assert alone.keys == make_ring(NEW, [])
    assert (alone.secret_key, alone.secret_keys_older) == (NEW, ())
    assert not list(tmp_path.iterdir())
    listed = read_settings({**environ, "TRAINER_SECRET_KEYS_OLDER": f" {OLD}  {'x' * 40}\n{NEW}"})
    assert listed.keys == make_ring(NEW, [OLD, "x" * 40])


@pytest.mark.parametrize(
    ("written", "mode", "reason"),
    [
        ("[", 0o600, "can't be read"),
        ('["a key"]', 0o600, "can't be read"),
        ('[{"key": "k"}]', 0o600, "can't be read"),
        ("[]", 0o644, "can be read by others"),
    ],
)
def test_a_file_of_older_keys_that_is_wrong_is_refused(tmp_path: Path, written: str, mode: int, reason: str) -> None:
    (tmp_path / OLDER).write_text(written)
    (tmp_path / OLDER).chmod(mode)
    with pytest.raises(SettingsRefused, match=reason):
        read_settings({"TRAINER_INSTANCE": str(tmp_path), "TRAINER_SECRET_KEY": NEW})


def test_a_process_that_is_started_again_uses_the_key_of_those_beside_it(tmp_path: Path) -> None:
    environ = {"TRAINER_INSTANCE": str(tmp_path)}
    (tmp_path / CURRENT).write_text(OLD)
    (tmp_path / CURRENT).chmod(0o600)
    before = read_settings(environ)
    fresh = rotate(tmp_path, clock.now())
    beside = read_settings({**environ, SERVED: before.keys.current.id})
    assert beside.keys == make_ring(before.secret_key, [fresh.secret])
    assert read_settings({**environ, SERVED: "00000000"}).keys.current == fresh
    assert replace(beside, secret_keys_older=()).keys == make_ring(before.secret_key, [])
