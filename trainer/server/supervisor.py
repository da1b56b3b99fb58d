"""The supervisor: starts the web server and the worker again when they end, and ends both only when it is told to.

`flask serve` becomes this program. It knows nothing of the app, so that it is small, starts at once, and can't be
taken down by anything that the app does. At SIGUSR2 it has new processes, with the code as it is by then, take the
place of the old ones; at SIGUSR1 it runs the command that puts the content folder into service.
"""

from __future__ import annotations

import ctypes
import datetime as dt
import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass

PATIENCE = 20  # seconds until the children that were asked to end are made to
STEADY = 15  # seconds after which a child has started well
LONGEST_WAIT = 60  # seconds
LONGEST_PAUSE = 2  # seconds for which connections wait for a web server; then the port is closed until there is one
BACK = 5  # seconds after which a web server that was started again is back
MOST_STARTS = 3  # of a web server that has never started well
LONGEST_START = 300  # seconds within which a web server that is to take another's place must be ready
BACKLOG = 1024  # connections that wait to be accepted
LISTENING = "SERVED_SOCKET"
"""Variable, no setting: the descriptor of the socket on which all web servers of this supervisor accept."""
READY = "SERVED_READY"
"""Variable, no setting: the descriptor to which each process of a web server writes a byte once it can serve."""
NOTIFY = "NOTIFY_SOCKET"
"""Variable of systemd: where a service says that it is ready, and that it is still well."""
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
    processes: int = 0
    """How many of its processes say that they can serve; 0 if none does, and it is ended before it is begun again."""


class AdoptedChild:
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


Process = subprocess.Popen[bytes] | AdoptedChild


class Port:
    """Where all web servers accept, one after another. While none comes back it is closed: a balancer then asks another
    machine at once, instead of waiting for an answer."""

    def __init__(self, listener: int) -> None:
        self._listener = listener
        with socket.socket(fileno=os.dup(listener)) as own:
            self._family, self._address = own.family, own.getsockname()
        self.is_open = True

    def close(self) -> None:
        """Refuse connections, those that wait included."""
        os.close(self._listener)
        self.is_open = False

    def open(self) -> None:
        """Take the place again, at the same descriptor. Who accepts there listens once it can serve. Raises OSError."""
        with socket.socket(self._family) as own:
            own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            own.bind(self._address)
            os.dup2(own.fileno(), self._listener)
        self.is_open = True


class ProcessWatch:
    """Asks the web server whether it answers, and tells systemd, which restarts all of this where it no longer does."""

    def __init__(self, listener: int) -> None:
        with socket.socket(fileno=os.dup(listener)) as own:
            self._family, self._address = own.family, own.getsockname()
        self._every = int(os.environ.get("WATCHDOG_USEC") or 0) / 4_000_000  # seconds
        self._asking: socket.socket | None = None
        self._is_ready = False
        self._due = time.monotonic()

    def tend(self) -> None:
        """Ask, if it is time, and look whether an answer has come."""
        if self._asking is not None:
            self._hear(self._asking)
        elif time.monotonic() >= self._due and (self._every or not self._is_ready):
            self._due = time.monotonic() + (self._every if self._is_ready else 1)
            self._ask()

    def _ask(self) -> None:
        asking = socket.socket(self._family)
        asking.setblocking(False)
        try:
            asking.connect_ex(self._address)  # on the same machine it is there, or refused, at once
            asking.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        except OSError:
            asking.close()
        else:
            self._asking = asking

    def _hear(self, asking: socket.socket) -> None:
        try:
            answers = asking.recv(64).startswith(b"HTTP/1.1 200")
        except BlockingIOError:
            if time.monotonic() < self._due:
                return
            answers = False
        except OSError:
            answers = False
        if answers:
            notify("WATCHDOG=1" if self._is_ready else "READY=1")
            self._is_ready = True
        asking.close()
        self._asking = None


