"""Threads that answer requests, one after another: a lane for those that read, a lane for those that write.

So each process stays one writer (two processes write to SQLite evenly, threads don't), and while a write waits for the
database's lock, pages are read all the same.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")


class TooBusy(Exception):
    """Work wasn't begun: too much of it waits, or it waited too long."""


class Lane:
    """One thread and what waits for it: at most `most` pieces of work, each at most `patience` seconds."""

    def __init__(self, name: str, *, most: int, patience: float) -> None:
        self._most = most
        self._patience = patience
        self._waiting = 0
        self._queue: SimpleQueue[_Work] = SimpleQueue()
        threading.Thread(target=self._work, name=name, daemon=True).start()

    async def run(self, call: Callable[[], T]) -> T:
        """Run the call in the lane's thread. Raises TooBusy if its turn doesn't come; then it never runs."""
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
            if work.is_claimed():
                work.do()
            del work  # what it holds isn't kept until the next one


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
