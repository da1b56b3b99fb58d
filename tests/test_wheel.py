"""What `pip install` brings is the whole app: pages, content, migrations, commands (`trainer/__main__.py`)."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import time
from pathlib import Path
from urllib.request import urlopen
from zipfile import ZipFile

import pytest

from trainer import __version__
from trainer.core.settings import ROOT

pytestmark = pytest.mark.slow

PARTS = ("trainer", "content", "migrations", "pyproject.toml", "README.md", "LICENSE", ".gitignore")


def build(checkout: Path, target: Path) -> Path:
    """Build the wheel from a checkout; return it."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", target],
        cwd=checkout,
        check=True,
        capture_output=True,
    )
    (wheel,) = target.iterdir()
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into an environment that has nothing else but what it builds on; return its programs."""
    place = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", place], check=True)
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", place, "install", "--quiet", "--no-deps", "--no-index", wheel],
        check=True,
        capture_output=True,
    )
    purelib = Path(sysconfig.get_path("purelib", vars={"base": str(place)}))
    (purelib / "builds_on.pth").write_text(sysconfig.get_path("purelib"))
    return place / "bin"


def environ(home: Path, **more: str) -> dict[str, str]:
    """Return what someone's new account on a machine has: a home, and no settings of ours."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TRAINER_", "FLASK_", "XDG_"))}
    return {**kept, "HOME": str(home), **more}


def read_page(address: str, server: subprocess.Popen[bytes]) -> str:
    """Return the page once the server answers."""
    for _attempt in range(600):
        assert server.poll() is None, server.stderr and server.stderr.read()
        try:
            with urlopen(address, timeout=60) as response:
                return str(response.read().decode())
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not start")


def test_a_wheel_has_all_that_is_in_the_checkout_and_no_more(wheel: Path) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "-z", "trainer", "content", "migrations"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    if not tracked.stdout:  # a copy without its history
        pytest.skip("not a git checkout")
    files = {name for name in tracked.stdout.split("\0") if name and (ROOT / name).exists()}
    expected = {name if name.startswith("trainer/") else f"trainer/shipped/{name}" for name in files}
    brought = {name for name in ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert brought == expected, "new files that belong there are to be added to git first"


@pytest.mark.nightly
def test_two_builds_have_the_same_bytes(wheel: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, copy / part, copy_function=shutil.copyfile)  # with times of now
        else:
            shutil.copyfile(source, copy / part)
    again = build(copy, tmp_path / "again")
    assert again.name == wheel.name == f"trainer-{__version__}-py3-none-any.whl"
    assert hashlib.sha256(again.read_bytes()).digest() == hashlib.sha256(wheel.read_bytes()).digest()


@pytest.mark.nightly
def test_an_installed_app_serves_its_content_from_a_folder_of_its_users(installed: Path, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(installed / "trainer"), "serve"]
    server = subprocess.Popen(command, cwd=tmp_path, env=environ(tmp_path, PORT=str(port)), stderr=subprocess.PIPE)
    try:
        page = read_page(f"http://127.0.0.1:{port}/courses", server)
    finally:
        server.send_signal(signal.SIGTERM)
        _out, log = server.communicate(timeout=60)
    assert server.returncode == 0, log
    assert 'href="/courses/' in page
    folder = tmp_path / ".local" / "share" / "trainer"
    assert (folder / "trainer.db").exists()
    assert (folder / "secret_key").stat().st_mode & 0o777 == 0o600


@pytest.mark.nightly
def test_an_installed_app_has_its_commands(installed: Path, tmp_path: Path) -> None:
    def run(*words: str) -> str:
        command = [str(installed / "trainer"), *words]
        done = subprocess.run(command, cwd=tmp_path, env=environ(tmp_path), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return str(done.stdout)

    assert run("--version").strip() == __version__
    assert "Help people who can't sign in" in run("--help")
