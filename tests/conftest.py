"""Real databases for tests: SQLite always, PostgreSQL too when TRAINER_TEST_POSTGRES_URL names a server."""

from __future__ import annotations

import datetime as dt
import gc
import os
import random
import re
import runpy
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import create_engine
from sqlalchemy.engine import Engine

from tests.databases import migrate, postgres_database
from tests.dialects import share_statements
from tests.lent import lent_app
from tests.once import once
from tests.plans import take_found, watch
from tests.remembered import empty
from tests.shortcuts import share_what_is_compiled
from tests.support import Visitor
from trainer.accounts import passwords
from trainer.app import create_app
from trainer.content.library import Library
from trainer.core import chance, clock
from trainer.core.db import db
from trainer.core.issuer_keys import FILE, make_first
from trainer.core.settings import ROOT, Settings, read_settings
from trainer.items.registry import MODELS

# Each commit waits until the disk has it, tens of thousands of times in a run; memory has it at once.
MEMORY = Path("/dev/shm")
if "TMPDIR" not in os.environ and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > 4 * 2**30:
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)

# No test reads the day on which it runs: this process, and each that it starts, begins at the same instant.
AT = "2026-12-02T15:00:00+00:00"
os.environ["TZ"] = os.environ.get("TRAINER_TEST_ZONE", "UTC")
time.tzset()
if "TRAINER_TEST_SHIFT" not in os.environ:
    begun = dt.datetime.fromisoformat(os.environ.get("TRAINER_TEST_AT", AT))
    dates = Path(__file__).parent / "dates"
    os.environ["TRAINER_TEST_SHIFT"] = str(begun.timestamp() - time.time())
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(dates), os.environ.get("PYTHONPATH")]))
    runpy.run_path(str(dates / "sitecustomize.py"))

# Nor is anything left to chance, unless one wants to search: a test begins with the same seed in each run
# (pytest-randomly), and what is drawn and made up follows from it.
IS_SEARCH = bool(os.environ.get("TRAINER_TEST_EVERYTHING"))
hypothesis.settings.register_profile("ours", deadline=None, database=None, derandomize=not IS_SEARCH)
hypothesis.settings.load_profile("ours")
if not IS_SEARCH:
    chance.rng = random._inst

share_what_is_compiled()
share_statements()
watch()

# What makes guessing costly would make signing in the costliest part of many tests. Servers that are started have it.
COSTLY_HASHER = passwords._hasher
passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

TESTS = ROOT / "tests"
CONTENT = TESTS / "content_folder"
os.environ["TRAINER_CONTENT"] = str(CONTENT)  # for the processes that tests start
POSTGRES_URL = os.environ.get("TRAINER_TEST_POSTGRES_URL", "")
DATABASES = ["sqlite", "postgresql"] if POSTGRES_URL else ["sqlite"]


_END_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Import all tests without looking for garbage among their hundreds of thousands of objects again and again.

    Afterward it is looked for less often than usual: a page makes thousands of objects and hardly any circle of them.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(20_000, 20, 10)
        gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what has a database, and what runs on PostgreSQL.

    Without TRAINER_TEST_EVERYTHING, leave much of that out, and what is nightly.
    """
    for item in items:
        if {"database_url", "template_database", "sites"} & {*getattr(item, "fixturenames", ())}:
            item.add_marker(pytest.mark.database)
    on_postgres = [item for item in items if re.search(r"[\[-]postgresql[\]-]", item.name)]
    for item in on_postgres:
        item.add_marker(pytest.mark.postgres)
    if IS_SEARCH:
        return
    gone = set(on_postgres) - everyday_cases(on_postgres)
    gone.update(item for item in items if item.get_closest_marker("nightly"))
    config.hook.pytest_deselected(items=[item for item in items if item in gone])
    items[:] = [item for item in items if item not in gone]


def everyday_cases(on_postgres: list[pytest.Item]) -> set[pytest.Item]:
    """Return what is marked `on_both`: each test with the first values of its parameters, unless the mark says more."""
    kept, first = set[pytest.Item](), dict[tuple[Path, str], pytest.Function]()
    for item in on_postgres:
        assert isinstance(item, pytest.Function)
        mark = item.get_closest_marker("on_both")
        if mark is None:
            continue
        if mark.kwargs.get("each_case"):
            kept.add(item)
            continue
        test = (item.path, item.originalname)
        first[test] = min(first.get(test, item), item, key=lambda one: list(one.callspec.indices.values()))
    return kept | set(first.values())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    """Let a test fail in which the app went through a whole table that grows, see `plans`."""
    result = yield
    found = take_found()
    assert not found, "All rows of a table are gone through. " + "\n".join(found)
    return result


_lacking = Counter[str]()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember what this machine lacks."""
    reason = report.longrepr[2].removeprefix("Skipped: ") if isinstance(report.longrepr, tuple) else ""
    if re.search(r"install|npm ci|^needs |^only root|POSTGRES", reason):
        _lacking[reason] += 1


