"""`flask healthcheck` tells a unit or a container by its exit code how the site on this machine is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from tests.live import free_port, serving
from trainer.core.settings import ROOT, Settings

pytestmark = pytest.mark.slow


@pytest.fixture
def database_url(tmp_path: Path, template_database: Path) -> str:
    """Return an SQLite file: none of this depends on the database."""
    shutil.copy(template_database, tmp_path / "trainer.db")
    return f"sqlite:///{tmp_path / 'trainer.db'}"


def check(port: int, *options: str, host: str = "127.0.0.1") -> tuple[int, str]:
    ended = subprocess.run(
        [sys.executable, "-m", "trainer.cli.healthcheck", *options],
        cwd=ROOT, env={**os.environ, "HOST": host, "PORT": str(port)}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    return ended.returncode, ended.stdout.strip() + ended.stderr.strip()


@contextmanager
def write_lock(settings: Settings) -> Iterator[None]:
    engine = create_engine(settings.database_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("BEGIN IMMEDIATE"))
        yield
        connection.execute(text("ROLLBACK"))
    engine.dispose()


@pytest.mark.check("T121")
def test_a_running_site_is_asked_over_http_and_says_what_is_wrong(settings: Settings) -> None:
    with serving(settings, workers=1, is_web_alone=True) as address:
        port = urlsplit(address).port or 0
        assert check(port, "--alive") == (0, "alive")
        assert check(port, host="0.0.0.0") == (0, "ready: worker missing")
        request = Request(f"{address}/readyz", headers={"Host": "10.0.0.7"})
        with write_lock(settings), urlopen(request, timeout=60) as answer:  # changes wait; probes don't
            assert answer.status == 200
        settings.instance.rename(settings.instance.with_name("moved"))
        status, line = check(port)
        assert status == 1
        assert line.startswith("broken: ")
        assert "database missing" in line
        assert "disk missing" in line
        assert check(port, "--alive") == (0, "alive")
        settings.instance.with_name("moved").rename(settings.instance)
        assert check(port)[0] == 0


def test_where_nothing_answers_or_something_else_does_one_line_says_so() -> None:
    port = free_port()
    status, line = check(port)
    assert (status, line.count("\n")) == (1, 0)
    assert line.startswith(f"Nothing answers on 127.0.0.1, port {port}: ")
    other = subprocess.Popen(
        [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port)],
        cwd=ROOT / "docs", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        while (answered := check(port))[1].startswith("Nothing"):
            assert other.poll() is None
        assert answered == (1, f"What answers on 127.0.0.1, port {port} isn't this app.")
    finally:
        other.kill()
        other.wait()
    assert check(99_999) == (1, "Error: PORT is '99999'. It must be a whole number from 1 to 65535.")


def test_it_loads_neither_the_app_nor_its_libraries(app: Flask) -> None:
    code = "import sys, trainer.cli.healthcheck; print([one for one in ('flask', 'sqlalchemy') if one in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True).stdout == "[]\n"
    assert app.cli.commands["healthcheck"].help
