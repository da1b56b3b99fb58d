"""Web servers whose processes are killed at random while learners take finals."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from itertools import count

from flask import Flask

from tests.bench.processes import children_of, tree
from tests.live import free_port, is_up, run, run_async
from tests.load.learners import School, make_learner
from tests.load.ledger import Ledger, complaints
from trainer.core.settings import Settings


@dataclass
class Toll:
    """What a run of kills came to."""

    kills: int
    whole: int
    """Of the kills: those of a whole server with all its processes."""
    acknowledged: int
    finals: int
    broken: int
    longest_gap: float
    seconds: float
    complaints: list[str]
    errors: dict[str, int]


class Servers:
    """Web servers on one database, each with its processes, that are started again whenever they end."""

    def __init__(self, settings: Settings, number: int) -> None:
        ports = [free_port() for _server in range(number)]
        self.addresses = [f"http://127.0.0.1:{port}" for port in ports]
        command = [sys.executable, "-m", "tests.chaos.forking", *map(str, ports)]
        self._process = run(settings, command, ports[0])

    def kill(self, rng: random.Random) -> str | None:
        """Kill a process of a server, now and then all of them; return which, or None if it wasn't serving."""
        server = rng.choice(children_of(self._process.pid))
        processes = tree(server)
        if len(processes) < 3:  # it is still starting: it lacks its worker, or that one's process for what takes long
            return None
        is_whole = rng.random() < 0.1
        for one in processes if is_whole else [rng.choice(processes)]:
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        return "whole" if is_whole else "one"

    def are_up(self) -> bool:
        """Return whether all of them answer."""
        assert self._process.poll() is None, "the servers have ended"
        return all(is_up(address) for address in self.addresses)

    def end(self) -> None:
        """End them all."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def kill_under_load(app: Flask, settings: Settings, kills: int, *, groups: int = 3, learners: int = 8) -> Toll:
    """Let learners take finals while so many processes are killed; then look at all that was acknowledged.

    `app`: on the same database. Several servers share it, so that something is always under way.
    """
    servers = Servers(settings, groups)
    started = time.monotonic()
    try:
        while not servers.are_up():
            time.sleep(0.1)
            assert time.monotonic() < started + 60, "a server doesn't start"
        school = School(app, servers.addresses)
        killed = run_async(_run(school, servers, kills, learners))
    finally:
        servers.end()
    return Toll(
        kills=killed["one"] + killed["whole"],
        whole=killed["whole"],
        acknowledged=school.ledger.acknowledged,
        finals=len(school.ledger.handed_in),
        broken=school.times.broken,
        longest_gap=school.times.longest_gap,
        seconds=time.monotonic() - started,
        complaints=complaints(app, school.ledger),
        errors=dict(school.times.errors),
    )


async def _run(school: School, servers: Servers, kills: int, learners: int) -> dict[str, int]:
    is_over, numbers, making = asyncio.Event(), count(), asyncio.Lock()

    async def learn() -> None:
        while not is_over.is_set():
            async with making:
                learner = await asyncio.to_thread(make_learner, school.app, next(numbers))
            await school.take_final(learner, is_reading=False)

    learning = [asyncio.create_task(learn()) for _number in range(learners)]
    killed = await _kill(servers, kills, school.ledger, learning)
    is_over.set()
    await asyncio.gather(*learning)  # everyone finishes the final that is under way
    return killed


async def _kill(servers: Servers, kills: int, ledger: Ledger, learning: list[asyncio.Task[None]]) -> dict[str, int]:
    """Kill again and again, each time once learners have got somewhere since."""
    killed, rng = {"one": 0, "whole": 0}, random.Random(kills)
    enough = ledger.acknowledged
    while sum(killed.values()) < kills:
        await asyncio.sleep(rng.uniform(0.005, 0.05))
        for task in learning:
            if task.done():
                task.result()  # raises what went wrong
        kind = servers.kill(rng) if ledger.acknowledged >= enough else None
        if kind is not None:
            killed[kind] += 1
            enough = ledger.acknowledged + rng.randint(1, 12)
    return killed
