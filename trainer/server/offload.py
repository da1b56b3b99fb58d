"""A process beside the web server's own, for requests that may take seconds.

A list of ten thousand people keeps an interpreter busy, and its collector, for a second or two: pages that share them
would take twice as long. The process is forked from one that has built the app, and holds little of its own.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from contextvars import Context
from io import BytesIO
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle, send_handle
from typing import Any, Final, NoReturn

from werkzeug.wsgi import FileWrapper

from trainer.server.calls import Environ, ServerAnswer, WSGIApp, call_app

LONGEST: Final = 300
_log = logging.getLogger(__name__)


class OffloadProcess:
    """Answers requests in a fork of this process, which must have one thread so far. Later, call it from one thread.

    The fork calls `begin` first, and ends when this process has ended and its request is answered.
    """

    def __init__(self, app: WSGIApp, begin: Callable[[], None]) -> None:
        self._line: Connection | None
        self._line, far_end = Pipe()
        self._pid = os.fork()
        if self._pid == 0:
            self._line.close()
            _serve(app, begin, far_end)
        far_end.close()

    def call(self, app: WSGIApp, environ: Environ) -> ServerAnswer:
        """Return the answer to a request.

        If the other process is gone, or doesn't answer for `LONGEST` seconds, the request is not repeated, since it may
        have been carried out: its sender gets a 500. Later requests are answered in this process.
        """
        if self._line is None:
            return call_app(app, environ)
        try:
            return _ask(self._line, environ)
        except Exception:  # whatever it is, no answer of this one may reach the next
            _log.exception("the process for long requests failed; from now on they are answered along with the others")
            self._end(self._line)
            return ServerAnswer(500, [(b"content-length", b"0")], b"")

    def _end(self, line: Connection) -> None:
        line.close()
        self._line = None
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)


def _ask(line: Connection, environ: Environ) -> ServerAnswer:
    plain = {name: value for name, value in environ.items() if isinstance(value, str | bool | tuple)}
    line.send((plain, environ["wsgi.input"].read()))
    if not line.poll(LONGEST):
        raise TimeoutError(f"no answer within {LONGEST} seconds")
    status, headers, body = line.recv()
    return ServerAnswer(status, headers, os.fdopen(recv_handle(line), "rb") if body is None else body)


def _serve(app: WSGIApp, begin: Callable[[], None], line: Connection) -> NoReturn:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # requests already waiting get their answer; then the line ends
    os.nice(5)  # when both want the processor, pages come first
    try:
        begin()
        # A new context: in one that holds an app's context, as a command's does, no request would begin or end its own.
        Context().run(_answer_all, app, line)
    except BaseException:
        _log.exception("the process for long requests failed")
    finally:
        os._exit(0)


def _answer_all(app: WSGIApp, line: Connection) -> None:
    with suppress(EOFError, OSError):
        while True:
            plain, body = line.recv()
            _answer(line, call_app(app, _whole(plain, body)))


def _whole(plain: dict[str, Any], body: bytes) -> Environ:
    return plain | {"wsgi.input": BytesIO(body), "wsgi.errors": sys.stderr, "wsgi.file_wrapper": FileWrapper}


def _answer(line: Connection, answer: ServerAnswer) -> None:
    body = answer.body.read() if isinstance(answer.body, BytesIO) else answer.body
    if isinstance(body, bytes):
        line.send((answer.status, answer.headers, body))
        return
    with body as file:
        line.send((answer.status, answer.headers, None))
        send_handle(line, file.fileno(), None)
