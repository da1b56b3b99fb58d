"""Settings that would hurt are refused at the start: one line, no traceback."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from tests.forked import begin_command
from trainer.core.settings import VARIABLES, read_settings
from trainer.core.variables import SettingsRefused

KEY = "k" * 40
PUBLIC = "https://training.example.org"

REFUSED: list[tuple[dict[str, str], str]] = [
    ({"TRAINER_SECRET_KEY": "dev"}, "TRAINER_SECRET_KEY is too easy to guess"),
    ({"TRAINER_SECRET_KEY": "changeme"}, "TRAINER_SECRET_KEY is too easy to guess"),
    ({"TRAINER_SECRET_KEY": "x" * 31}, "TRAINER_SECRET_KEY is too easy to guess"),
    ({"TRAINER_SECRET_KEY": " " * 40}, "TRAINER_SECRET_KEY is too easy to guess"),
    ({"TRAINER_SECRET_KEY": ""}, "TRAINER_SECRET_KEY is too easy to guess"),
    ({"HOST": "0.0.0.0"}, "TRAINER_BASE_URL is not set"),
    ({"HOST": "::"}, "TRAINER_BASE_URL is not set"),
    ({"HOST": "training.example.org"}, "TRAINER_BASE_URL is not set"),
    ({"TRAINER_BASE_URL": "http://training.example.org"}, "must begin with https"),
    ({"TRAINER_BASE_URL": "training.example.org"}, "no path"),
    ({"TRAINER_BASE_URL": "ftp://training.example.org"}, "no path"),
    ({"TRAINER_BASE_URL": f"{PUBLIC}/app"}, "no path"),
    ({"TRAINER_BASE_URL": f"{PUBLIC}?x=1"}, "no path"),
    ({"TRAINER_BASE_URL": f"{PUBLIC}#x"}, "no path"),
    ({"TRAINER_BASE_URL": "https://a:b@training.example.org"}, "no path"),
    ({"TRAINER_BASE_URL": "https://training.example.org:99999"}, "no path"),
    ({"TRAINER_BASE_URL": "https://[::1"}, "no path"),
    ({"TRAINER_BASE_URL": "https://"}, "no path"),
    ({"TRAINER_BASE_URL": "https://two words"}, "no path"),
    ({"TRAINER_BASE_URL": PUBLIC, "TRAINER_DEVELOPMENT": "1"}, "for a loopback address only"),
    ({"TRAINER_BASE_URL": PUBLIC, "FLASK_DEBUG": "1"}, "for a loopback address only"),
    (
        {"HOST": "0.0.0.0", "TRAINER_BASE_URL": "http://127.0.0.1:8000", "TRAINER_DEVELOPMENT": "1"},
        "for a loopback address only",
    ),
    ({"TRAINER_DEVELOPMENT": "maybe"}, "must be 1 or 0"),
    ({"PORT": "0"}, "PORT is '0'"),
    ({"PORT": "65536"}, "PORT is '65536'"),
    ({"PORT": "٨٠٠٠"}, "must be a whole number"),
    ({"PORT": "8000.5"}, "must be a whole number"),
    ({"TRAINER_WORKERS": "0"}, "TRAINER_WORKERS is '0'"),
    ({"TRAINER_PROXIES": "-1"}, "TRAINER_PROXIES is '-1'"),
    ({"TRAINER_MAX_BODY_KB": "1"}, "TRAINER_MAX_BODY_KB is '1'"),
    ({"TRAINER_DATABASE_URL": "mysql://x/y"}, "must begin with sqlite:/// or postgresql://"),
    ({"TRAINER_DATABASE_URL": "sqlite://"}, "must begin with sqlite:/// or postgresql://"),
    ({"TRAINER_DATABASE_URL": "sqlite:///"}, "names no file"),
    ({"TRAINER_DATABASE_URL": "sqlite:///:memory:"}, "names no file"),
    ({"TRAINER_DATABASE_URL": "postgresql://u:hidden@h:port/x"}, "can't be read"),
    ({"TRAINER_REPLICA_URL": "postgresql://u:hidden@h/x"}, "is for PostgreSQL, and TRAINER_DATABASE_URL names none"),
    (
        {"TRAINER_DATABASE_URL": "postgresql://u@h/x", "TRAINER_REPLICA_URL": "sqlite:////hidden"},
        "TRAINER_REPLICA_URL must begin with postgresql://",
    ),
    (
        {"TRAINER_DATABASE_URL": "postgresql://u@h/x", "TRAINER_REPLICA_URL": "postgresql://u:hidden@h:port/x"},
        "TRAINER_REPLICA_URL can't be read",
    ),
    (
        {"TRAINER_DATABASE_URL": "postgresql://u@h/x", "TRAINER_REPLICA_URL": "postgres://v:hidden@h:5432/x"},
        "TRAINER_REPLICA_URL is the address of TRAINER_DATABASE_URL",
    ),
    ({"TRAINER_INSTANCE": "/dev/null/x"}, "no folder can be there"),
    (
        {"TRAINER_WEBHOOKS_LOOPBACK": "1", "TRAINER_BASE_URL": "https://training.example.org"},
        "for tests on a loopback base URL only",
    ),
]


@pytest.mark.asvs("13.4.2")
@pytest.mark.check("T090")
@pytest.mark.parametrize(("environ", "reason"), REFUSED, ids=lambda value: str(value)[:60])
def test_a_setting_is_refused_in_one_line(tmp_path: Path, environ: dict[str, str], reason: str) -> None:
    with pytest.raises(SettingsRefused) as refused:
        read_settings({"TRAINER_INSTANCE": str(tmp_path), "TRAINER_SECRET_KEY": KEY, **environ})
    assert reason in refused.value.message
    assert "\n" not in refused.value.message
    assert "hidden" not in refused.value.message


def test_a_replica_may_be_another_server_or_another_name_there(tmp_path: Path) -> None:
    environ = {
        "TRAINER_INSTANCE": str(tmp_path),
        "TRAINER_SECRET_KEY": KEY,
        "TRAINER_DATABASE_URL": "postgresql://u@h/x",
    }
    assert read_settings(environ).replica_url is None
    for place in ("u@other/x", "u@h:5433/x", "u@h/y", "u@h/x?host=other"):
        settings = read_settings({**environ, "TRAINER_REPLICA_URL": f"postgresql://{place}"})
        assert settings.replica_url == f"postgresql+psycopg://{place}"


def run(instance: Path, environ: dict[str, str]) -> tuple[int | None, str]:
    """Run `flask setup` as an operator would; return (exit code, what it said)."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("TRAINER_", "FLASK_", "HOST", "PORT"))
    }
    command = begin_command({**kept, "TRAINER_INSTANCE": str(instance), **environ}, "setup")
    said = "".join(command.communicate(timeout=60))
    return command.returncode, said


