"""Load on loopback: several connections that each send the next request when the last is answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from urllib.parse import urlsplit

Request = Callable[[int], bytes]


def rate(address: str, connections: list[Request], seconds: float) -> float:
    """Return answered requests per second; each connection makes its own requests, numbered from 0."""
    return asyncio.run(_rate(address, connections, seconds))


def get(path: str, host: str, cookie: str = "") -> Request:
    """Return a maker of GET requests."""
    extra = f"Cookie: {cookie}\r\n" if cookie else ""
    raw = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n{extra}\r\n".encode()
    return lambda _number: raw


def post(path: str, host: str, body: Callable[[int], str], cookie: str = "") -> Request:
    """Return a maker of form posts."""

    def make(number: int) -> bytes:
        content = body(number)
        return (
            f"POST {path} HTTP/1.1\r\nHost: {host}\r\nAccept: application/json\r\nCookie: {cookie}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(content)}\r\n\r\n{content}"
        ).encode()

    return make


async def _rate(address: str, connections: list[Request], seconds: float) -> float:
    parts = urlsplit(address)
    end = time.perf_counter() + seconds

    async def one(make: Request) -> int:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        number = 0
        while time.perf_counter() < end:
            writer.write(make(number))
            head = await reader.readuntil(b"\r\n\r\n")
            status = int(head.split(b" ", 2)[1])
            assert status < 400, head.decode(errors="replace")
            await _body(reader, head)
            number += 1
        writer.close()
        return number

    started = time.perf_counter()
    counts = await asyncio.gather(*(one(make) for make in connections))
    return sum(counts) / (time.perf_counter() - started)


async def _body(reader: asyncio.StreamReader, head: bytes) -> None:
    lowered = head.lower()
    if b"content-length: " in lowered:
        await reader.readexactly(int(lowered.split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0]))
    elif b"transfer-encoding: chunked" in lowered:
        while (size := int(await reader.readline(), 16)) > 0:
            await reader.readexactly(size + 2)
        await reader.readexactly(2)
