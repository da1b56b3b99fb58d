"""Serve the app under ASGI: bodies are taken in first, threads are given to whole requests only, answers wait for
their readers outside of them."""

from __future__ import annotations

import logging
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Any, Final
from urllib.parse import unquote_to_bytes

from werkzeug.wsgi import FileWrapper

from trainer.web.intake import Gone, Receive, Refused, take_in
from trainer.web.lanes import Lane, TooBusy

Environ = dict[str, Any]
Headers = list[tuple[bytes, bytes]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
WSGIApp = Callable[[Environ, Any], Iterable[bytes]]

REFUSED: Final = "trainer.refused"
"""In the environ: the status of a request that isn't let in; the app makes the page that says so (`web.errors`)."""
AGAIN_AFTER: Final = 10
"""Seconds after which someone who met a busy server may try again."""
_SAFE = {"GET", "HEAD", "OPTIONS"}
_PIECE = 256 * 1024
_IN_MEMORY = 1024 * 1024
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Answer:
    status: int
    headers: Headers
    body: bytes | IO[bytes]
    """A file is read piece by piece while it is sent, and then closed."""


class Adapter:
    """An ASGI app around a WSGI app.

    `most_bytes` says of a request how large its body may be, `is_kept` whether its answer lies in memory, `is_long`
    whether it may take seconds.
    """

    def __init__(
        self,
        app: WSGIApp,
        most_bytes: Callable[[Environ], int],
        is_kept: Callable[[Environ], bool] = lambda _environ: False,
        is_long: Callable[[Environ], bool] = lambda _environ: False,
    ) -> None:
        self.app = app
        self.most_bytes = most_bytes
        self.is_kept = is_kept
        self.is_long = is_long
        # As long as SQLite itself waits for its lock: who came later is told to try again.
        self._changing = Lane("changing", most=100, patience=10)
        self._reading = Lane("reading", most=500, patience=30)
        # A list of ten thousand people takes a second; nobody else waits for that.
        self._long = Lane("long", most=50, patience=60)

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request."""
        environ = _environ(scope)
        try:
            answer = await self._answer(environ, receive)
        except Gone:
            return
        except TooBusy:
            answer = _Answer(503, [(b"retry-after", b"%d" % AGAIN_AFTER), (b"content-length", b"0")], b"")
        await _send(answer, send)

    async def _answer(self, environ: Environ, receive: Receive) -> _Answer:
        try:
            with await self._body(environ, receive) as body:
                environ["wsgi.input"] = body
                if self.is_kept(environ):
                    return _call(self.app, environ)  # at once: handing it to a thread would cost half as much again
                return await self._lane(environ).run(lambda: _call(self.app, environ))
        except Refused as refused:
            status = refused.status
        except TooBusy:
            if environ["REQUEST_METHOD"] in _SAFE:
                raise
            status = 503
        environ |= {REFUSED: status, "wsgi.input": BytesIO(), "CONTENT_LENGTH": "0"}
        answer = await self._reading.run(lambda: _call(self.app, environ))
        if status != 503:  # what is left of the body isn't the next request
            answer.headers.append((b"connection", b"close"))
        return answer

    def _lane(self, environ: Environ) -> Lane:
        if self.is_long(environ):
            return self._long
        return self._reading if environ["REQUEST_METHOD"] in _SAFE else self._changing

    async def _body(self, environ: Environ, receive: Receive) -> IO[bytes]:
        length = environ.get("CONTENT_LENGTH")
        if length in {None, "0"} and "HTTP_TRANSFER_ENCODING" not in environ:
            return BytesIO()
        most = self.most_bytes(environ)
        if length is not None and int(length) > most:  # the server lets nothing but digits in
            raise Refused(413)
        body = await take_in(receive, most)
        environ["CONTENT_LENGTH"] = str(body.seek(0, 2))
        body.seek(0)
        return body


def _environ(scope: Mapping[str, Any]) -> Environ:
    """Return the environ of a request, after PEP 3333."""
    server, client = scope.get("server") or ("", 0), scope.get("client") or ("", 0)
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": "HTTP/" + scope["http_version"],
        "REMOTE_ADDR": client[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.errors": sys.stderr,
        "wsgi.file_wrapper": FileWrapper,
        "wsgi.input_terminated": True,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw_name, raw_value in scope["headers"]:
        name = raw_name.decode("latin-1").upper()
        if "_" in name:
            continue  # X_Forwarded_For would pass for X-Forwarded-For, which the proxy sets
        name = name.replace("-", "_")
        if name not in {"CONTENT_TYPE", "CONTENT_LENGTH"}:
            name = f"HTTP_{name}"
        value = raw_value.decode("latin-1")
        if name in environ:
            value = f"{environ[name]}{'; ' if name == 'HTTP_COOKIE' else ','}{value}"
        environ[name] = value
    return environ


def _call(app: WSGIApp, environ: Environ) -> _Answer:
    """Run the app in this thread, until all of its answer is there."""
    begun: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], _error: Any = None) -> None:
        begun[:] = int(status[:3]), headers

    try:
        result = app(environ, start_response)
        body = result.file if isinstance(result, FileWrapper) else _whole(result)
    except Exception:
        _log.exception("a request failed outside of the app")
        return _Answer(500, [(b"content-length", b"0")], b"")
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in begun[1]]
    return _Answer(begun[0], headers, body)


def _whole(result: Iterable[bytes]) -> bytes | IO[bytes]:
    """Read an answer to its end; a large one goes to the disk."""
    portions: list[bytes] = []
    size = 0
    file: IO[bytes] | None = None
    try:
        for portion in result:
            size += len(portion)
            portions.append(portion)
            if file is None and size > _IN_MEMORY:
                file = tempfile.TemporaryFile()  # noqa: SIM115 it is closed when it is sent
            if file is not None:
                file.writelines(portions)
                portions.clear()
    finally:
        close = getattr(result, "close", None)
        if close is not None:
            close()
    if file is None:
        return b"".join(portions)
    file.seek(0)
    return file


async def _send(answer: _Answer, send: Send) -> None:
    headers = [*answer.headers, (b"server", b"")]  # else the server says which it is
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    if isinstance(answer.body, bytes):
        await send({"type": "http.response.body", "body": answer.body})
        return
    with answer.body as file:
        while piece := file.read(_PIECE):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
