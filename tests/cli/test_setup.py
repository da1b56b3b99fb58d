"""`flask setup` makes a site once: it never puts an empty one in the place of one that is lost."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from tests.cli.owners import NOBODY, needs_root
from tests.cli.sites import Site, Sites, run
from tests.conftest import POSTGRES_URL
from tests.databases import postgres_database
from tests.support import Visitor
from trainer.content.library import Library
from trainer.core.damage import DAMAGED
from trainer.core.settings import Settings, read_settings
from trainer.core.variables import SettingsRefused

pytestmark = pytest.mark.on_both

READING = (
    ("doctor",),
    ("jobs", "list"),
    ("jobs", "beats"),
    ("mail", "list"),
    ("keys", "list"),
    ("admin", "organizations"),
    ("content", "check"),
)


def lose_database(sites: Sites, site: Site, folder: Path) -> Site:
    """Return what is left of an installation without its database: its folder, and an empty database on the server."""
    lost = sites.empty(folder)
    shutil.copytree(site.instance, lost.instance)
    if lost.is_sqlite:
        (lost.instance / "trainer.db").unlink()
    return lost


@pytest.mark.slow
@pytest.mark.parametrize("trace", ["secret_key", "last_backup.json", DAMAGED])
def test_where_a_site_was_no_empty_one_begins_unless_it_is_asked_for(
    sites: Sites, site: Site, tmp_path: Path, trace: str
) -> None:
    lost = lose_database(sites, site, tmp_path)
    for path in lost.instance.iterdir():
        path.unlink()
    (lost.instance / trace).write_text("t" * 40)
    (lost.instance / trace).chmod(0o600)
    for command in ("setup", "upgrade", "doctor"):
        status, said = lost.flask(command)
        assert status == 1, said
        assert command == "doctor" or (said.count("\n"), "flask setup --new" in said) == (1, True), said
        assert not (lost.instance / "trainer.db").exists()
    status, said = lost.flask("setup", "--new")
    assert status == 0, said
    assert lost.users() == set()
    assert lost.flask("setup")[0] == 0


@pytest.mark.skipif(not POSTGRES_URL, reason="needs a PostgreSQL server")
def test_a_database_without_an_encoding_is_refused_in_a_line(tmp_path: Path) -> None:
    with postgres_database(POSTGRES_URL, f"trainer_ascii_{os.getpid()}", is_lasting=False) as url:
        name = make_url(url).database
        admin = create_engine(POSTGRES_URL.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}"'))
            connection.execute(text(f"""CREATE DATABASE "{name}" ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0"""))
        admin.dispose()
        status, said = run({"TRAINER_INSTANCE": str(tmp_path / "instance"), "TRAINER_DATABASE_URL": url}, "setup")
        assert (status, said.count("\n"), "ENCODING 'UTF8'" in said) == (1, 1, True), said


def test_a_lost_database_can_be_put_back(sites: Sites, site: Site, tmp_path: Path) -> None:
    if not site.is_sqlite:
        pytest.skip("a server's database isn't a file")
    database, aside = site.instance / "trainer.db", tmp_path / "aside.db"
    database.rename(aside)
    assert site.flask("setup")[0] == 1
    aside.rename(database)
    assert site.flask("setup")[0] == 0
    assert site.users() == {"leo"}


def test_the_log_of_a_lost_file_is_not_taken_for_a_new_ones(sites: Sites, site: Site) -> None:
    if not site.is_sqlite:
        pytest.skip("a server's database isn't a file")
    (site.instance / "trainer.db").rename(site.instance / "aside.db")
    (site.instance / "trainer.db-wal").write_bytes(b"of the other one")
    status, said = site.flask("setup", "--new")
    assert (status, said.count("\n"), "trainer.db-wal" in said) == (1, 1, True), said
    assert not (site.instance / "trainer.db").exists()


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_commands_that_only_look_make_no_key_and_no_database(
    sites: Sites, tmp_path: Path, command: tuple[str, ...]
) -> None:
    fresh = sites.empty(tmp_path)
    status, said = fresh.flask(*command)
    assert (status == 0) is (command[0] == "content"), said
    assert command[0] == "doctor" or "Traceback" not in said
    assert {path.name for path in fresh.instance.iterdir()} <= {"content.cache"}


@pytest.mark.slow
def test_a_new_site_is_set_up_once_and_killed_in_between_is_set_up_again(sites: Sites, tmp_path: Path) -> None:
    fresh = sites.empty(tmp_path)
    assert fresh.flask("setup")[0] == 0
    key = (fresh.instance / "secret_key").read_text()
    assert fresh.flask("setup")[0] == 0
    assert (fresh.instance / "secret_key").read_text() == key
    (fresh.instance / "secret_key").unlink()  # as if it had been killed before the key was there
    assert fresh.flask("setup")[0] == 0
    assert (fresh.instance / "secret_key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_file_that_is_moved_while_the_site_runs_is_missing_and_not_made_anew(
    app: Flask, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "secret_key").write_text(settings.secret_key)
    (tmp_path / "secret_key").chmod(0o600)
    visitor = Visitor(app)
    visitor.sign_up()
    (tmp_path / "trainer.db").rename(tmp_path / "x.db")
    for _time in range(2):
        ready = visitor.get("/readyz")
        assert ready.status_code == 503
        assert ready.json is not None
        assert ready.json["checks"]["database"] == "missing"
        assert visitor.get("/").status_code == 200
        assert visitor.get("/me").status_code in {200, 503}
    assert not (tmp_path / "trainer.db").exists()
    assert not (tmp_path / DAMAGED).exists()


def test_the_page_for_while_the_app_is_down_has_help_lines_and_needs_nothing_else(
    sites: Sites, site: Site, tmp_path: Path, shelf: Library
) -> None:
    path = tmp_path / "public" / "down.html"
    status, said = site.flask("setup", TRAINER_DOWN_PAGE=str(path))
    assert status == 0, said
    page = path.read_text("utf-8")
    assert path.stat().st_mode & 0o777 == 0o644
    assert "Your saved answers are safe." in page
    for line in shelf.content.strip_lines():
        assert f'href="tel:{line.dial}"' in page
    assert not re.search(r"<(link|script|img)|url\(|href=\"/", page)  # whoever would answer is down
    (tmp_path / "file").touch()
    status, said = site.flask("setup", TRAINER_DOWN_PAGE=str(tmp_path / "file" / "down.html"))
    assert (status, "Check TRAINER_DOWN_PAGE." in said) == (0, True), said  # no reason not to start


@needs_root
def test_whoever_does_not_own_the_folder_is_told_who_does(sites: Sites, site: Site) -> None:
    before = {path.name: path.stat() for path in site.instance.iterdir()}
    os.chown(site.instance, NOBODY, NOBODY)
    for command in (("keys", "rotate"), ("doctor",), ("upgrade",)):
        status, said = site.flask(*command)
        assert (status, said.count("\n")) == (1, 1), said
        assert "belongs to nobody" in said
    assert {path.name: path.stat() for path in site.instance.iterdir()} == before


@needs_root
@pytest.mark.parametrize("name", ["secret_key", "secret_keys_older", "badge_keys"])
def test_a_file_that_may_not_be_read_is_named_in_a_line(open_folder: Path, name: str) -> None:
    (open_folder / "secret_key").write_text("t" * 40)
    for path in (open_folder, open_folder / "secret_key"):
        os.chown(path, NOBODY, NOBODY)
    (open_folder / "secret_key").chmod(0o600)
    (open_folder / name).touch(mode=0o600)
    os.chown(open_folder / name, 0, 0)
    os.seteuid(NOBODY)
    try:
        with pytest.raises(SettingsRefused, match=f"chown nobody {open_folder / name}"):
            read_settings({"TRAINER_INSTANCE": str(open_folder)})
    finally:
        os.seteuid(0)
