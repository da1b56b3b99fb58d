"""Any extra can be deleted with its folder and its lines in `trainer/app.py`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.once import once
from trainer.app import FEATURES
from trainer.core.settings import ROOT

pytestmark = pytest.mark.slow

EXTRAS = sorted(path.parent.name for path in (ROOT / "trainer/extras").glob("*/feature.py"))
NEEDS = {feature.name: feature.needs for feature in FEATURES if feature.name in EXTRAS}
BUILDS = """
from sqlalchemy.orm import configure_mappers
from trainer.app import create_app
app = create_app()
configure_mappers()
print(*sorted({*app.blueprints, *app.cli.commands}))
"""
WHOLE = ("tests/test_order.py", "tests/test_personal_data.py", "tests/web/test_access.py", "tests/privacy")
"""Tests of routes, access and privacy."""


def delete(extra: str, checkout: Path) -> None:
    """Delete an extra from a copy as a person would, after those that need it: its folder, its tests, and its lines in
    `app.py`."""
    for needing in NEEDS:
        if extra in NEEDS[needing] and (checkout / "trainer/extras" / needing).is_dir():
            delete(needing, checkout)
    shutil.rmtree(checkout / "trainer/extras" / extra)
    shutil.rmtree(checkout / "tests/extras" / extra, ignore_errors=True)
    app = checkout / "trainer/app.py"
    lines = app.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not re.search(rf"\b{extra}\.FEATURE|trainer\.extras\.{extra} import", line)]
    assert len(lines) - len(kept) == 2
    app.write_text("".join(kept), encoding="utf-8")


def run(checkout: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a copy, with an instance folder of its own."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("TRAINER_", "COV_"))}
    environ |= {"PYTHONPATH": str(checkout), "TRAINER_INSTANCE": str(checkout / "instance")}
    return subprocess.run(
        [sys.executable, *command], cwd=checkout, env=environ, capture_output=True, text=True, check=False
    )


def test_an_extra_needs_what_it_imports_and_comes_after_it() -> None:
    for extra in EXTRAS:
        texts = (path.read_text(encoding="utf-8") for path in (ROOT / "trainer/extras" / extra).rglob("*.py"))
        imported = {name for text in texts for name in re.findall(r"^from trainer\.extras\.(\w+)", text, re.MULTILINE)}
        assert imported - {extra} == set(NEEDS[extra]), extra
    places = list(NEEDS)
    assert [one for one, needed in NEEDS.items() if any(places.index(one) < places.index(it) for it in needed)] == []


def build_whole(checkout: Path) -> None:
    """Copy the app, compile it, and note its blueprints."""
    shutil.copytree(ROOT / "trainer", checkout / "trainer", ignore=shutil.ignore_patterns("__pycache__"))
    (checkout / "blueprints").write_text(run(checkout, "-c", BUILDS).stdout)


@pytest.mark.parametrize("extra", EXTRAS)
def test_the_app_starts_without_an_extra(extra: str, tmp_path: Path) -> None:
    whole = once("extras", build_whole)
    shutil.copytree(whole / "trainer", tmp_path / "trainer")
    delete(extra, tmp_path)
    after = run(tmp_path, "-c", BUILDS)
    assert after.returncode == 0, after.stderr
    assert set(after.stdout.split()) < set((whole / "blueprints").read_text().split())


@pytest.mark.nightly
@pytest.mark.parametrize("extra", EXTRAS)
def test_a_site_works_without_an_extra(extra: str, tmp_path: Path) -> None:
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)
    for name in tracked.stdout.split("\0"):
        if (ROOT / name).is_file():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tmp_path / name)
    delete(extra, tmp_path)
    setup = run(tmp_path, "-m", "flask", "--app", "trainer.app", "setup")
    assert setup.returncode == 0, setup.stderr
    tables = run(tmp_path, "-m", "flask", "--app", "trainer.app", "db", "check")
    assert tables.returncode == 0, tables.stderr  # no more than the records that are left say
    tests = run(tmp_path, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "-m", "not browser", *WHOLE)
    assert tests.returncode == 0, tests.stdout[-3000:]
