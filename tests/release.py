"""`make release VERSION=1.2.0`: number what has changed, commit and tag it, and build the wheel. It pushes nothing."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from trainer.core import clock
from trainer.core.settings import ROOT

HEADING = "## Unreleased\n"
_NUMBER = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
_LINE = re.compile(r'^__version__ = "(.+)"$', re.MULTILINE)


class Refused(Exception):
    """Why there is no release, in one line. Nothing was changed."""


def release(version: str, checkout: Path, day: str) -> None:
    """Write the version and the changelog's heading, commit both, and tag that. Raises Refused."""
    program, changelog = checkout / "trainer" / "__init__.py", checkout / "CHANGELOG.md"
    before, changes = program.read_text(encoding="utf-8"), changelog.read_text(encoding="utf-8")
    current = _LINE.search(before)
    assert current is not None
    if not _NUMBER.fullmatch(version):
        raise Refused(f"{version} is no version. Write three numbers, such as 1.2.0.")
    if _parts(version) < _parts(current[1]) or _git(checkout, "tag", "--list", f"v{version}"):
        raise Refused(f"{version} is out already, or older than {current[1]}. Choose a higher one.")
    if _git(checkout, "status", "--porcelain"):
        raise Refused("There are changes that aren't committed. Commit or remove them first.")
    if not _changes(changes):
        raise Refused(f"CHANGELOG.md has nothing under “{HEADING[3:].strip()}”. Say there what has changed.")
    program.write_text(_LINE.sub(f'__version__ = "{version}"', before), encoding="utf-8")
    changelog.write_text(changes.replace(HEADING, f"{HEADING}\n## {version} ({day})\n", 1), encoding="utf-8")
    _git(checkout, "commit", "--quiet", "--message", f"Release {version}", str(program), str(changelog))
    _git(checkout, "tag", "--annotate", "--message", f"Version {version}", f"v{version}")


def _changes(changelog: str) -> str:
    """Return what has changed since the last release."""
    _before, _heading, rest = changelog.partition(HEADING)
    return re.split(r"^## ", rest, maxsplit=1, flags=re.MULTILINE)[0].strip()


def _parts(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _git(checkout: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=checkout, check=True, capture_output=True, text=True).stdout


def main(version: str) -> int:
    """Make the release and its wheel in `dist/`; say what is left to do."""
    try:
        release(version, ROOT, clock.today().isoformat())
    except Refused as refused:
        print(f"Error: {refused}", file=sys.stderr)
        return 1
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel"], cwd=ROOT, check=True)
    print(f"Committed and tagged v{version}. Publish with: git push origin main v{version}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) == 2 else ""))
