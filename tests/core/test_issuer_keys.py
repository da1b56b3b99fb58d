"""Keys that sign for the public: private to their owner, never lost by accident, and never trusted again once known."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from trainer.core.issuer_keys import FILE, compromise, is_signed_by, make_first, merge, read_issuer_keys, rotate, sign
from trainer.core.settings import read_settings
from trainer.core.variables import SettingsRefused

AT = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)
LATER = AT + dt.timedelta(days=30)


def rows(folder: Path) -> list[dict[str, Any]]:
    """Return what the file holds."""
    held: list[dict[str, Any]] = json.loads((folder / FILE).read_text())
    return held


def test_a_first_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    assert read_issuer_keys(tmp_path, None).current is None
    made = make_first(tmp_path, AT)
    assert made is not None
    assert make_first(tmp_path, AT) is None
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    assert read_issuer_keys(tmp_path, None).current == made
    assert made.key.private_key is not None
    assert made.key.raw_value.key_size == 2048
    assert made.public.keys() == {"kty", "n", "e"}
    assert made.public["n"] not in repr(made)


def test_of_a_replaced_key_only_the_public_half_stays(tmp_path: Path) -> None:
    first = make_first(tmp_path, AT)
    assert first is not None
    token = sign(first, {"kid": first.id}, b"{}")
    second = rotate(tmp_path, LATER)
    keys = read_issuer_keys(tmp_path, None)
    assert keys.current == second
    assert [key.id for key in keys.trusted] == [second.id, first.id]
    assert ["d" in row["key"] for row in rows(tmp_path)] == [True, False]
    assert rows(tmp_path)[1]["retired_at"] == LATER.isoformat()
    assert is_signed_by(keys.keys[1], token)
    assert not is_signed_by(second, token)


def test_a_compromised_key_is_listed_and_trusted_no_more(tmp_path: Path) -> None:
    first = make_first(tmp_path, AT)
    assert first is not None
    second = compromise(tmp_path, first.id, LATER)
    keys = read_issuer_keys(tmp_path, None)
    assert keys.current == second != first
    assert [key.id for key in keys.trusted] == [second.id]
    known = keys.find(first.id)
    assert known is not None
    assert known.compromised_at == LATER
    assert compromise(tmp_path, first.id, LATER) == second  # the current one is another: it stays


def test_keys_of_a_backup_come_back_beside_those_made_since(tmp_path: Path) -> None:
    folder, backup = tmp_path / "here", tmp_path / "backup"
    folder.mkdir()
    backup.mkdir()
    first = make_first(folder, AT)
    assert first is not None
    (backup / FILE).write_text((folder / FILE).read_text())
    second = rotate(folder, LATER)
    merge(folder, (backup / FILE).read_text())
    keys = read_issuer_keys(folder, None)
    assert keys.current == second
    assert ["d" in row["key"] for row in rows(folder)] == [True, False]
    (folder / FILE).unlink()  # a new machine that has made a key of its own already
    third = make_first(folder, LATER)
    merge(folder, (backup / FILE).read_text())
    keys = read_issuer_keys(folder, None)
    assert keys.current == third
    assert {key.id for key in keys.trusted} == {third.id, first.id} if third else None
    assert compromise(folder, rows_id(folder), LATER).key.private_key is not None


def rows_id(folder: Path) -> str:
    """Return the id of the current key."""
    current = read_issuer_keys(folder, None).current
    assert current is not None
    return current.id


def environ(folder: Path, **more: str) -> dict[str, str]:
    return {"TRAINER_INSTANCE": str(folder), "TRAINER_SECRET_KEY": "t" * 40, **more}


def test_keys_may_come_as_a_setting(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    made = make_first(elsewhere, AT)
    settings = read_settings(environ(tmp_path, TRAINER_BADGE_KEYS=(elsewhere / FILE).read_text()))
    assert settings.issuer_keys.current == made
    assert not (tmp_path / FILE).exists()
    assert read_settings(environ(tmp_path)).issuer_keys.current is None


def public_only(folder: Path) -> str:
    """Return the keys without their private halves."""
    make_first(folder, AT)
    names = ("kty", "n", "e")
    return json.dumps([{**row, "key": {name: row["key"][name] for name in names}} for row in rows(folder)])


@pytest.mark.parametrize("text", ["no keys", "[]", "{}", '[{"key": 1}]', "public halves"])
def test_what_is_no_list_of_keys_is_refused_in_one_line(tmp_path: Path, text: str) -> None:
    text = public_only(tmp_path) if text == "public halves" else text
    (tmp_path / FILE).unlink(missing_ok=True)
    with pytest.raises(SettingsRefused, match="TRAINER_BADGE_KEYS") as refused:
        read_settings(environ(tmp_path, TRAINER_BADGE_KEYS=text))
    assert "\n" not in refused.value.message
    assert text not in refused.value.message


def test_a_file_that_others_can_read_or_nobody_understands_is_refused(tmp_path: Path) -> None:
    make_first(tmp_path, AT)
    (tmp_path / FILE).chmod(0o644)
    with pytest.raises(SettingsRefused, match="chmod 600"):
        read_settings(environ(tmp_path))
    (tmp_path / FILE).chmod(0o600)
    (tmp_path / FILE).write_text("[")
    with pytest.raises(SettingsRefused, match="can't be read"):
        read_settings(environ(tmp_path))
