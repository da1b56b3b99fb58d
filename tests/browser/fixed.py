"""Our server with nothing left to the day or to chance.

Each answer has the run's date: browsers measure against it how long a cookie is kept. Each request draws the same,
but for the numbers of certificates, of which no two may be equal.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from types import SimpleNamespace
from typing import Any, Final
from wsgiref.handlers import format_date_time

from trainer import serving as real
from trainer.core import chance
from trainer.credentials import operations
from trainer.server.intake import Receive
from trainer.serving import preload

__all__ = ["create_server", "preload"]

SERVER: Final = f"{__name__}:create_server"

Send = Callable[[Mapping[str, Any]], Awaitable[None]]


def promise_mail(app: Any) -> None:
    """Let pages look as they do where there is a mail server, which a browser needs none of."""
    app.jinja_env.globals["sends_mail"] = True


def create_server() -> Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]:
    """Return the app for the server."""
    adapter = real.create_server()
    promise_mail(adapter.app)
    is_search = "TRAINER_TEST_EVERYTHING" in os.environ
    operations.chance = SimpleNamespace(rng=chance.rng)  # type: ignore[assignment, attr-defined]

    async def answer(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        async def send_dated(message: Mapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                date = (b"date", format_date_time(time.time()).encode())
                message = {**message, "headers": [*message["headers"], date]}
            await send(message)

        if not is_search:
            chance.rng = random.Random(1)
        await adapter(scope, receive, send_dated)

    return answer
