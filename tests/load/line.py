"""One learner's connection: it opens again when it breaks, sends again what wasn't answered, and notes how long."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from tests.bench.load import Answer, Connection, get, post

PATIENCE: Final = 30.0
"""Seconds until a learner takes a request for lost and sends it again."""
LAST: Final = 120.0
"""Seconds without any answer after which the site counts as down for good."""


@dataclass
class Times:
    """What learners waited for: seconds by route, statuses, and what was not answered at the first time."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    statuses: Counter[int] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    """By route and status: what no learner should see."""
    broken: int = 0
    """Requests whose connection broke before the answer was there."""
    longest_gap: float = 0.0

    def within(self, route: str, part: float) -> float:
        """Return the seconds within which this part of a route's answers came."""
        taken = sorted(self.seconds[route])
        return taken[min(len(taken) - 1, int(len(taken) * part))]


class Line:
    """Sends a learner's requests to a site that has one address or several."""

    def __init__(self, addresses: Sequence[str], cookie: str, token: str, times: Times, rng: random.Random) -> None:
        self._addresses, self._cookie, self._token = addresses, cookie, token
        self.times, self._rng = times, rng
        self._connection: Connection | None = None
        self._host = ""

    async def get(self, route: str, path: str) -> Answer:
        """Open a page; `route` is what it is counted under."""
        answer, _is_again = await self._send(route, path, None, "")
        return answer

    async def post(self, route: str, path: str, accept: str = "text/html", **fields: object) -> tuple[Answer, bool]:
        """Send a form; return the answer, and whether an earlier sending may have arrived, too."""
        return await self._send(route, path, {**fields, "csrf_token": self._token}, accept)

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    async def _send(self, route: str, path: str, fields: dict[str, object] | None, accept: str) -> tuple[Answer, bool]:
        begun, is_again = time.perf_counter(), False
        while True:
            started = time.perf_counter()
            try:
                answer = await asyncio.wait_for(self._ask(path, fields, accept), PATIENCE)
            except (OSError, EOFError, TimeoutError):
                self.close()
                self.times.broken += 1
                is_again = True
            else:
                self.times.statuses[answer.status] += 1
                if answer.status not in (429, 502, 503):
                    ended = time.perf_counter()
                    self.times.seconds[route].append(ended - started)
                    self.times.longest_gap = max(self.times.longest_gap, ended - begun)
                    if answer.status >= 400 and not (answer.status == 409 and is_again):
                        self.times.errors[f"{route} {answer.status}"] += 1
                    return answer, is_again
                self.times.errors[f"{route} {answer.status}"] += 1
            if time.perf_counter() - begun > LAST:
                raise TimeoutError(f"no answer to {path} within {LAST:.0f} seconds")
            await asyncio.sleep(self._rng.uniform(0.02, 0.1))

    async def _ask(self, path: str, fields: dict[str, object] | None, accept: str) -> Answer:
        if self._connection is None:
            parts = urlsplit(self._rng.choice(self._addresses))
            self._connection = Connection(*await asyncio.open_connection(parts.hostname, parts.port))
            self._host = parts.netloc
        if fields is None:
            return await self._connection.ask(get(path, self._host, self._cookie))
        return await self._connection.ask(post(path, self._host, fields, self._cookie, accept))
