"""Serve the app under ASGI: bodies are taken in first, threads are given to whole requests only, answers wait for
their readers outside of them.

a2wsgi and asgiref assign threads before the body has arrived, and have neither deadlines nor pools of threads.
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from io import BytesIO
from typing import IO, Any
from urllib.parse import unquote_to_bytes

from werkzeug.wsgi import FileWrapper

from trainer.core.http import AGAIN_AFTER, ALIVE, READY, REFUSED
from trainer.server.calls import Environ, ServerAnswer, WSGIApp, call_app
from trainer.server.intake import BodyRefused, Gone, Receive, take_in
from trainer.server.offload import OffloadProcess
from trainer.server.worker_pools import NOWHERE, RequestSource, TooBusy, WorkerPool

Send = Callable[[Mapping[str, Any]], Awaitable[None]]

_SAFE = {"GET", "HEAD", "OPTIONS"}
_PIECE = 256 * 1024


class Adapter:
    """An ASGI app around a WSGI app.

    `most_bytes` says of a request how large its body may be, `is_kept` whether its answer lies in memory, `is_long`
    whether it may take seconds. Such a one is answered by a process of its own, which calls `begin` first; without
    `begin` by a thread of its own; `source_of` says where it comes from. `changing` and `reading`: how many requests
    that write, and that read, are answered at once.
    """

    def __init__(
        self,
        app: WSGIApp,
        most_bytes: Callable[[Environ], int],
        is_kept: Callable[[Environ], bool] = lambda _environ: False,
        is_long: Callable[[Environ], bool] = lambda _environ: False,
        begin: Callable[[], None] | None = None,
        source_of: Callable[[Environ], RequestSource] = lambda _environ: NOWHERE,
        changing: int = 1,
        reading: int = 1,
    ) -> None:
        # First, while this process has no second thread.
        self._offload = OffloadProcess(app, begin) if begin is not None else None
        self.app = app
        self.most_bytes = most_bytes
        self.is_kept = is_kept
        self.is_long = is_long
        self.source_of = source_of
        # As long as SQLite itself waits for its lock: who came later is told to try again.
        self._changing = WorkerPool("changing", most=100, patience=10, threads=changing)
        self._reading = WorkerPool("reading", most=500, patience=30, threads=reading)
        # A list of ten thousand people takes a second; nobody else waits for that.
        self._long = WorkerPool("long", most=100, patience=60, most_of_network=12, most_of_browser=4)
        self._probing = WorkerPool("probing", most=20, patience=5)
        # A thousand bodies that stall end in one moment, and nobody else waits until all have been told so.
        self._refusing = WorkerPool("refusing", most=5_000, patience=30, rest=4)

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request."""
        environ = _environ(scope)
        try:
            answer = await self._answer(environ, receive)
        except Gone:
            return
        except TooBusy:
            # Closed, since nobody has read what is left of a body.
            headers = [(b"retry-after", b"%d" % AGAIN_AFTER), (b"content-length", b"0"), (b"connection", b"close")]
            answer = ServerAnswer(503, headers, b"")
        await _send(answer, send)

    async def _answer(self, environ: Environ, receive: Receive) -> ServerAnswer:
        try:
            with await self._body(environ, receive) as body:
                environ["wsgi.input"] = body
                if environ["PATH_INFO"] == ALIVE or self.is_kept(environ):
                    return call_app(self.app, environ)  # at once: handing it to a thread would cost half as much again
                return await self._run(environ)
        except BodyRefused as refused:
            status, is_read = refused.status, False
        except TooBusy:
            if environ["REQUEST_METHOD"] in _SAFE:
                raise
            status, is_read = 503, True
        environ |= {REFUSED: status, "wsgi.input": BytesIO(), "CONTENT_LENGTH": "0"}
        answer = await self._refusing.run(lambda: call_app(self.app, environ))
        if not is_read:  # what is left of the body isn't the next request
            answer.headers.append((b"connection", b"close"))
        return answer

    async def _run(self, environ: Environ) -> ServerAnswer:
        if environ["PATH_INFO"] == READY:
            return await self._probing.run(lambda: call_app(self.app, environ))
        if self.is_long(environ):
            call = call_app if self._offload is None else self._offload.call
            return await self._long.run(lambda: call(self.app, environ), self.source_of(environ))
        pool = self._reading if environ["REQUEST_METHOD"] in _SAFE else self._changing
        return await pool.run(lambda: call_app(self.app, environ))

    async def _body(self, environ: Environ, receive: Receive) -> IO[bytes]:
        length = environ.get("CONTENT_LENGTH")
        if length in {None, "0"} and "HTTP_TRANSFER_ENCODING" not in environ:
            return BytesIO()
        most = self.most_bytes(environ)
        if length is not None and int(length) > most:  # the server lets nothing but digits in
            raise BodyRefused(413)
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


async def _send(answer: ServerAnswer, send: Send) -> None:
    headers = [*answer.headers, (b"server", b"")]  # else the server says which it is
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    if isinstance(answer.body, bytes):
        await send({"type": "http.response.body", "body": answer.body})
        return
    with answer.body as file:
        while piece := file.read(_PIECE):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