@pytest.mark.slow
@pytest.mark.asvs("13.4.2")
@pytest.mark.check("T090")
@pytest.mark.parametrize(
    "environ",
    [
        {"TRAINER_SECRET_KEY": "dev"},
        {"HOST": "0.0.0.0"},
        {"TRAINER_BASE_URL": "http://training.example.org"},
        {"TRAINER_BASE_URL": PUBLIC, "FLASK_DEBUG": "1"},
        {"TRAINER_DATABASE_URL": "postgresql://u:hidden@h:port/x"},
        {"TRAINER_DATABASE_URL": "postgresql://u:hidden@127.0.0.1:1/x"},
    ],
    ids=str,
)
def test_the_command_ends_with_one_line_and_no_traceback(tmp_path: Path, environ: dict[str, str]) -> None:
    code, said = run(tmp_path / "instance", environ)
    assert code != 0
    assert len(said.strip().splitlines()) == 1, said
    assert said.startswith("Error: ")
    assert "Traceback" not in said
    assert "hidden" not in said


@pytest.mark.slow
@pytest.mark.asvs("13.3.1")
@pytest.mark.check("T090")
def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text(KEY)
    (tmp_path / "secret_key").chmod(0o644)
    code, said = run(tmp_path, {})
    assert code != 0
    assert said.strip() == f"Error: {tmp_path}/secret_key can be read by others. Run: chmod 600 {tmp_path}/secret_key"


@pytest.mark.slow
def test_a_first_start_makes_what_it_needs_for_its_user_only(tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    assert run(instance, {})[0] == 0
    code, said = run(instance, {})
    assert code == 0, said
    for path in (instance, instance / "secret_key", instance / "trainer.db"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    assert len((instance / "secret_key").read_text()) >= 64


def test_a_short_key_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret_key").touch(mode=0o600)
    with pytest.raises(SettingsRefused, match="empty or too short"):
        read_settings({"TRAINER_INSTANCE": str(tmp_path)})


@pytest.mark.parametrize(
    ("environ", "is_local", "names"),
    [
        ({}, True, ["127.0.0.1", "127.0.0.1", "localhost", "[::1]"]),
        ({"HOST": "::1"}, True, ["::1", "127.0.0.1", "localhost", "[::1]"]),
        ({"HOST": "0.0.0.0", "TRAINER_BASE_URL": PUBLIC + "/"}, False, ["training.example.org"]),
        ({"TRAINER_BASE_URL": "https://Training.Example.org:8443"}, False, ["training.example.org"]),
    ],
)
def test_the_base_address_decides_what_is_local(
    tmp_path: Path, environ: dict[str, str], is_local: bool, names: list[str]
) -> None:
    settings = read_settings({"TRAINER_INSTANCE": str(tmp_path), "TRAINER_SECRET_KEY": KEY, **environ})
    assert (settings.is_local, settings.host_names) == (is_local, names)


def test_every_variable_has_a_documented_name() -> None:
    assert all(name in {"HOST", "PORT"} or name.startswith("TRAINER_") for name in VARIABLES.values())
