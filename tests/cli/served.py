"""`flask serve` and its processes."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.forked import Command
from tests.live import free_port
from trainer.core.settings import ROOT, Settings


def children(pid: int) -> list[int]:
    """Return the children of a process."""
    with suppress(OSError):
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def is_running(pid: int) -> bool:
    """Return whether a process runs (a dead one that nobody asked after doesn't)."""
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:1]
    except OSError:
        return False


def catches(pid: int, number: signal.Signals) -> bool:
    """Return whether a process has a handler of its own for a signal."""
    with suppress(OSError):
        caught = re.search(r"^SigCgt:\s*([0-9a-f]+)$", Path(f"/proc/{pid}/status").read_text(), re.M)
        return caught is not None and bool(int(caught[1], 16) >> (number - 1) & 1)
    return False


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for something to become true."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it took too long"
        time.sleep(0.05)


@dataclass
class Site:
    """A running `flask serve`."""

    process: Command | subprocess.Popen[str]
    port: int

    def child(self, name: str) -> int:
        """Return the process id of the web server ("web") or of the worker, 0 if there is none now."""
        for pid in children(self.process.pid):
            with suppress(OSError):
                shown = Path(f"/proc/{pid}/comm").read_text() + Path(f"/proc/{pid}/cmdline").read_text()
                is_worker = "trainer-worker" in shown or "trainer.server.worker" in shown
                if is_worker == (name == "worker"):
                    return pid
        return 0

    def all_processes(self) -> set[int]:
        """Return the supervisor and all below it."""
        found, new = {self.process.pid}, [self.process.pid]
        while new:
            new = [pid for one in new for pid in children(one)]
            found.update(new)
        return found

    def get(self, path: str = "/verify") -> tuple[int, str]:
        """Return (status, page), over a connection of its own; status 0 if nobody answers."""
        try:
            with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=60) as answer:
                return answer.status, answer.read().decode()
        except (URLError, OSError):
            return 0, ""

    def is_up(self) -> bool:
        """Return whether the site answers."""
        return self.get()[0] == 200

    def listens(self) -> bool:
        """Return whether the supervisor and the worker do something of their own at SIGTERM."""
        return all(catches(pid, signal.SIGTERM) for pid in (self.process.pid, self.child("worker")))

    def said(self) -> str:
        """Return what was printed so far."""
        assert isinstance(self.process, Command)
        return "".join(self.process.said())


Serve = Callable[..., Site]


@pytest.fixture
def database_url(tmp_path: Path, template_database: Path) -> str:
    """Return an SQLite file: none of this depends on the database."""
    shutil.copy(template_database, tmp_path / "trainer.db")
    return f"sqlite:///{tmp_path / 'trainer.db'}"


@pytest.fixture
def serve(settings: Settings) -> Iterator[Serve]:
    """Return what starts `flask serve` on the test's database, in a fork or as an interpreter of its own."""
    sites: list[Site] = []

    def begin(*, workers: int = 1, is_waited_for: bool = True, is_forked: bool = True, **changes: str) -> Site:
        port = int(changes.get("PORT", free_port()))
        environ = {
            **os.environ,
            "TRAINER_INSTANCE": str(settings.instance),
            "TRAINER_DATABASE_URL": settings.database_url,
            "TRAINER_SECRET_KEY": settings.secret_key,
            "TRAINER_WORKERS": str(workers),
            "PORT": str(port),
            **changes,
        }
        run = [sys.executable, "-m", "flask", "--app", "trainer.app", "serve"]
        process = Command(run, environ) if is_forked else subprocess.Popen(run, cwd=ROOT, env=environ, text=True)
        site = Site(process, port)
        sites.append(site)
        if is_waited_for:
            wait_until(lambda: process.poll() is not None or (site.is_up() and bool(site.child("worker"))), 60)
            assert process.poll() is None, process.communicate()
            wait_until(site.listens)
        return site

    yield begin
    for site in sites:
        everything = site.all_processes()
        if site.process.poll() is None:
            site.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                site.process.wait(60)
        for pid in everything:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        site.process.wait()
