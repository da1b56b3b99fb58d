"""Take in a request's body before any thread is given to it: within a size, and no slower than a poor phone line."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from typing import IO, Any, Final, cast

Receive = Callable[[], Awaitable[Mapping[str, Any]]]

IDLE: Final = 10.0
"""Seconds without a byte until the sender is given up."""
GRACE: Final = 10.0
"""Seconds that any body may take, however short it is."""
LEAST_RATE: Final = 4096
"""Bytes a second that have to arrive, on the whole, after that: 4 MB may take 17 minutes."""
MOST_AT_ONCE = 64 * 2**20
"""Bytes of all bodies that this process is taking in: on many machines the folder for them is memory."""
_IN_MEMORY = 64 * 1024


_held = 0
"""How many there are. Only the event loop changes it."""


class BodyRefused(Exception):
    """The body isn't taken in; `status` says why."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Gone(Exception):
    """The sender left in the middle; nobody waits for an answer."""


async def take_in(receive: Receive, most: int) -> IO[bytes]:
    """Return the body as a file, at its start. Raises Refused (408 too slow, 413 too large, 503 no room) and Gone."""
    body = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 whoever asked for it closes it
    try:
        await _fill(body, receive, most)
    except BaseException:
        body.close()
        raise
    body.seek(0)
    return cast("IO[bytes]", body)


async def _fill(body: tempfile.SpooledTemporaryFile[bytes], receive: Receive, most: int) -> None:
    global _held
    clock = asyncio.get_running_loop().time
    received, started, has_more = 0, clock(), True
    try:
        while has_more:
            end = started + GRACE + received / LEAST_RATE
            try:
                async with asyncio.timeout(min(IDLE, end - clock())):
                    message = await receive()
            except TimeoutError as late:
                raise BodyRefused(408) from late
            if message["type"] != "http.request":
                raise Gone
            portion = message.get("body", b"")
            received, _held = received + len(portion), _held + len(portion)
            if received > most:
                raise BodyRefused(413)
            if _held > MOST_AT_ONCE:
                raise BodyRefused(503)
            body.write(portion)
            has_more = message.get("more_body", False)
    finally:
        _held -= received
