"""`flask content report --items`, and who is an administrator."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from tests.cast import make_account
from tests.crowd import let_answer, rightly, wrongly
from trainer.content.library import Library
from trainer.content.schema import Pool

pytestmark = pytest.mark.on_both


def run(app: Flask, *words: str) -> Result:
    ended = app.test_cli_runner().invoke(args=["content", *words])
    assert ended.exception is None or isinstance(ended.exception, SystemExit), ended.output
    return ended


def test_the_report_counts_anew_and_tells_scenes_of_all_pools(app: Flask, shelf: Library, tmp_path: Path) -> None:
    open_one, reserved = (shelf.content.pool(pool)[0] for pool in (Pool.OPEN, Pool.RESERVED))
    people = [{open_one.id: rightly(open_one), reserved.id: rightly(reserved)}] * 27
    let_answer(app, [*people, *[{open_one.id: wrongly(open_one)}] * 3], seconds=31)
    file = tmp_path / "items.csv"
    report = run(app, "report", "--items", "--csv", str(file)).output
    lines = report.split(f"\n{open_one.id} (")[1].split("\n")
    assert lines[1] == "  drawn 30 times; 30 first answers in practice"
    assert lines[2].startswith("  judged right 90% (74 to 97%); item-total ")
    assert "(best), their other scenes 100% right" in report
    assert "  31 seconds (median), 0 of 30 faster than reading" in lines
    kept = report.split(f"\n{reserved.id} (")[1].split("\n")
    assert kept[1:3] == ["  drawn 0 times; 0 first answers in finals", "  too few to tell, or all alike"]
    with file.open(encoding="utf-8-sig", newline="") as table:
        rows = list(csv.DictReader(table))
    told = [line.partition(" (")[0] for line in report.split("\n") if re.match(r"\S+ \(.*\): ", line)]
    assert [row["Scene"] for row in rows] == told


def test_without_any_answer_the_report_says_so(app: Flask) -> None:
    assert "no two pairs have 30 answers yet" in run(app, "report", "--items").output


def test_administrators_are_appointed_and_dismissed(app: Flask) -> None:
    make_account(app, "root@example.org")

    def admin(*words: str) -> Result:
        return app.test_cli_runner().invoke(args=["admin", "appoint-administrator", "root@example.org", *words])

    assert admin().output == "Administrator: root@example.org.\n"
    assert "already an administrator" in admin().output
    assert admin("--revoke").output == "No longer an administrator: root@example.org.\n"
    assert "isn’t an administrator" in admin("--revoke").output
