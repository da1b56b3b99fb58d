"""Run all tests on twelve days, in three time zones; name those that fail on one. For some days: ONLY=2028."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import cycle
from typing import Final

DAYS: Final = {
    "2026-12-31T23:40:00+00:00": "New Year's Eve; the year changes during the run",
    "2027-01-01T09:00:00-05:00": "the first of a month and a year",
    "2027-01-29T12:00:00+00:00": "the 29th, which February hasn't",
    "2027-01-30T12:00:00+00:00": "the 30th",
    "2027-01-31T22:00:00-05:00": "the 31st, which is over in UTC",
    "2027-02-28T12:00:00+00:00": "the last of February, a Sunday",
    "2027-03-14T01:55:00-05:00": "clocks go forward in the United States",
    "2027-04-05T10:00:00+00:00": "a Monday",
    "2027-05-02T20:00:00-04:00": "a Sunday that is Monday in UTC",
    "2027-06-30T23:55:00+00:00": "the last of a month, and of a quarter",
    "2027-11-07T01:55:00-04:00": "clocks go back in the United States",
    "2028-02-29T15:00:00+00:00": "a leap day",
}
ZONES: Final = ["America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati"]


def main() -> int:
    """Return 1 if a test failed on any day."""
    failed = 0
    for (instant, why), zone in zip(DAYS.items(), cycle(ZONES), strict=False):
        if os.environ.get("ONLY", "") not in instant:
            continue
        environ = {**os.environ, "TRAINER_TEST_AT": instant, "TRAINER_TEST_ZONE": zone}
        print(f"{instant} ({why}), {zone}", flush=True)
        command = [sys.executable, "-m", "pytest", "-q", "--no-header", "--tb=line", *sys.argv[1:]]
        failed += subprocess.run(command, env=environ).returncode != 0
    print(f"{failed} of the days had failures." if failed else "No test failed on any day.")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