class Successor:
    """A process that is about to take the place of another one, once it says that it can serve."""

    def __init__(self, program: Program) -> None:
        self._said, said = os.pipe()
        os.set_blocking(self._said, False)
        self.process = _begin(program, {READY: str(said)}, (said,))
        os.close(said)
        self._left = program.processes
        self._until = time.monotonic() + LONGEST_START

    def is_ready(self) -> bool:
        """Return whether all of its processes can serve."""
        with suppress(BlockingIOError):
            self._left -= len(os.read(self._said, 64))
        return self._left <= 0

    def why_not(self) -> str | None:
        """Return why it is no use to wait any longer, or None."""
        status = self.process.poll()
        if status is not None:
            return _how(status)
        return f"not ready within {LONGEST_START} s" if time.monotonic() >= self._until else None

    def forget(self) -> None:
        """Stop listening to it."""
        os.close(self._said)


class Child:
    """A program that is kept running."""

    def __init__(self, program: Program, port: Port | None = None) -> None:
        self.program = program
        self._port = port if program.processes else None
        self._missed_since: float | None = None
        self._successor: Successor | None = None
        self._is_asked_again = False
        self._leaving: list[tuple[Process, float]] = []
        self._process: Process | None = AdoptedChild(program.first) if program.first else None
        self._begun = self._due = time.monotonic()
        self._short_lives = self._failed_starts = 0
        self._has_started_well = False

    def tend(self) -> bool:
        """Start it, if it is time; note that it ended. Returns False if trying again is no use."""
        self._tend_change()
        if self._process is None:
            if time.monotonic() >= self._due:
                self._start()
            else:
                self._close_port()
            return True
        lived = time.monotonic() - self._begun
        self._has_started_well |= lived >= STEADY
        status = self._process.poll()
        if status is None:
            return True
        _clear_away(self._process)
        self._process = None
        if self._missed_since is None or lived >= BACK:
            self._missed_since = time.monotonic()
        self._short_lives = 0 if lived >= STEADY else self._short_lives + 1
        self._failed_starts += status >= 0  # one that was killed, such as for its memory, might have started
        if self.program.is_vital and not self._has_started_well and self._failed_starts >= MOST_STARTS:
            say(f"The {self.program.name} can't be started: {_how(status)}, {MOST_STARTS} times in a row. See above.")
            return False
        wait = min(2 ** max(self._short_lives - 1, 0), LONGEST_WAIT)
        self._due = time.monotonic() + wait
        say(f"The {self.program.name} ended ({_how(status)}). It is started again in {wait} s.")
        return True

    def renew(self) -> None:
        """Have a new process take its place: at once where it says when it can serve, else after the old one's end."""
        if self._process is None:
            return  # what starts next has the new code anyway
        if self._successor is not None:
            self._is_asked_again = True  # the code may have changed since that process began
            return
        if self.program.processes:
            self._successor = Successor(self.program)
            return
        self._process.terminate()
        self._leaving.append((self._process, time.monotonic() + PATIENCE))
        self._process, self._due = None, time.monotonic()

    def _tend_change(self) -> None:
        for leaving in [leaving for leaving in self._leaving if leaving[0].poll() is not None]:
            self._leaving.remove(leaving)
            _clear_away(leaving[0])
        for process, until in self._leaving:
            if time.monotonic() >= until:
                _clear_away(process)
        if self._successor is None:
            return
        if self._successor.is_ready():
            if self._process is not None:
                self._process.terminate()
                self._leaving.append((self._process, time.monotonic() + PATIENCE))
            self._process, self._begun = self._successor.process, time.monotonic()
            say(f"A new {self.program.name} has taken the place of the old one.")
        elif reason := self._successor.why_not():
            _clear_away(self._successor.process)
            say(f"The new {self.program.name} can't be started ({reason}). The old one goes on. See above.")
        else:
            return
        self._successor.forget()
        self._successor = None
        if self._is_asked_again:
            self._is_asked_again = False
            self.renew()

    def ask_to_end(self) -> None:
        """Send the signal to end; `make_end` waits."""
        for process in self._all():
            process.terminate()

    def make_end(self, until: float) -> None:
        """Wait until it has ended, but no longer than to a moment of the monotonic clock."""
        for process in self._all():
            with suppress(subprocess.TimeoutExpired, TimeoutError):
                process.wait(max(0.0, until - time.monotonic()))
            _clear_away(process)
        self._process = None

    def _all(self) -> list[Process]:
        successors = [self._successor.process] if self._successor else []
        return [*([self._process] if self._process else []), *successors, *(process for process, _ in self._leaving)]

    def _close_port(self) -> None:
        if self._port is None or not self._port.is_open or self._missed_since is None:
            return
        if time.monotonic() >= self._missed_since + LONGEST_PAUSE:
            self._port.close()
            say(f"The port is closed until the {self.program.name} is back.")

    def _start(self) -> None:
        if self._port is not None and not self._port.is_open:
            try:
                self._port.open()
            except OSError as error:
                self._due = time.monotonic() + LONGEST_PAUSE
                say(f"The {self.program.name} can't be started: {error.strerror}. Trying again in {LONGEST_PAUSE} s.")
                return
        self._process, self._begun = _begin(self.program), time.monotonic()


