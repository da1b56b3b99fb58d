"""What bandit finds in the app stands there for a reason that its line gives."""

from __future__ import annotations

import json
import linecache
import re
import subprocess
import sys

import pytest

from trainer.core.settings import ROOT

REASON = re.compile(r"#\s*noqa: (S\d+)[ ,-]+\S.{4,}")
"""The mark of the rule as ruff names it, which has bandit's rules too, and why it isn't one here."""


@pytest.mark.nightly
@pytest.mark.check("T095")
@pytest.mark.check("T069")
def test_what_bandit_finds_has_a_reason() -> None:
    command = [sys.executable, "-m", "bandit", "-q", "-r", "trainer", "--severity-level", "medium", "-f", "json"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    told = json.loads(ended.stdout)
    assert told["errors"] == []
    assert told["metrics"]["_totals"]["loc"] > 50_000
    without_reason = [
        f"{finding['filename']}:{finding['line_number']} {finding['issue_text']}"
        for finding in told["results"]
        if not any(
            REASON.search(linecache.getline(str(ROOT / finding["filename"]), line)) for line in finding["line_range"]
        )
    ]
    assert without_reason == []


@pytest.mark.check("T095")
def test_what_the_linter_lets_pass_has_a_reason() -> None:
    lines = [
        (path.relative_to(ROOT), number, line)
        for path in sorted((ROOT / "trainer").rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if re.search(r"noqa: S\d", line)
    ]
    assert len(lines) > 20
    assert [place for place in lines if not REASON.search(place[2])] == []
    assert not any("nosec" in path.read_text(encoding="utf-8") for path in (ROOT / "trainer").rglob("*.py"))
