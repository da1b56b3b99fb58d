"""A small WSGI app behind our adapter: it shows what reaches an app, and answers in ways that ours seldom does."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from typing import Any

from flask import Flask, Response, request, send_file

from trainer.web.asgi import Adapter

SIZE = 30_000_000


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

    @app.post("/slow")
    def slow() -> str:
        time.sleep(3)
        return "done"

    @app.get("/long")
    def long() -> str:
        time.sleep(3)
        return "done"

    return Adapter(app, most_bytes=lambda _environ: 100_000, is_long=lambda environ: environ["PATH_INFO"] == "/long")
