"""A pool leaves the processor to others for as long as it was told to, and lets networks take turns."""

from __future__ import annotations

import asyncio
import threading
import time

from tests.live import run_async
from trainer.server.worker_pools import RequestSource, TooBusy, WorkerPool

WORK, REST = 0.02, 20


def seconds_of(pool: WorkerPool) -> float:
    """Return how long the pool takes for five pieces of work."""

    async def five() -> None:
        await asyncio.gather(*(pool.run(lambda: time.sleep(WORK)) for _number in range(5)))

    started = time.monotonic()
    run_async(five())
    return time.monotonic() - started


def test_a_pool_rests_between_pieces_of_work_as_long_as_it_was_told_to() -> None:
    assert seconds_of(WorkerPool("resting", most=10, patience=5, rest=REST)) > 4 * REST * WORK
    assert seconds_of(WorkerPool("steady", most=10, patience=5)) < 4 * REST * WORK


def test_a_pool_with_threads_does_as_many_pieces_of_work_at_once() -> None:
    meeting = threading.Barrier(3, timeout=60)
    pool = WorkerPool("several", most=10, patience=5, threads=3)

    async def three() -> None:
        await asyncio.gather(*(pool.run(meeting.wait) for _number in range(3)))

    run_async(three())


def test_networks_take_turns_whoever_came_first() -> None:
    pool, done = WorkerPool("long", most=50, patience=10), list[str]()
    begun = threading.Event()

    async def all_at_once() -> None:
        first = asyncio.ensure_future(pool.run(lambda: begun.wait(60)))
        await asyncio.sleep(0)
        many = [pool.run(lambda: done.append("many"), RequestSource("192.0.2.1", str(number))) for number in range(8)]
        waiting = [asyncio.ensure_future(call) for call in many]
        await asyncio.sleep(0)
        late = asyncio.ensure_future(pool.run(lambda: done.append("late"), RequestSource("192.0.2.2", "")))
        await asyncio.sleep(0)
        begun.set()
        await asyncio.gather(first, *waiting, late)

    run_async(all_at_once())
    assert sorted(done) == ["late", *["many"] * 8]
    assert done.index("late") <= 1


def test_so_many_of_a_browser_and_of_a_network_wait_and_no_more() -> None:
    pool, begun = WorkerPool("long", most=50, patience=10, most_of_network=6, most_of_browser=4), threading.Event()

    async def ask(network: str, browser: str) -> bool:
        try:
            return bool(await pool.run(lambda: begun.wait(60), RequestSource(network, browser)))
        except TooBusy:
            return False

    async def all_at_once() -> list[bool]:
        sources = [("192.0.2.1", "one")] * 5 + [("192.0.2.1", "two")] * 3 + [("192.0.2.2", "one")]
        answers = [asyncio.ensure_future(ask(*source)) for source in sources]
        await asyncio.sleep(0.1)
        begun.set()
        return await asyncio.gather(*answers)

    assert run_async(all_at_once()) == [True] * 4 + [False] + [True] * 2 + [False, True]
    assert run_async(all_at_once()) == [True] * 4 + [False] + [True] * 2 + [False, True]  # places are given back
