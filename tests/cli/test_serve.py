"""`flask serve` runs web server and worker together: both are there, and neither stays behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from trainer.core.settings import ROOT, Settings


def children(pid: int) -> dict[str, int]:
    """Return {"web": pid, "worker": pid} of a supervisor's children."""
    found = {}
    for child in map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()):
        command = Path(f"/proc/{child}/cmdline").read_text()
        found["worker" if "jobs" in command else "web"] = child
    return found


def is_running(pid: int) -> bool:
    """Return whether a process runs (a dead one that nobody asked after doesn't)."""
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:1]
    except OSError:
        return False


def wait_until(condition: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for something to become true."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it took too long"
        time.sleep(0.1)


@pytest.fixture
def supervisor(settings: Settings) -> subprocess.Popen[bytes]:
    """Start `flask serve` and wait for both children."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = {
        **os.environ,
        "TRAINER_INSTANCE": str(settings.instance),
        "TRAINER_DATABASE_URL": settings.database_url,
        "TRAINER_SECRET_KEY": settings.secret_key,
        "TRAINER_WORKERS": "1",
        "PORT": str(port),
    }
    run = [sys.executable, "-m", "flask", "--app", "trainer.app", "serve"]
    process = subprocess.Popen(run, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_until(lambda: process.poll() is not None or len(children(process.pid)) == 2)
    assert process.poll() is None
    return process


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_all_and_is_no_failure(supervisor: subprocess.Popen[bytes], told: signal.Signals) -> None:
    both = children(supervisor.pid)
    time.sleep(2)  # until both listen for signals
    supervisor.send_signal(told)
    assert supervisor.wait(30) == 0
    assert not any(is_running(pid) for pid in both.values())


@pytest.mark.parametrize("victim", ["web", "worker"])
def test_when_one_dies_the_other_ends_and_the_supervisor_says_so(
    supervisor: subprocess.Popen[bytes], victim: str
) -> None:
    both = children(supervisor.pid)
    time.sleep(2)
    grandchildren = Path(f"/proc/{both['web']}/task/{both['web']}/children").read_text().split()
    os.kill(both[victim], signal.SIGKILL)
    assert supervisor.wait(30) == 1
    wait_until(lambda: not any(is_running(pid) for pid in [*both.values(), *map(int, grandchildren)]))
