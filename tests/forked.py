"""Web servers for tests, forked from one process that has imported the app: to import it takes a second each time.

`flask serve` begins its first web server like this. `python -m tests.forked` forks one for each line of its input.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from functools import cache
from pathlib import Path

from trainer.core.settings import ROOT


class Forked:
    """A server in a process that isn't a child of this one, with what is used here of `subprocess.Popen`."""

    returncode = None  # whoever forked it knows

    def __init__(self, command: list[str], environ: dict[str, str]) -> None:
        """`command`: `python -m trainer.cli.web` and what follows."""
        process = _forking()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps([command[2:], environ]) + "\n")
        process.stdin.flush()
        self.pid = int(process.stdout.readline())

    def poll(self) -> int | None:
        """Return None while it runs."""
        return None if Path(f"/proc/{self.pid}").exists() else -1

    def terminate(self) -> None:
        """Ask it to end."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def wait(self, timeout: float = 60) -> int:
        """Wait for its end. Raises subprocess.TimeoutExpired."""
        until = time.monotonic() + timeout
        while self.poll() is None:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired(str(self.pid), timeout)
            time.sleep(0.01)
        return -1


@cache
def _forking() -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.forked"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    atexit.register(process.kill)
    return process


def _main() -> None:
    import trainer.app  # noqa: F401 what each fork needs
    from trainer.cli import web

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # so that nothing is left of those that end
    for line in sys.stdin:
        pid = os.fork()
        if pid:
            print(pid, flush=True)
            continue
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDWR)
        for descriptor in range(3):
            os.dup2(nothing, descriptor)
        sys.argv, environ = json.loads(line)
        os.environ.clear()
        os.environ.update(environ)
        web.main()
        sys.exit()


if __name__ == "__main__":
    _main()
