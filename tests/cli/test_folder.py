"""A data folder that can't be written to, isn't ours or isn't there is said in a line, at the start and later."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from tests.cli.owners import NOBODY, needs_root
from tests.forked import begin_program
from tests.live import free_port
from trainer.app import create_app
from trainer.core.db import db
from trainer.core.settings import Settings

pytestmark = pytest.mark.on_both

AS_OWNER = """
    import ctypes, sys
    from flask.cli import main

    # Gives up chown, dac_override, dac_read_search and fowner: effective, permitted and inherited.
    system, version, rights = ctypes.CDLL(None), (ctypes.c_uint32 * 2)(0x20080522), (ctypes.c_uint32 * 6)()
    assert system.capget(version, rights) == 0
    for number in range(3):
        rights[number] &= ~0b1111
    assert system.capset(version, rights) == 0
    sys.argv[1:1] = ["--app", "trainer.app"]
    main()
"""


def make_instance(folder: Path, template: Path, owner: int) -> Path:
    instance = folder / "instance"
    instance.mkdir(mode=0o700)
    shutil.copy(template, instance / "trainer.db")
    (instance / "secret_key").write_text("t" * 40)
    (instance / "secret_key").chmod(0o600)
    for path in (instance, *instance.iterdir()):
        os.chown(path, owner, owner)
    return instance


def make_readonly(instance: Path, _other: int) -> None:
    for path in (*instance.iterdir(), instance):
        path.chmod(0o500 if path.is_dir() else 0o400)


def give_away(instance: Path, other: int) -> None:
    for path in (*instance.iterdir(), instance):
        os.chown(path, other, other)


def give_folder_away(instance: Path, other: int) -> None:
    os.chown(instance, other, other)
    instance.chmod(0o755)


def put_file_there(instance: Path, _other: int) -> None:
    shutil.rmtree(instance)
    instance.write_text("a file")


def remove_for_good(instance: Path, other: int) -> None:
    shutil.rmtree(instance)
    os.chown(instance.parent, other, other)


def run(instance: Path, command: str) -> tuple[int | None, str]:
    """Run a command as an owner of what is root's, without root's right to read and write all the rest."""
    environ = {**os.environ, "TRAINER_INSTANCE": str(instance), "PORT": str(free_port())}
    ended = begin_program(environ, AS_OWNER, command)
    try:
        said = "".join(ended.communicate())
    finally:
        ended.kill()  # if it has started after all
    return ended.returncode, said


@needs_root
@pytest.mark.check("T103")
@pytest.mark.parametrize("harm", [make_readonly, give_away, give_folder_away, put_file_there, remove_for_good])
@pytest.mark.parametrize("command", ["serve", pytest.param("setup", marks=pytest.mark.nightly)])
def test_it_does_not_start_and_says_why_in_a_line(
    open_folder: Path, template_database: Path, harm: Callable[[Path, int], None], command: str
) -> None:
    instance = make_instance(open_folder, template_database, 0)
    harm(instance, NOBODY)
    status, said = run(instance, command)
    assert status != 0, said
    assert "Traceback" not in said
    assert said.startswith("Error: ")
    assert said.count("\n") == 1, said
    assert str(instance) in said or "database" in said


@needs_root
@pytest.mark.check("T103")
@pytest.mark.parametrize("harm", [make_readonly, give_away, give_folder_away])
def test_while_it_runs_readyz_is_red(
    app: Flask, settings: Settings, open_folder: Path, template_database: Path, harm: Callable[[Path, int], None]
) -> None:
    instance = make_instance(open_folder, template_database, NOBODY)
    running = create_app(
        replace(settings, instance=instance, database_url=f"sqlite:///{instance / 'trainer.db'}"),
        app.extensions["library"],
    )
    app.test_client().get("/readyz")  # what is imported late lies where only this user may read
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    try:
        client = running.test_client()
        assert client.get("/readyz").status_code == 200
        os.seteuid(0)
        harm(instance, 0)
        os.seteuid(NOBODY)
        answer = client.get("/readyz")
        assert answer.status_code == 503
        assert answer.json is not None
        assert answer.json["checks"]["disk"] == "readonly"
    finally:
        os.seteuid(0)
        os.setegid(0)
        with running.app_context():
            db.session.remove()
            db.engine.dispose()