def _begin(program: Program, variables: dict[str, str] | None = None, files: tuple[int, ...] = ()) -> Process:
    parent, last_signal = os.getpid(), program.last_signal
    listening = [int(os.environ[LISTENING])] if program.processes and LISTENING in os.environ else []
    return subprocess.Popen(  # noqa: S603 our own programs
        program.command,
        env={**os.environ, **(variables or {})},
        pass_fds=(*listening, *files),
        process_group=0,  # so that what it starts can be ended with it
        preexec_fn=lambda: end_with(parent, last_signal),
    )


def _clear_away(process: Process) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)  # a web server that was killed may leave its workers behind
    process.wait()


def supervise(programs: list[Program], reload: list[str]) -> int:
    """Keep the programs running until SIGTERM, SIGINT or SIGHUP; return the exit code.

    `reload`: the command that puts the content folder into service.
    """
    told: list[int] = []
    asked: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # `nohup` wants the end of the terminal to be no end
            signal.signal(number, lambda received, _frame: told.append(received))
    for number in (signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(number, lambda received, _frame: asked.append(received))
    port = Port(int(os.environ[LISTENING])) if LISTENING in os.environ else None
    children = [Child(program, port) for program in programs]
    watch = ProcessWatch(int(os.environ[LISTENING])) if LISTENING in os.environ and NOTIFY in os.environ else None
    reloads: list[Process] = []
    is_of_use = True
    while is_of_use and not told:
        while asked:
            if asked.pop(0) == signal.SIGUSR1:
                reloads.append(subprocess.Popen(reload))  # noqa: S603 our own program
            else:
                for child in children:
                    child.renew()
        for child in children:
            is_of_use = is_of_use and child.tend()
        if watch is not None:
            watch.tend()
        reloads = [process for process in reloads if process.poll() is None]
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


def notify(state: str) -> None:
    """Tell systemd how this service is, as sd_notify(3) does."""
    address = os.environ[NOTIFY]
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as own:
        own.sendto(state.encode(), f"\0{address[1:]}" if address.startswith("@") else address)


def say(line: str) -> None:
    """Write a line to the log, in the form that all of it has (`core/logs.py`)."""
    instant = dt.datetime.now(dt.UTC)
    at = f"{instant:%Y-%m-%dT%H:%M:%S}.{instant.microsecond // 1000:03}Z"
    if os.environ.get("TRAINER_LOG_FORMAT", "").strip().lower() == "json":
        fields = {"at": at, "level": "warning", "logger": "supervisor", "message": line, "process": os.getpid()}
        line = json.dumps(fields)
    else:
        line = f"{at} WARNING supervisor: {line}"
    print(line, file=sys.stderr, flush=True)


def _how(status: int) -> str:
    return f"exit code {status}" if status >= 0 else f"killed by signal {-status}"


_LIBC = ctypes.CDLL(None)  # loaded before there is a child: between fork and exec little is safe

if __name__ == "__main__":
    sys.exit(supervise([Program(**program) for program in json.loads(sys.argv[1])], json.loads(sys.argv[2])))
