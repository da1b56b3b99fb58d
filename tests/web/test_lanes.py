"""A lane leaves the processor to others for as long as it was told to."""

from __future__ import annotations

import asyncio
import threading
import time

from tests.live import run_async
from trainer.web.lanes import Lane

WORK, REST = 0.02, 20


def seconds_of(lane: Lane) -> float:
    """Return how long the lane takes for five pieces of work."""

    async def five() -> None:
        await asyncio.gather(*(lane.run(lambda: time.sleep(WORK)) for _number in range(5)))

    started = time.monotonic()
    run_async(five())
    return time.monotonic() - started


def test_a_lane_rests_between_pieces_of_work_as_long_as_it_was_told_to() -> None:
    assert seconds_of(Lane("resting", most=10, patience=5, rest=REST)) > 4 * REST * WORK
    assert seconds_of(Lane("steady", most=10, patience=5)) < 4 * REST * WORK


def test_a_lane_with_threads_does_as_many_pieces_of_work_at_once() -> None:
    meeting = threading.Barrier(3, timeout=60)
    lane = Lane("several", most=10, patience=5, threads=3)

    async def three() -> None:
        await asyncio.gather(*(lane.run(meeting.wait) for _number in range(3)))

    run_async(three())
