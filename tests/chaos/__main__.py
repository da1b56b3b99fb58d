"""`make chaos`: kill processes under load on each database, then run every test of faults in full.

`KILLS=100 make chaos` kills fewer. Prints Markdown, and how long each part took.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time

from tests.chaos.killing import Toll, kill_under_load
from tests.load.installing import DATABASES, installed, is_missing
from trainer.core.settings import ROOT

KILLS = int(os.environ.get("KILLS", "1000"))
TESTS = (
    "tests/journeys/test_kills.py",
    "tests/journeys/test_killed_issuing.py",
    "tests/journeys/test_nth_fault.py",
    "tests/journeys/test_full_disk.py",
)


def main() -> int:
    """Run all; return 0 if nothing was lost, doubled or left by halves, and every test passed."""
    tolls = {}
    for database in DATABASES:
        if not is_missing(database):
            with installed(database, ROOT / "tests" / "content_folder") as (app, settings):
                tolls[database] = kill_under_load(app, settings, KILLS)
    print_tolls(tolls)
    started = time.monotonic()
    environ = {**os.environ, "TRAINER_TEST_EVERYTHING": "1"}
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "1", *TESTS], cwd=ROOT, env=environ, check=False
    )
    print(f"\nTests of faults, in full: {time.monotonic() - started:.0f} s")
    return ended.returncode or int(any(toll.complaints or toll.errors for toll in tolls.values()))


def print_tolls(tolls: dict[str, Toll]) -> None:
    """Print what the kills came to."""
    print("| database | kills | of them all processes of a server | changes acknowledged | finals passed ", end="")
    print("| requests broken off | longest wait | lost, twice or by halves | took |\n" + "|---" * 9 + "|")
    for database, toll in tolls.items():
        print(
            f"| {database} | {toll.kills:,} | {toll.whole:,} | {toll.acknowledged:,} | {toll.finals:,} "
            f"| {toll.broken:,} | {toll.longest_gap:.1f} s | {len(toll.complaints)} | {toll.seconds:.0f} s |"
        )
        for line in [*toll.complaints, *(f"{number} × {error}" for error, number in toll.errors.items())]:
            print(f"- {database}: {line}")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
