"""Web servers, commands and programs for tests, forked from one process that has imported and built the app.

That takes two seconds. `flask serve` begins its first web server like this. `python -m tests.forked` forks one for each
line of its input.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
import traceback
from contextlib import suppress
from functools import cache
from pathlib import Path
from unittest.mock import patch

from trainer.core.settings import ROOT, read_settings


class Forked:
    """A server in a process that isn't a child of this one, with what is used here of `subprocess.Popen`."""

    returncode: int | None = None

    def __init__(self, command: list[str], environ: dict[str, str], folder: str = "") -> None:
        """`command`: `python -m` with `trainer.server.web` or `flask`, or `python -c`, and what follows.

        `folder`: where it leaves what it says, and whoever forked it its exit code; else nobody knows that.
        """
        self._folder = folder
        process = _forking()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps([command[1:], environ, folder]) + "\n")
        process.stdin.flush()
        self.pid = int(process.stdout.readline())

    def poll(self) -> int | None:
        """Return None while it runs."""
        if self.returncode is None and not Path(f"/proc/{self.pid}").exists():
            self.returncode = int(Path(self._folder, "code").read_text()) if self._folder else -1
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)

    def wait(self, timeout: float = 60) -> int:
        """Wait for its end. Raises subprocess.TimeoutExpired."""
        until = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired(str(self.pid), timeout)
            time.sleep(0.01)
        return code


class Command(Forked):
    """A command or program of ours, with what is used here of `subprocess.Popen` with pipes."""

    def __init__(self, command: list[str], environ: dict[str, str]) -> None:
        """`command`: `python` with `-m flask` or `-c`, and what follows."""
        self._kept = tempfile.TemporaryDirectory()
        for name in ("out", "err"):
            Path(self._kept.name, name).touch()  # to be read before anything is said
        super().__init__(command, environ, self._kept.name)

    def communicate(self, timeout: float = 120) -> tuple[str, str]:
        """Wait for its end; return what it said. Raises subprocess.TimeoutExpired."""
        self.wait(timeout)
        return self.said()

    def said(self) -> tuple[str, str]:
        """Return what it said so far."""
        out, err = (Path(self._folder, name).read_text("utf-8") for name in ("out", "err"))
        return out, err

    def hear(self, words: str, timeout: float = 60) -> None:
        """Wait until it says this."""
        until = time.monotonic() + timeout
        while words not in "".join(self.said()):
            assert self.poll() is None, self.said()
            assert time.monotonic() < until, self.said()
            time.sleep(0.01)


class _Unforked(Command):
    """The same as an interpreter of its own, where what system libraries hold may not survive a fork."""

    def __init__(self, command: list[str], environ: dict[str, str]) -> None:
        self._kept = tempfile.TemporaryDirectory()
        self._folder = self._kept.name
        with Path(self._folder, "out").open("w") as out, Path(self._folder, "err").open("w") as err:
            self._process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=out, stderr=err)
        self.pid = self._process.pid

    def poll(self) -> int | None:
        """Return None while it runs."""
        self.returncode = self._process.poll()
        return self.returncode


def begin_command(environ: dict[str, str], *words: str) -> Command:
    """Begin `flask` with these words."""
    return _begin(environ, "-m", "flask", "--app", "trainer.app", *words)


def begin_program(environ: dict[str, str], program: str, *words: str) -> Command:
    """Begin a program, a text that finds these words in `sys.argv`."""
    return _begin(environ, "-c", textwrap.dedent(program), *words)


def _begin(environ: dict[str, str], *words: str) -> Command:
    return (Command if sys.platform == "linux" else _Unforked)([sys.executable, *words], environ)


@cache
def _forking() -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.forked"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    atexit.register(process.kill)
    return process


def _main() -> None:
    from trainer.server import web

    _make_ready()
    web.settle = gc.freeze  # what is here was looked through: to do so again would be to copy it
    folders: dict[int, str] = {}
    signal.signal(signal.SIGCHLD, lambda _signal, _frame: _clear_away(folders))
    for line in sys.stdin:
        (way, name, *words), environ, folder = json.loads(line)
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})  # until it is known whose end would be noted
        pid = os.fork()
        if pid:
            folders[pid] = folder
            print(pid, flush=True)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
            continue
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where a run is in the background
        signal.signal(signal.SIGHUP, signal.SIG_DFL)  # or under nohup
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        os.setsid()
        sys.argv = [way if way == "-c" else name, *words]
        os.environ.clear()
        os.environ.update(environ)
        _speak_to(*([os.path.join(folder, "out"), os.path.join(folder, "err")] if folder else [os.devnull] * 2))
        if folder:
            sys.exit(_run(name if way == "-c" else ""))
        try:
            web.main()
        finally:
            os._exit(0)  # nobody asks how it ended, and to take all apart would be to copy it


def _make_ready() -> None:
    """Import, read and compile what each fork needs, which then builds an app of its own."""
    import flask_migrate  # noqa: F401
    import granian.server.mp  # noqa: F401

    from tests.shortcuts import share_what_is_compiled
    from trainer import app

    share_what_is_compiled()
    # The log is set up once in a process, and each fork has its own settings of it.
    with tempfile.TemporaryDirectory() as folder, patch.object(app, "init_logs"):
        app.create_app(read_settings({"TRAINER_INSTANCE": folder}))
    gc.collect()
    gc.freeze()


def _clear_away(folders: dict[int, str]) -> None:
    """Note how those that have ended did, and leave nothing of them."""
    # The end of the next would call this in the midst of itself.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    with suppress(ChildProcessError):
        while ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            if folder := folders.pop(ended.si_pid):
                code = ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status
                with suppress(FileNotFoundError):  # a test that gave up has cleared it away
                    Path(folder, "code").write_text(str(code))
            os.waitpid(ended.si_pid, 0)  # only now it is gone for whoever waits
    signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _speak_to(*files: str) -> None:
    for descriptor, file in enumerate([os.devnull, *files]):
        opened = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        os.dup2(opened, descriptor)


def _run(program: str) -> int:
    """Run a program or, without one, `flask`; return the exit code."""
    from flask.cli import main

    try:
        if program:
            exec(program, {"__name__": "__main__"})
            return 0
        main()
    except SystemExit as ended:
        return int(ended.code or 0)
    except Exception:
        traceback.print_exc()
    return 1


if __name__ == "__main__":
    _main()
