"""One call of the WSGI app, and its whole answer."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import IO, Any

from werkzeug.wsgi import FileWrapper

from trainer.core.http import read_whole

Environ = dict[str, Any]
Headers = list[tuple[bytes, bytes]]
WSGIApp = Callable[[Environ, Any], Iterable[bytes]]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ServerAnswer:
    """What the app answered."""

    status: int
    headers: Headers
    body: bytes | IO[bytes]
    """A file is read piece by piece while it is sent, and then closed."""


def call_app(app: WSGIApp, environ: Environ) -> ServerAnswer:
    """Run the app in this thread until its whole answer is there. An answer that fails halfway is a 500."""
    begun: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], _error: Any = None) -> None:
        begun[:] = int(status[:3]), headers

    try:
        result = app(environ, start_response)
        body = result.file if isinstance(result, FileWrapper) else read_whole(result)
    except Exception:
        _log.exception("a request failed outside of the app")
        return ServerAnswer(500, [(b"content-length", b"0")], b"")
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in begun[1]]
    return ServerAnswer(begun[0], headers, body)