def pytest_unconfigure(config: pytest.Config) -> None:
    """Say in the last line of a run what it couldn't run, and why."""
    if hasattr(config, "workerinput") or not config.pluginmanager.hasplugin("terminalreporter"):
        return
    missing = [f"{reason} ({number})" for reason, number in sorted(_lacking.items())]
    if not POSTGRES_URL:
        missing.insert(0, "everything on PostgreSQL: set TRAINER_TEST_POSTGRES_URL")
    print(f"Not run on this machine: {'; '.join(missing)}" if missing else "This machine could run all tests.")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep the tests of some files together, in one process."""
    from tests.together import Together

    return Together(config, log)


@pytest.fixture(scope="session")
def shelf() -> Library:
    """Return the small content that code is tested on, loaded once."""
    return Library(CONTENT, clock.today, MODELS)


@pytest.fixture(scope="session")
def template_database(shelf: Library) -> Path:
    """Return an SQLite file with all migrations run, to be copied for each test."""

    def make(folder: Path) -> None:
        app = create_app(make_settings(folder, f"sqlite:///{folder / 'trainer.db'}"), shelf)
        with app.app_context():
            migrate()
            with db.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            db.engine.dispose()

    return once("database", make) / "trainer.db"


@pytest.fixture(scope="session")
def _postgres(worker_id: str, shelf: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Make a PostgreSQL database for this test process, migrate it, and drop it at the end."""
    with postgres_database(POSTGRES_URL, f"trainer_test_{worker_id}_{os.getpid()}", is_lasting=False) as url:
        app = create_app(make_settings(tmp_path_factory.mktemp("postgres"), url), shelf)
        with app.app_context():
            migrate()
            db.engine.dispose()
        # Tests change tables and end connections: nothing is prepared, and one that is gone is made again.
        engine = create_engine(url, pool_pre_ping=True, connect_args={"prepare_threshold": None})
        yield engine
        engine.dispose()


@pytest.fixture
def postgres_url(_postgres: Engine) -> Iterator[str]:
    """Return this test process's PostgreSQL database, which a test finds empty and may leave as it likes."""
    yield _postgres.url.render_as_string(hide_password=False)
    with _postgres.begin() as connection:
        # What apps of this test still hold would go when the garbage is collected; a server has places for 100.
        connection.exec_driver_sql(_END_OTHERS)
        empty(connection)


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path, template_database: Path) -> str:
    """Give each test an empty database with all tables."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    shutil.copy(template_database, tmp_path / "trainer.db")
    return f"sqlite:///{tmp_path / 'trainer.db'}"


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    """Return settings in local mode on the test's database."""
    return make_settings(tmp_path, database_url)


@pytest.fixture
def app(settings: Settings, shelf: Library) -> Iterator[Flask]:
    """Return the real app with the real content."""
    with lent_app(settings, shelf) as app:
        yield app


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """Return someone who just opened the site."""
    return Visitor(app)


@cache
def badge_keys() -> str:
    """Return a key that signs badges, made once in a test process."""
    with tempfile.TemporaryDirectory() as folder:
        make_first(Path(folder), clock.now())
        return (Path(folder) / FILE).read_text()


def make_settings(folder: Path, database_url: str, **changes: object) -> Settings:
    """Return settings of a test installation."""
    settings = read_settings(
        {
            "TRAINER_INSTANCE": str(folder),
            "TRAINER_SECRET_KEY": "t" * 40,
            "TRAINER_BADGE_KEYS": badge_keys(),
            "TRAINER_DATABASE_URL": database_url,
            "TRAINER_CONTENT": str(CONTENT),
        }
    )
    return replace(settings, **changes)  # type: ignore[arg-type]
