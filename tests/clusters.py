"""PostgreSQL servers of a test's own, which it may stop: one, or one with a standby."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.databases import statements_for_the_time
from tests.live import free_port

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


@dataclass
class Cluster:
    """A server and its folder."""

    folder: Path
    port: int
    as_user: str | None

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://trainer@127.0.0.1:{self.port}/postgres"

    @property
    def plain_url(self) -> str:
        """The address, for psycopg itself."""
        return self.url.replace("+psycopg", "")

    def control(self, *words: str) -> None:
        """Start, stop or promote it."""
        # A standby that is started asks its primary again at once, not after five seconds.
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        options += " -c wal_retrieve_retry_interval=100ms"
        started = ["-o", options] if words[0] in {"start", "restart"} else []
        self.run("pg_ctl", "-w", "-D", str(self.folder / "data"), "-l", str(self.folder / "log"), *started, *words)
        if words[0] == "start" and self.ask("SELECT pg_is_in_recovery()") == [(False,)]:
            self.ask(*statements_for_the_time("postgres"))

    def run(self, program: str, *words: str) -> None:
        """Run one of PostgreSQL's programs."""
        command = [str(PROGRAMS[-1] / program), *words]
        subprocess.run(command, user=self.as_user, check=True, capture_output=True, timeout=60)

    def ask(self, *statements: str) -> list[tuple[Any, ...]]:
        """Run statements, each by itself; return the rows of the last one, if it has any."""
        with psycopg.connect(self.plain_url, autocommit=True) as connection:
            for statement in statements:
                cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def end_all(self) -> None:
        """End every connection but this one."""
        with psycopg.connect(self.plain_url) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )


@contextmanager
def cluster(name: str) -> Iterator[Cluster]:
    """Make a server, which isn't running, and stop and delete it in the end. Skips the test without the programs."""
    with _place(name) as made:
        data = str(made.folder / "data")
        made.run("initdb", "-D", data, "-U", "trainer", "-A", "trust", "-N", "-E", "UTF8")
        yield made


@contextmanager
def standby_of(primary: Cluster, name: str) -> Iterator[Cluster]:
    """Make a hot standby of a server that is running; itself, it isn't yet."""
    with _place(name) as made:
        source = ("-h", "127.0.0.1", "-p", str(primary.port), "-U", "trainer")
        made.run("pg_basebackup", *source, "-D", str(made.folder / "data"), "-R", "-N", "-c", "fast", "-X", "stream")
        yield made


@contextmanager
def _place(name: str) -> Iterator[Cluster]:
    if not PROGRAMS:
        pytest.skip("needs the programs of a PostgreSQL server")
    as_user = "postgres" if os.getuid() == 0 else None
    folder = Path("/tmp") / f"{name}{os.getpid()}"  # a socket's path must be short
    folder.mkdir()
    if as_user:
        shutil.chown(folder, as_user)
    made = Cluster(folder, free_port(), as_user)
    try:
        yield made
    finally:
        with suppress(subprocess.CalledProcessError):
            made.control("stop", "-m", "immediate")
        shutil.rmtree(folder)
