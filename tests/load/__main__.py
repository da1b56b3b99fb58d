"""`make load`: real journeys over HTTP, 50 learners on SQLite and 200 on PostgreSQL, ten minutes each.

`SECONDS=60 make load` is shorter, `LEARNERS=20` gives both databases so many. Prints Markdown, and how long it took.
"""

from __future__ import annotations

import os
import sys
import time

from tests.live import serving
from tests.load.installing import installed, is_missing
from tests.load.running import STATIC, Run, run
from trainer.server.instance_lock import LOCK

SECONDS = float(os.environ.get("SECONDS", "600"))
THINK = float(os.environ.get("THINK", "1"))
"""Seconds between two requests of a learner, on average: people take twenty times as long."""
LEARNERS = {"SQLite": 50, "PostgreSQL": 200}
SAVED = ("answer saved", "autosave", "handed in", "verdict recorded")
BARS = {"SQLite": 300, "PostgreSQL": 500}
"""Milliseconds within which 99 of 100 saved answers are acknowledged."""
MOST_TIMES_A_FILE = 2
"""Nor may they take more than so many times as long as a static file in the same run."""
TIMES_A_FILE = f"{MOST_TIMES_A_FILE} × a static file’s time"


def main() -> int:
    """Run on each database; return 0 if nothing was lost and nobody saw an error. Times are judged by who reads."""
    started, is_well = time.monotonic(), True
    for database, usual in LEARNERS.items():
        if is_missing(database):
            continue
        learners = int(os.environ.get("LEARNERS", usual))
        with installed(database) as (app, settings), serving(settings) as address:
            process = int((settings.instance / LOCK).read_text("ascii").split()[0])
            done = run(app, address, process, learners=learners, seconds=SECONDS, think=THINK)
        show(database, learners, done)
        is_well = is_well and not done.complaints and not done.school.times.errors and not done.school.times.broken
    print(f"\nTook {time.monotonic() - started:.0f} s.", flush=True)
    return 0 if is_well else 1


def show(database: str, learners: int, done: Run) -> None:
    """Print a run as Markdown."""
    times, ledger = done.school.times, done.school.ledger
    busy = "/".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"\n### {learners} learners on {database}, {done.seconds:.0f} s\n")
    facts = [
        f"{done.requests:,} requests, {done.requests / done.seconds:.0f}/s",
        f"{sum(times.errors.values())} errors, {times.broken} broken off",
        f"{ledger.acknowledged:,} changes acknowledged, {len(ledger.handed_in)} finals passed",
        f"{len(done.complaints)} lost, twice or by halves",
        f"{done.memory_mb:.0f} MB in all processes (PSS)",
        f"load of the machine {busy} on {os.cpu_count()} cores",
    ]
    print("; ".join(facts) + ".\n")
    print("| route | requests | p50 | p95 | p99 | p99 against a static file’s |\n|---|---|---|---|---|---|")
    file = done.milliseconds(STATIC, 0.99)
    for route in sorted(times.seconds):
        within = [done.milliseconds(route, part) for part in (0.5, 0.95, 0.99)]
        shown = " | ".join(f"{each:.0f} ms" for each in within)
        print(f"| {route} | {len(times.seconds[route]):,} | {shown} | {within[2] / file:.1f} × |")
    saved = [done.milliseconds(route, 0.99) for route in SAVED if times.seconds[route]]
    if saved:
        print(f"\n{max(saved):.0f} ms for 99 of 100 saved answers.")
        for bar, words in ((BARS[database], f"{BARS[database]} ms"), (MOST_TIMES_A_FILE * file, TIMES_A_FILE)):
            print(f"- {'Met' if max(saved) <= bar else 'Not met'}: within {words}.")
    for line in [*done.complaints, *(f"{number} × {error}" for error, number in times.errors.items())]:
        print(f"- {line}")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
