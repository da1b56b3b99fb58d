"""What we build on is pinned, known, and no older than the last fix that we know of."""

from __future__ import annotations

import re

import pytest

from trainer.core.settings import ROOT

LOCKS = ("requirements.lock", "requirements-dev.lock")
FLOORS = {
    "flask": (3, 1, 3),
    "gunicorn": (22,),
    "jinja2": (3, 1, 6),
    "mistune": (3, 3, 0),
    "requests": (2, 32, 4),
    "urllib3": (2, 5, 0),
    "werkzeug": (3, 1, 6),
}
"""Before these, known vulnerabilities: of packages that are used, and of some that might be one day."""
FORBIDDEN = {"bleach", "pycrypto"}
"""Nobody maintains them any longer."""


def pinned(lock: str) -> dict[str, str]:
    """Return what is pinned, with all that follows it up to the next package."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    blocks = [block for block in re.split(r"\n(?=[^\s#])", text.strip()) if not block.startswith("#")]
    return {block.partition("==")[0].partition("[")[0].lower(): block for block in blocks}


@pytest.mark.asvs("15.1.2")
@pytest.mark.check("T096")
@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_with_hashes(lock: str) -> None:
    packages = pinned(lock)
    assert len(packages) > 40
    for name, block in packages.items():
        assert re.match(r"[\w.-]+==[\w.!+]+ \\\n", block), name
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", block), name
        assert "://" not in block.split("# via")[0], name


def test_what_runs_is_what_was_tested() -> None:
    runs, tested = (pinned(lock) for lock in LOCKS)
    assert {name for name, block in runs.items() if tested[name].split()[0] != block.split()[0]} == set()


@pytest.mark.asvs("15.1.2")
@pytest.mark.check("T096")
@pytest.mark.parametrize("lock", LOCKS)
def test_packages_are_no_older_than_their_last_known_fix(lock: str) -> None:
    packages = pinned(lock)
    assert packages.keys() & FORBIDDEN == set()
    assert {"flask", "werkzeug", "jinja2"} <= packages.keys()
    for name in packages.keys() & FLOORS.keys():
        version = packages[name].split()[0].partition("==")[2]
        assert tuple(map(int, re.findall(r"\d+", version))) >= FLOORS[name], packages[name].split()[0]
