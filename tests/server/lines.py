"""Connections held by hand. Nothing here needs the app: a process that only stalls would take seconds to import it."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from urllib.parse import urlsplit


class Line:
    """One connection."""

    def __init__(self, address: str) -> None:
        self.parts = urlsplit(address)

    async def open(self, head: str, body: bytes = b"") -> None:
        """Send the beginning of a request."""
        self.reader, self.writer = await asyncio.open_connection(self.parts.hostname, self.parts.port)
        self.writer.write(f"{head}\r\nHost: {self.parts.netloc}\r\n".encode() + body)
        await self.writer.drain()

    async def status(self, patience: float) -> tuple[int, dict[str, str], float]:
        """Return the status, the headers and the seconds until they were there."""
        started = time.monotonic()
        head = (await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), patience)).decode()
        lines = head.split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
        return int(lines[0].split()[1]), headers, time.monotonic() - started

    async def close(self) -> None:
        """Hang up."""
        self.writer.close()
        with suppress(ConnectionError):
            await self.writer.wait_closed()


async def stall(address: str, lines: int, seconds: float) -> None:
    """Hold connections open that never say all they began to say."""
    held = []
    for number in range(lines):
        line = Line(address)
        ends = (b"", b"Content-Length: 2000\r\n\r\nabc", b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
        with suppress(OSError):
            await line.open("POST /try/scenes/1 HTTP/1.1", ends[number % 3])
            held.append(line)
    assert len(held) == lines
    await asyncio.sleep(seconds)
    for line in held:
        line.writer.close()


def stall_apart(address: str, lines: int, seconds: float) -> None:
    """Stall from another process, as from another machine: what that takes isn't waited for by those at work."""
    asyncio.run(stall(address, lines, seconds))
