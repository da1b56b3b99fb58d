"""Threads that answer requests: a pool for those that read, a pool for those that write.

While a write waits for the database, pages are read all the same. On SQLite a pool has one thread, so that each process
stays one writer (two processes write evenly, threads don't). PostgreSQL takes many at once, and a thread of ours that
waits for it leaves the processor to the next. In each pool networks take turns: whoever asks for a hundred things at
once waits for them, and nobody else does.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeVar

T = TypeVar("T")


class TooBusy(Exception):
    """Work wasn't begun: too much of it waits, or it waited too long."""


class RequestSource(NamedTuple):
    """Where work comes from."""

    network: str = ""
    browser: str = ""
    """What the browser shows of itself; another one in each network."""


NOWHERE: Final = RequestSource()


class WorkerPool:
    """Threads and what waits for them: at most `most` pieces of work, each at most `patience` seconds, and only so many
    of one network and of one browser.

    After a piece of work a thread rests `rest` times as long as that took, and leaves the processor to the others.
    """

    def __init__(
        self,
        name: str,
        *,
        most: int,
        patience: float,
        threads: int = 1,
        rest: float = 0,
        most_of_network: int | None = None,
        most_of_browser: int | None = None,
    ) -> None:
        self._most = most
        self._most_of_network = most if most_of_network is None else most_of_network
        self._most_of_browser = most if most_of_browser is None else most_of_browser
        self._patience = patience
        self._rest = rest
        self._waiting: Counter[RequestSource | str | None] = Counter()
        """How much waits: of each browser, of each network, and in all."""
        self._turns = _Turns()
        for _number in range(threads):
            threading.Thread(target=self._work, name=name, daemon=True).start()

    async def run(self, call: Callable[[], T], source: RequestSource = NOWHERE) -> T:
        """Run the call in one of the pool's threads. Raises TooBusy if its turn doesn't come; then it never runs."""
        waiting, places = self._waiting, (source, source.network, None)
        most = (self._most_of_browser, self._most_of_network, self._most)
        if any(waiting[place] >= bound for place, bound in zip(places, most, strict=True)):
            raise TooBusy
        work = _Work(call, asyncio.get_running_loop())
        waiting.update(places)
        timer = work.loop.call_later(self._patience, work.give_up)
        self._turns.put(source.network, work)
        try:
            return await work.future  # type: ignore[no-any-return]
        finally:
            timer.cancel()
            waiting.subtract(places)
            for place in places:
                if not waiting[place]:
                    del waiting[place]

    def _work(self) -> None:
        while True:
            work = self._turns.take()
            began = time.monotonic()
            if work.is_claimed():
                work.do()
            del work  # what it holds isn't kept until the next one
            if self._rest:
                time.sleep(self._rest * (time.monotonic() - began))


class _Turns:
    """What waits for a thread, by network: of each the oldest, one network after the other."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[_Work]] = {}
        self._changed = threading.Condition()

    def put(self, network: str, work: _Work) -> None:
        """Let work wait."""
        with self._changed:
            self._waiting.setdefault(network, deque()).append(work)
            self._changed.notify()

    def take(self) -> _Work:
        """Return the next piece of work; wait until there is one."""
        with self._changed:
            while not self._waiting:
                self._changed.wait()
            network = next(iter(self._waiting))
            waiting = self._waiting.pop(network)
            work = waiting.popleft()
            if waiting:
                self._waiting[network] = waiting  # behind the others
            return work


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
