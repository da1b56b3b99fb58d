"""A steady stream of requests, each over a connection of its own, whatever happens to the servers meanwhile."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass
class Stream:
    """What came of the requests so far."""

    statuses: Counter[str] = field(default_factory=Counter)
    """By status, or by the error that there was instead of an answer."""
    seconds: list[float] = field(default_factory=list)
    answers: list[tuple[float, str, bytes]] = field(default_factory=list)
    """When each answer was asked for, from which server, and its body."""
    repeated: int = 0
    """How many connections were closed before anything was answered, so that the request was sent again."""

    @property
    def failed(self) -> int:
        """How many requests weren't answered with 200."""
        return sum(self.statuses.values()) - self.statuses["200"]


@contextmanager
def steady(
    addresses: Sequence[str], path: str = "/", rate: float = 50, *, keeps: bool = False, cookie: str = ""
) -> Iterator[Stream]:
    """Ask the servers in turn, so many times a second, while the caller does something else.

    `keeps`: remember each answer's body. `cookie`: what the browser sends.
    """
    stream, stopped = Stream(), threading.Event()
    thread = threading.Thread(
        target=lambda: asyncio.run(_ask_all(stream, stopped, addresses, path, rate, keeps, cookie))
    )
    thread.start()
    try:
        yield stream
    finally:
        stopped.set()
        thread.join()


async def _ask_all(
    stream: Stream, stopped: threading.Event, addresses: Sequence[str], path: str, rate: float, keeps: bool, cookie: str
) -> None:
    asked: set[asyncio.Task[None]] = set()
    begun, number = time.monotonic(), 0
    while not stopped.is_set():
        task = asyncio.create_task(_ask(stream, addresses[number % len(addresses)], path, keeps, cookie))
        asked.add(task)
        task.add_done_callback(asked.discard)
        number += 1
        await asyncio.sleep(max(0.0, begun + number / rate - time.monotonic()))
    await asyncio.gather(*asked)


async def _ask(stream: Stream, address: str, path: str, keeps: bool, cookie: str, is_again: bool = False) -> None:
    parts, begun = urlsplit(address), time.monotonic()
    try:
        async with asyncio.timeout(60):
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
            sent = f"Cookie: {cookie}\r\n" if cookie else ""
            head = f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\n{sent}Connection: close\r\n\r\n"
            writer.write(head.encode())
            answer = await reader.read()
            writer.close()
        if not answer and not is_again:  # as a proxy does: nobody began to answer
            stream.repeated += 1
            await _ask(stream, address, path, keeps, cookie, is_again=True)
            return
        top, _, body = answer.partition(b"\r\n\r\n")
        status = top.split(b" ", 2)[1].decode() if top else "closed without an answer"
        if keeps:
            stream.answers.append((begun, address, body))
    except (OSError, TimeoutError) as error:
        status = type(error).__name__
    stream.statuses[status] += 1
    stream.seconds.append(time.monotonic() - begun)
