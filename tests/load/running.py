"""Let learners use a running site for a while; what they waited for is compared with a small file of the same site."""

from __future__ import annotations

import asyncio
import math
import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Final
from urllib.request import urlopen

from flask import Flask

from tests.bench.processes import memory_mb, tree
from tests.live import run_async
from tests.load.learners import Learner, Over, School, lesson_paths, make_learner
from tests.load.ledger import complaints
from tests.load.line import Line

STATIC: Final = "static file"
JOURNEY: Final = 130
"""Requests of a learner's journey, about."""
ASKING_FOR_FILES: Final = 5
"""Visitors who ask for the file all the time, with pauses as learners make them."""


@dataclass
class Run:
    """What a run came to."""

    school: School
    seconds: float
    memory_mb: float
    complaints: list[str] = field(default_factory=list)

    @property
    def requests(self) -> int:
        """How many were answered."""
        return sum(len(taken) for taken in self.school.times.seconds.values())

    def milliseconds(self, route: str, part: float) -> float:
        """Return within how many milliseconds this part of a route's answers came."""
        return self.school.times.within(route, part) * 1000


def run(
    app: Flask,
    address: str,
    process: int,
    *,
    learners: int,
    seconds: float,
    think: float,
    look: Callable[[], None] | None = None,
) -> Run:
    """Let so many learners use a site, each a journey after the other, and hold what was acknowledged against it.

    `process`: of the site, whose tree is measured. `look` is called every few seconds.
    """
    school = School(app, [address], think)
    # Those who come after the first, too: to make one takes this machine as long as ten of its requests.
    following = math.ceil(learners * seconds / (JOURNEY * think)) if think else 0
    people = [make_learner(app, number) for number in range(learners + following)]
    started = time.monotonic()
    run_async(_run(school, _static_path(address), people, learners, seconds, look))
    taken = time.monotonic() - started
    return Run(school, taken, memory_mb(tree(process)), complaints(app, school.ledger))


async def _run(
    school: School, static: str, people: list[Learner], learners: int, seconds: float, look: Callable[[], None] | None
) -> None:
    lessons, numbers, making = lesson_paths(school.app), count(len(people)), asyncio.Lock()
    following = iter(people[learners:])
    school.end = time.monotonic() + seconds

    async def learn(learner: Learner) -> None:
        # All along a journey: in step, they would all start a practice, and later a final, in the same few seconds.
        await asyncio.sleep(school.rng.uniform(0, min(seconds / 4, JOURNEY * school.think)))
        with suppress(Over):
            while True:
                await school.read_and_practice(learner, lessons)
                await school.take_final(learner, is_reading=True)
                if (follower := next(following, None)) is not None:
                    learner = follower
                    continue
                async with making:
                    learner = await asyncio.to_thread(make_learner, school.app, next(numbers))

    async def ask_for_file() -> None:
        line = Line(school.addresses, "", "", school.times, school.rng)
        with suppress(Over):
            while True:
                await line.get(STATIC, static)
                await school.pause()
        line.close()

    async def watch() -> None:
        while look is not None and not is_over.is_set():
            look()
            await asyncio.sleep(5)

    is_over = asyncio.Event()
    around = [asyncio.create_task(ask_for_file()) for _visitor in range(ASKING_FOR_FILES)]
    around.append(asyncio.create_task(watch()))
    await asyncio.gather(*(learn(learner) for learner in people[:learners]))
    is_over.set()
    await asyncio.gather(*around)


def _static_path(address: str) -> str:
    with urlopen(address + "/", timeout=10) as answer:
        found = re.search(r'/static/[^"]+\.css', answer.read().decode())
    assert found is not None
    return found[0]
