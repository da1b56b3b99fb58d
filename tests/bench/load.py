"""Load on loopback: several connections that each send the next request when the last is answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from urllib.parse import urlencode, urlsplit

Request = Callable[[], bytes]
"""Makes the next request of a connection."""


class Connection:
    """A connection that sends one request after another."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def send(self, request: bytes) -> str:
        """Send a request, wait for the whole answer, and return its head."""
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        status = int(head.split(b" ", 2)[1])
        assert status < 400, head.decode(errors="replace")
        await self._pass_over_body(head.lower())
        return head.decode("latin-1")

    async def _pass_over_body(self, head: bytes) -> None:
        if b"content-length: " in head:
            await self._reader.readexactly(int(head.split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0]))
        elif b"transfer-encoding: chunked" in head:
            while (size := int(await self._reader.readline(), 16)) > 0:
                await self._reader.readexactly(size + 2)
            await self._reader.readexactly(2)


Visit = Callable[[Connection], Awaitable[None]]
"""What one visitor does again and again: one unit of what is counted."""


def rate(address: str, visits: Sequence[Visit], seconds: float) -> float:
    """Return how many visits a second are made, when each of these is made on a connection of its own."""
    return asyncio.run(_rate(address, visits, seconds))


def repeat(make: Request) -> Visit:
    """Return the visit of one request."""

    async def visit(connection: Connection) -> None:
        await connection.send(make())

    return visit


def get(path: str, host: str, cookie: str = "") -> bytes:
    """Return a GET request as a browser sends it."""
    extra = f"Cookie: {cookie}\r\n" if cookie else ""
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n{extra}\r\n".encode()


def post(path: str, host: str, fields: Mapping[str, object], cookie: str = "", accept: str = "text/html") -> bytes:
    """Return a form post."""
    content = urlencode(fields)
    return (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nAccept: {accept}\r\nCookie: {cookie}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(content)}\r\n\r\n{content}"
    ).encode()


async def _rate(address: str, visits: Sequence[Visit], seconds: float) -> float:
    parts = urlsplit(address)
    end = time.perf_counter() + seconds

    async def again(visit: Visit) -> int:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        connection, number = Connection(reader, writer), 0
        while time.perf_counter() < end:
            await visit(connection)
            number += 1
        writer.close()
        return number

    started = time.perf_counter()
    counts = await asyncio.gather(*(again(visit) for visit in visits))
    return sum(counts) / (time.perf_counter() - started)
