"""`make soak`: about twenty requests a second for an hour; memory, open files and SQLite's log must not grow.

`MINUTES=5 make soak` is shorter. Prints Markdown.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from tests.bench.processes import memory_mb, tree
from tests.live import serving
from tests.load.installing import installed
from tests.load.running import ASKING_FOR_FILES, Run, run
from trainer.core.settings import Settings
from trainer.server.instance_lock import LOCK

MINUTES = float(os.environ.get("MINUTES", "60"))
LEARNERS = 20 - ASKING_FOR_FILES
GROWTH = 0.05
"""By which share memory may grow from the first quarter of the time to the last one."""
MORE_FILES = LEARNERS
"""As many may be open in addition: a learner who has just come has a connection."""
MOST_WAL_MB = 64


@dataclass(frozen=True)
class Look:
    """What the processes of a site hold at one moment."""

    memory_mb: float
    files: int
    wal_mb: float


def soak(app: Flask, settings: Settings, seconds: float) -> tuple[Run, list[Look]]:
    """Serve a site and use it for a while; return what came of it, and how its processes stood all along."""
    looks: list[Look] = []
    with serving(settings) as address:
        process = int((settings.instance / LOCK).read_text("ascii").split()[0])

        def look() -> None:
            looks.append(look_at(process, settings.instance / "trainer.db-wal"))

        return run(app, address, process, learners=LEARNERS, seconds=seconds, think=1.0, look=look), looks


def look_at(process: int, wal: Path) -> Look:
    """Return what a site's processes hold now."""
    everything, files = tree(process), 0
    for one in everything:
        with suppress(OSError):
            files += len(list(Path(f"/proc/{one}/fd").iterdir()))
    return Look(memory_mb(everything), files, wal.stat().st_size / 2**20 if wal.exists() else 0.0)


def growth(looks: Sequence[Look]) -> tuple[Look, Look]:
    """Return the medians of the second quarter of the time, when all is warm, and of the last one."""
    quarter = max(1, len(looks) // 4)

    def median(part: Sequence[Look]) -> Look:
        return Look(
            statistics.median(one.memory_mb for one in part),
            round(statistics.median(one.files for one in part)),
            max(one.wal_mb for one in part),
        )

    return median(looks[quarter : 2 * quarter] or looks), median(looks[-quarter:])


def faults(done: Run, looks: Sequence[Look]) -> list[str]:
    """Return what has grown, failed or been lost; none if all is well."""
    before, after = growth(looks)
    lines = [*done.complaints, *(f"{number} × {error}" for error, number in done.school.times.errors.items())]
    if after.memory_mb > before.memory_mb * (1 + GROWTH):
        lines.append(f"memory grew from {before.memory_mb:.0f} to {after.memory_mb:.0f} MB")
    if after.files > before.files + MORE_FILES:
        lines.append(f"open files grew from {before.files} to {after.files}")
    if after.wal_mb > MOST_WAL_MB:
        lines.append(f"SQLite's log grew to {after.wal_mb:.0f} MB")
    return lines


def main() -> int:
    """Run on SQLite; return 0 if nothing grew and nothing failed."""
    started = time.monotonic()
    with installed("SQLite") as (app, settings):
        done, looks = soak(app, settings, 60 * MINUTES)
    before, after = growth(looks)
    print(f"{done.requests:,} requests in {done.seconds:.0f} s, {done.requests / done.seconds:.0f}/s\n")
    print("| | second quarter | last quarter |\n|---|---|---|")
    print(f"| memory of all processes (PSS) | {before.memory_mb:.0f} MB | {after.memory_mb:.0f} MB |")
    print(f"| open files | {before.files} | {after.files} |")
    print(f"| SQLite’s log, at most | {before.wal_mb:.1f} MB | {after.wal_mb:.1f} MB |\n")
    lines = faults(done, looks)
    for line in lines:
        print(f"- {line}")
    print(f"Took {time.monotonic() - started:.0f} s.", flush=True)
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
