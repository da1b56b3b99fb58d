"""`flask settings` says what is in force and where it is from, and shows no secret; secrets can come from files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.sites import Site
from trainer.core.settings import VARIABLES, read_settings
from trainer.core.variables import SettingsRefused, variable

pytestmark = pytest.mark.on_both

CANARY = "canary-" * 6


def test_every_setting_is_shown_with_its_source_and_no_secret(site: Site, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text(f"{CANARY}\n")
    status, said = site.flask(
        "settings",
        TRAINER_SECRET_KEY_FILE=str(key),
        TRAINER_SECRET_KEYS_OLDER=f"{CANARY}1 {CANARY}2",
        TRAINER_SMTP_URL=f"smtp://user:{CANARY}@mail.example.org:587",
        TRAINER_LIMITS_URL=f"redis://:{CANARY}@127.0.0.1:1/0",
        TRAINER_WORKERS="3",
    )
    assert status == 0, said
    shown = {line.split("=")[0].split()[1]: (line.split()[0], line.split("=", 1)[1]) for line in said.splitlines()}
    assert shown.keys() == set(VARIABLES.values())
    assert "canary" not in said
    assert shown["TRAINER_SECRET_KEY"] == ("file", "***")
    assert shown["TRAINER_SMTP_URL"] == ("set", "smtp://user:***@mail.example.org:587")
    assert shown["TRAINER_WORKERS"] == ("set", "3")
    assert shown["TRAINER_DEVELOPMENT"] == ("default", "0")
    assert shown["TRAINER_FONTS"] == ("default", "")


def test_any_setting_can_be_the_content_of_a_file(tmp_path: Path) -> None:
    for name, text in {"key": f"{CANARY}\n", "url": "smtp://user:word@mail.example.org:587\n"}.items():
        (tmp_path / name).write_text(text)
    environ = {
        "TRAINER_INSTANCE": str(tmp_path / "instance"),
        "TRAINER_SECRET_KEY_FILE": str(tmp_path / "key"),
        "TRAINER_SMTP_URL_FILE": str(tmp_path / "url"),
    }
    settings = read_settings(environ)
    assert settings.secret_key == CANARY
    assert settings.smtp_url == "smtp://user:word@mail.example.org:587"
    assert variable("TRAINER_SECRET_KEY", environ) == CANARY
    for wrong in ({"TRAINER_SECRET_KEY": CANARY}, {"TRAINER_SMTP_URL_FILE": str(tmp_path / "none")}):
        with pytest.raises(SettingsRefused, match="_FILE"):
            read_settings({**environ, **wrong})


def test_a_key_from_a_file_is_not_made_or_changed_in_the_instance_folder(site: Site, tmp_path: Path) -> None:
    key = site.instance / "secret_key"
    given = {"TRAINER_SECRET_KEY_FILE": str(key.rename(tmp_path / "key"))}
    assert site.flask("setup", **given)[0] == 0
    assert not key.exists()
    status, said = site.flask("keys", "rotate", **given)
    assert (status, "TRAINER_SECRET_KEY sets the key" in said) == (1, True), said
