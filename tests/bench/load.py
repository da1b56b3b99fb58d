"""Load on loopback: several connections that each send the next request when the last is answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

_APART = 0.02
"""Seconds between two connections. Of many that come in one moment, one process of a server may take all."""
Request = Callable[[], bytes]
"""Makes the next request of a connection."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server sent: status, headers by lower-case name, body as it came."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Connection:
    """A connection that sends one request after another."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def send(self, request: bytes) -> Answer:
        """Send a request, and return the answer, which must be no refusal."""
        answer = await self.ask(request)
        assert answer.status < 400, answer
        return answer

    async def ask(self, request: bytes) -> Answer:
        """Send a request, wait for the whole answer, and return it."""
        self._writer.write(request)
        lines = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:] if line)}
        return Answer(int(lines[0].split(" ", 2)[1]), headers, await self._read_body(headers))

    def close(self) -> None:
        """Hang up."""
        self._writer.close()

    async def _read_body(self, headers: Mapping[str, str]) -> bytes:
        if "content-length" in headers:
            return await self._reader.readexactly(int(headers["content-length"]))
        pieces = []
        if headers.get("transfer-encoding") == "chunked":
            while (size := int(await self._reader.readline(), 16)) > 0:
                pieces.append(await self._reader.readexactly(size))
                await self._reader.readexactly(2)
            await self._reader.readexactly(2)
        return b"".join(pieces)


Visit = Callable[[Connection], Awaitable[None]]
"""What one visitor does again and again: one unit of what is counted."""


def make(address: str, visits: Sequence[Visit], seconds: float) -> tuple[int, float]:
    """Make each of these visits again and again on a connection of its own; return how many, and in which time."""
    return asyncio.run(_make(address, visits, seconds))


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


async def _make(address: str, visits: Sequence[Visit], seconds: float) -> tuple[int, float]:
    parts = urlsplit(address)
    connections = []
    for _visit in visits:
        connections.append(Connection(*await asyncio.open_connection(parts.hostname, parts.port)))
        await asyncio.sleep(_APART)
    started = time.perf_counter()
    end = started + seconds

    async def again(visit: Visit, connection: Connection) -> int:
        number = 0
        while time.perf_counter() < end:
            await visit(connection)
            number += 1
        connection.close()
        return number

    counts = await asyncio.gather(*map(again, visits, connections))
    return sum(counts), time.perf_counter() - started
