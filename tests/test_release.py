"""A release numbers what the changelog says has changed, once, and changes nothing where it can't be made."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.release import HEADING, Refused, release

pytestmark = pytest.mark.slow

DAY = "2026-11-27"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a small checkout with a change to release."""
    (tmp_path / "trainer").mkdir()
    (tmp_path / "trainer" / "__init__.py").write_text('"""A program."""\n\n__version__ = "1.9.0"\n')
    (tmp_path / "CHANGELOG.md").write_text(
        f"# Changelog\n\n{HEADING}\n- Faster.\n\n## 1.9.0 (2026-10-01)\n\n- First.\n"
    )
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "config", "user.name", "Someone")
    git(tmp_path, "config", "user.email", "someone@example.org")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "Begin")
    return tmp_path


def git(checkout: Path, *words: str) -> str:
    return str(subprocess.run(["git", *words], cwd=checkout, check=True, capture_output=True, text=True).stdout)


def test_a_release_is_numbered_dated_committed_and_tagged(checkout: Path) -> None:
    release("1.10.0", checkout, DAY)
    assert '__version__ = "1.10.0"' in (checkout / "trainer" / "__init__.py").read_text()
    text = (checkout / "CHANGELOG.md").read_text()
    assert f"{HEADING}\n## 1.10.0 ({DAY})\n\n- Faster.\n\n## 1.9.0" in text
    assert git(checkout, "status", "--porcelain") == ""
    assert git(checkout, "describe", "--exact-match").strip() == "v1.10.0"


@pytest.mark.parametrize(
    ("version", "reason"),
    [("1.10", "three numbers"), ("1.8.9", "higher"), ("", "three numbers"), ("01.10.0", "three numbers")],
)
def test_a_version_that_is_none_or_too_low_is_refused(version: str, reason: str, checkout: Path) -> None:
    with pytest.raises(Refused, match=reason):
        release(version, checkout, DAY)
    assert git(checkout, "tag") == git(checkout, "status", "--porcelain") == ""


def test_nothing_is_released_twice_or_without_saying_what_has_changed(checkout: Path) -> None:
    release("1.10.0", checkout, DAY)
    with pytest.raises(Refused, match="out already"):
        release("1.10.0", checkout, DAY)
    with pytest.raises(Refused, match="has nothing under"):
        release("1.11.0", checkout, DAY)
    assert git(checkout, "tag").split() == ["v1.10.0"]


def test_nothing_is_released_while_there_are_changes(checkout: Path) -> None:
    (checkout / "trainer" / "new.py").write_text("")
    with pytest.raises(Refused, match="aren't committed"):
        release("1.10.0", checkout, DAY)
