"""A small WSGI app behind our adapter: it shows what reaches an app, and answers in ways that ours seldom does."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Flask, Response, request, send_file

from trainer.server.asgi import Adapter
from trainer.server.worker_pools import RequestSource

SIZE = 30_000_000
BUSY = 2  # seconds


def create_app() -> Adapter:
    """Build the app."""
    app = Flask("odd")

    @app.route("/environ/<path:_rest>", methods=["GET", "POST"])
    def environ(_rest: str) -> str:
        shown: dict[str, Any] = {name: value for name, value in request.environ.items() if name.isupper()}
        return json.dumps(shown | {"body": request.get_data(as_text=True)})

    @app.get("/file")
    def file() -> Response:
        return send_file(os.environ["ODD_FILE"])

    @app.get("/portions")
    def portions() -> Response:
        def portion() -> Iterator[bytes]:
            for number in range(SIZE // 10_000):
                yield b"%09d\n" % number * 1000

        return Response(portion())

    @app.get("/fails-halfway")
    def fails_halfway() -> Response:
        def portion() -> Iterator[bytes]:
            yield b"begun"
            raise RuntimeError("and not ended")

        return Response(portion())

    @app.route("/slow", methods=["GET", "POST"])
    def slow() -> str:
        """Wait until the test has seen what it wants to see meanwhile."""
        gate = Path(os.environ["ODD_FILE"]).with_name("gate")
        until = time.monotonic() + 60
        while not gate.exists() and time.monotonic() < until:
            time.sleep(0.01)
        return "done" if gate.exists() else "waited in vain"

    app.add_url_rule("/long", view_func=slow, endpoint="long")

    app.add_url_rule("/long/file", view_func=file, endpoint="long_file")
    app.add_url_rule("/long/portions", view_func=portions, endpoint="long_portions")
    app.add_url_rule("/long/fails-halfway", view_func=fails_halfway, endpoint="long_fails_halfway")

    @app.route("/long/process", methods=["GET", "POST"])
    def process() -> dict[str, Any]:
        """Say which process answers, how patient it is, how many requests have ended in it, and what was sent."""
        return {"pid": os.getpid(), "nice": os.nice(0), "ended": len(ended), "body": request.get_data(as_text=True)}

    @app.get("/long/busy")
    def busy() -> str:
        """Keep the interpreter and its collector busy, as a list of ten thousand people does."""
        rows: list[object] = []
        end = time.monotonic() + BUSY
        while time.monotonic() < end:
            rows.append({"name": str(len(rows)), "parts": [[]]})
        return "done"

    @app.get("/process")
    def this_process() -> dict[str, Any]:
        return {"pid": os.getpid(), "nice": os.nice(0)}

    @app.get("/long/memory")
    def memory() -> Response:
        return send_file(BytesIO(b"in memory"), download_name="a.txt")

    @app.get("/long/end")
    def end() -> str:
        os.kill(os.getpid(), signal.SIGKILL)
        return "never said"

    ended: list[object] = []
    app.teardown_appcontext(ended.append)
    app.app_context().push()  # as in the command that serves

    def is_long(environ: dict[str, Any]) -> bool:
        return bool(environ["PATH_INFO"].startswith("/long"))

    def source_of(environ: dict[str, Any]) -> RequestSource:
        return RequestSource(environ.get("HTTP_X_NETWORK", ""))

    return Adapter(app, most_bytes=lambda _environ: 100_000, is_long=is_long, begin=lambda: None, source_of=source_of)
