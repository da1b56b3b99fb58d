"""Threads that answer requests: a lane for those that read, a lane for those that write.

While a write waits for the database, pages are read all the same. On SQLite a lane has one thread, so that each process
stays one writer (two processes write evenly, threads don't). PostgreSQL takes many at once, and a thread of ours that
waits for it leaves the processor to the next.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")


class TooBusy(Exception):
    """Work wasn't begun: too much of it waits, or it waited too long."""


class Lane:
    """Threads and what waits for them: at most `most` pieces of work, each at most `patience` seconds.

    After a piece of work a thread rests `rest` times as long as that took, and leaves the processor to the others.
    """

    def __init__(self, name: str, *, most: int, patience: float, threads: int = 1, rest: float = 0) -> None:
        self._most = most
        self._patience = patience
        self._rest = rest
        self._waiting = 0
        self._queue: SimpleQueue[_Work] = SimpleQueue()
        for _number in range(threads):
            threading.Thread(target=self._work, name=name, daemon=True).start()

    async def run(self, call: Callable[[], T]) -> T:
        """Run the call in one of the lane's threads. Raises TooBusy if its turn doesn't come; then it never runs."""
        if self._waiting >= self._most:
            raise TooBusy
        work = _Work(call, asyncio.get_running_loop())
        self._waiting += 1
        timer = work.loop.call_later(self._patience, work.give_up)
        self._queue.put(work)
        try:
            return await work.future  # type: ignore[no-any-return]
        finally:
            timer.cancel()
            self._waiting -= 1

    def _work(self) -> None:
        while True:
            work = self._queue.get()
            began = time.monotonic()
            if work.is_claimed():
                work.do()
            del work  # what it holds isn't kept until the next one
            if self._rest:
                time.sleep(self._rest * (time.monotonic() - began))


class _Work:
    """A call that is run by the thread or given up by the loop: whoever claims it first."""

    def __init__(self, call: Callable[[], Any], loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.future: asyncio.Future[Any] = loop.create_future()
        self._call = call
        self._claim = threading.Lock()

    def is_claimed(self) -> bool:
        """Claim it; return False if it was claimed before."""
        return self._claim.acquire(blocking=False)

    def give_up(self) -> None:
        """Cancel it, unless it has begun."""
        if self.is_claimed():
            self._end(None, TooBusy())

    def do(self) -> None:
        """Run the call in this thread; the loop gets the result."""
        result, error = None, None
        try:
            result = self._call()
        except BaseException as raised:
            error = raised
        self.loop.call_soon_threadsafe(self._end, result, error)

    def _end(self, result: Any, error: BaseException | None) -> None:
        if self.future.done():
            return  # nobody waits any more
        if error is None:
            self.future.set_result(result)
        else:
            self.future.set_exception(error)
