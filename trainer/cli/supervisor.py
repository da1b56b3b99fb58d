"""The supervisor: starts the web server and the worker again when they end, and ends both only when it is told to.

`flask serve` becomes this program. It knows nothing of the app, so that it is small, starts at once, and can't be
taken down by anything that the app does.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass

PATIENCE = 20  # seconds until the children that were asked to end are made to
STEADY = 15  # seconds after which a child has started well
LONGEST_WAIT = 60  # seconds
MOST_STARTS = 3  # of a web server that has never started well
_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15


@dataclass(frozen=True)
class Program:
    """What to run: its name in messages, its command, and the signal it gets if the supervisor is killed."""

    name: str
    command: list[str]
    last_signal: int
    is_vital: bool
    """Whether there is no point in going on if it can't even start."""
    first: int = 0
    """The process id of its first run, if that has begun already."""


class Begun:
    """A child of this process that something else began, with what is used here of `subprocess.Popen`."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._status: int | None = None

    def poll(self) -> int | None:
        """Return its exit code, negative for a signal, or None while it runs."""
        if self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self._status = os.waitstatus_to_exitcode(status) if pid else None
        return self._status

    def terminate(self) -> None:
        """Ask it to end."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGTERM)

    def wait(self, timeout: float = LONGEST_WAIT) -> int:
        """Return its exit code when it has ended. Raises TimeoutError."""
        until = time.monotonic() + timeout
        while (status := self.poll()) is None:
            if time.monotonic() >= until:
                raise TimeoutError
            time.sleep(0.02)
        return status


class Child:
    """A program that is kept running."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._process: subprocess.Popen[bytes] | Begun | None = Begun(program.first) if program.first else None
        self._begun = self._due = time.monotonic()
        self._short_lives = 0
        self._has_started_well = False

    def tend(self) -> bool:
        """Start it, if it is time; note that it ended. Returns False if trying again is no use."""
        if self._process is None:
            if time.monotonic() >= self._due:
                self._start()
            return True
        lived = time.monotonic() - self._begun
        self._has_started_well |= lived >= STEADY
        status = self._process.poll()
        if status is None:
            return True
        self._clear_away()
        self._short_lives = 0 if lived >= STEADY else self._short_lives + 1
        if self.program.is_vital and not self._has_started_well and self._short_lives >= MOST_STARTS:
            say(f"The {self.program.name} can't be started: {_how(status)}, {MOST_STARTS} times in a row. See above.")
            return False
        wait = min(2 ** max(self._short_lives - 1, 0), LONGEST_WAIT)
        self._due = time.monotonic() + wait
        say(f"The {self.program.name} ended ({_how(status)}). It is started again in {wait} s.")
        return True

    def ask_to_end(self) -> None:
        """Send the signal to end; `make_end` waits."""
        if self._process is not None:
            self._process.terminate()

    def make_end(self, until: float) -> None:
        """Wait until it has ended, but no longer than to a moment of the monotonic clock."""
        if self._process is not None:
            with suppress(subprocess.TimeoutExpired, TimeoutError):
                self._process.wait(max(0.0, until - time.monotonic()))
            self._clear_away()

    def _start(self) -> None:
        parent, last_signal = os.getpid(), self.program.last_signal
        self._process = subprocess.Popen(  # noqa: S603 our own programs
            self.program.command,
            process_group=0,  # so that what it starts can be ended with it
            preexec_fn=lambda: end_with(parent, last_signal),
        )
        self._begun = time.monotonic()

    def _clear_away(self) -> None:
        assert self._process is not None
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)  # a web server that was killed may leave its workers behind
        self._process.wait()
        self._process = None


def supervise(programs: list[Program]) -> int:
    """Keep the programs running until SIGTERM, SIGINT or SIGHUP; return the exit code."""
    told: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # `nohup` wants the end of the terminal to be no end
            signal.signal(number, lambda received, _frame: told.append(received))
    children = [Child(program) for program in programs]
    is_of_use = True
    while is_of_use and not told:
        for child in children:
            is_of_use = is_of_use and child.tend()
        time.sleep(0.2)
    for child in children:
        child.ask_to_end()
    until = time.monotonic() + PATIENCE
    for child in children:
        child.make_end(until)
    return 0 if told else 1


def end_with(parent: int, last_signal: int) -> None:
    """Have the kernel end this process when its parent is gone, even if that was killed. On Linux only."""
    if sys.platform == "linux":
        _LIBC.prctl(_PR_SET_PDEATHSIG, last_signal, 0, 0, 0)
    if os.getppid() != parent:  # it was gone before
        os.kill(os.getpid(), last_signal)


def name_process(name: str) -> None:
    """Have tools such as `ps` and `top` show this process by a name of up to 15 letters. On Linux only."""
    if sys.platform == "linux":
        _LIBC.prctl(_PR_SET_NAME, name.encode(), 0, 0, 0)


def say(line: str) -> None:
    """Print a line for whoever runs this."""
    print(line, file=sys.stderr, flush=True)


def _how(status: int) -> str:
    return f"exit code {status}" if status >= 0 else f"killed by signal {-status}"


_LIBC = ctypes.CDLL(None)  # loaded before there is a child: between fork and exec little is safe

if __name__ == "__main__":
    sys.exit(supervise([Program(**program) for program in json.loads(sys.argv[1])]))
