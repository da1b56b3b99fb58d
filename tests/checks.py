"""`make checks`: which numbered checks and which requirements of ASVS have a test, and whether it passes here."""

from __future__ import annotations

import ast
import csv
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LEDGERS = {mark: Path(__file__).with_name(name) for mark, name in (("check", "checks.csv"), ("asvs", "asvs.csv"))}
"""By the mark that ties a test to a row: the rows."""


def rows_of(mark: str) -> list[dict[str, str]]:
    """Return the rows of a ledger."""
    with LEDGERS[mark].open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def proofs_of(mark: str) -> dict[str, list[str]]:
    """Return `file::test` of those that carry each number, read from the tests without running them."""
    proofs: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        if f"pytest.mark.{mark}(" not in text:
            continue
        for node in ast.parse(text).body:
            for decorator in node.decorator_list if isinstance(node, ast.FunctionDef) else []:
                if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == f"pytest.mark.{mark}":
                    for number in decorator.args:
                        name = f"{path.relative_to(ROOT).as_posix()}::{node.name}"  # type: ignore[attr-defined]
                        proofs.setdefault(ast.literal_eval(number), []).append(name)
    return proofs


class Collector:
    """Notes the outcome of every test that carries a number."""

    def __init__(self) -> None:
        self.numbers: dict[str, set[str]] = {}
        self.outcomes: dict[str, list[str]] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep only tests that show something."""
        kept = []
        for item in items:
            numbers = {str(number) for name in LEDGERS for mark in item.iter_markers(name) for number in mark.args}
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
    """Run the tests that show something and print one line for each row."""
    collector = Collector()
    pytest.main(["-q", "--no-header", "-p", "no:randomly", "tests"], plugins=[collector])
    failed = 0
    for row in [*rows_of("check"), *rows_of("asvs")]:
        outcomes = collector.outcomes.get(row["id"], [])
        bad = [one for one in outcomes if one != "passed"]
        word = "passes" if outcomes and not bad else f"{len(bad)} {bad[0].upper()}" if bad else "NOT SHOWN"
        if word == "NOT SHOWN" and row.get("reason"):
            word = row["verdict"]
        failed += word not in {"passes", row.get("verdict")}
        print(f"{row['id']:<8} {word:<14} {len(outcomes):>4} tests  {row['sentence']}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
