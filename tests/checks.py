"""`make checks`: which of the numbered checks have a test, and whether it passes here."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import pytest

COPY = Path(__file__).with_name("checks.csv")


class Collector:
    """Notes the outcome of every test that carries a check's number."""

    def __init__(self) -> None:
        self.numbers: dict[str, set[str]] = {}
        self.outcomes: dict[str, list[str]] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep only tests that show a check."""
        kept = []
        for item in items:
            numbers = {str(mark.args[0]) for mark in item.iter_markers("check")}
            if numbers:
                self.numbers[item.nodeid] = numbers
                kept.append(item)
        items[:] = kept

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note the outcome: the call's, or what went wrong before it."""
        if report.when == "call" or report.outcome != "passed":
            for number in self.numbers.get(report.nodeid, ()):
                self.outcomes.setdefault(number, []).append(report.outcome)


def main() -> int:
    """Run the tests that show checks and print one line for each."""
    collector = Collector()
    pytest.main(["-q", "--no-header", "-p", "no:randomly", "tests"], plugins=[collector])
    failed = 0
    for row in csv.DictReader(COPY.open(encoding="utf-8")):
        outcomes = collector.outcomes.get(row["id"], [])
        bad = [one for one in outcomes if one != "passed"]
        word = "passes" if outcomes and not bad else "NOT SHOWN" if not outcomes else f"{len(bad)} {bad[0].upper()}"
        failed += word != "passes"
        print(f"{row['id']}  {word:<10} {len(outcomes):>4} tests  {row['sentence']}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
