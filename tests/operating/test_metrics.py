"""Figures of all processes of a machine are on a port of their own. They name routes and nobody; rules rest on them."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
import yaml
from click import ClickException

from tests.cli.served import children
from tests.forked import begin_command
from tests.live import end, environ_of, free_port, serving
from tests.support import Visitor
from trainer.app import create_app
from trainer.cli import serve
from trainer.core.settings import ROOT, Settings
from trainer.operating import metrics
from trainer.operating.metrics import FOLDER, clear_metrics

CANARY = "canary"
SERIES = re.compile(r"^(\w+)(\{.*\})? ", re.MULTILINE)


@pytest.fixture
def database_url(tmp_path: Path, template_database: Path) -> str:
    """Return an SQLite file: none of this depends on the database."""
    shutil.copy(template_database, tmp_path / "trainer.db")
    return f"sqlite:///{tmp_path / 'trainer.db'}"


def read(port: int) -> str:
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=60) as answer:
        return str(answer.read().decode())


def eventually(port: int, is_so: Callable[[str], bool], seconds: float = 60) -> str:
    """Return what is said there once it is so."""
    until, said = time.monotonic() + seconds, ""
    while True:
        try:
            said = read(port)
        except OSError:
            said = ""
        if said and is_so(said):
            return said
        assert time.monotonic() < until, said
        time.sleep(0.1)


OF_A_STANDBY = {"trainer_replica_usable", "trainer_replica_behind_bytes"}
"""There is none here; `journeys/test_replica.py` has one, and finds these."""


def test_figures_of_all_processes_name_routes_and_nobody_and_every_rule_finds_its_own(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    monkeypatch.setenv("TRAINER_METRICS_PORT", str(port))
    with serving(settings, workers=2) as address:
        for path in [f"/verify/{CANARY}?q={CANARY}", f"/{CANARY}", "/courses/recognize"] * 3:
            with suppress(HTTPError):  # 404
                urlopen(address + path, timeout=60).read()
        said = eventually(port, lambda text: 'task="mail"' in text and 'role="worker"' in text)
        assert CANARY not in said
        assert str(settings.instance) not in said
        assert len(re.findall(r'trainer_http_requests_total\{.*route="/verify/<serial>".*\} ', said)) == 1
        number = re.search(r'trainer_http_requests_total\{method="GET",route="none",status="404"\} ([\d.]+)', said)
        assert number is not None
        assert float(number[1]) == 3  # whichever process answered
        assert 'trainer_check{check="database"} 0.0' in said
        names = {match[1] for match in SERIES.finditer(said)}
        rules = yaml.safe_load((ROOT / "deploy" / "alerts.yml").read_text())["groups"][0]["rules"]
        used = {name for rule in rules for name in re.findall(r"\btrainer_\w+", rule["expr"])}
        assert len(rules) > 10
        assert used > OF_A_STANDBY
        assert used - OF_A_STANDBY <= names
        assert all(rule["annotations"]["summary"] for rule in rules)
        assert re.search(r'^trainer_processes\{[^}]*role="web"[^}]*\} [1-9]', said, re.MULTILINE)
        gone = {rule["expr"]: (rule.get("for"), rule["labels"]["severity"]) for rule in rules}
        assert gone['absent(trainer_processes{role="web"})'] == ("2m", "page")
        assert gone['up{job="trainer"} == 0'] == ("5m", "page")  # `absent` needs all of them to be gone


def test_what_was_made_is_counted_once_it_is_kept(settings: Settings, tmp_path: Path) -> None:
    """In a process of its own: the library decides once where it counts."""
    code = f"""
import os
os.environ.update(TRAINER_INSTANCE={str(tmp_path)!r}, TRAINER_DATABASE_URL={settings.database_url!r},
                  TRAINER_SECRET_KEY={settings.secret_key!r}, TRAINER_METRICS_PORT="9")
from tests.support import Visitor
from trainer.app import create_app
from trainer.cli import serve
from trainer.core.db import transaction, db
from trainer.assessment.models import Attempt
app = create_app()
visitor = Visitor(app)
visitor.sign_up(); visitor.enroll(); visitor.start("practices")
with app.app_context():
    row = db.session.query(Attempt).first()
    db.session.expunge(row)
    try:
        with transaction() as session:
            from sqlalchemy.orm import make_transient
            make_transient(row); row.id = __import__("uuid").uuid4(); row.kind = "drill"
            session.add(row); session.flush()
            raise RuntimeError
    except RuntimeError:
        pass
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
registry = CollectorRegistry(); MultiProcessCollector(registry)
print(generate_latest(registry).decode())
"""
    import subprocess

    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert 'trainer_made_total{what="attempts"} 1.0' in ended.stdout, ended.stderr


@pytest.mark.nightly
def test_another_process_answers_once_the_first_is_gone(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    monkeypatch.setenv("TRAINER_METRICS_PORT", str(port))
    with serving(settings, workers=2, is_web_alone=True):
        eventually(port, lambda text: "trainer_check" in text)
        holder = holder_of(port)
        assert holder not in {0, os.getpid()}
        os.kill(holder, signal.SIGKILL)
        eventually(port, lambda _text: holder_of(port) not in {0, holder})


def test_a_worker_that_has_the_port_keeps_no_web_server_from_starting(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With units of their own, whichever begins first has it."""
    port = free_port()
    monkeypatch.setenv("TRAINER_METRICS_PORT", str(port))
    worker = begin_command(environ_of(settings, free_port()), "jobs", "run")
    try:
        eventually(port, lambda text: "trainer_check" in text)
        with serving(settings, workers=1) as address:
            assert urlopen(address + "/healthz", timeout=60).status == 200
    finally:
        end(worker)


def test_a_stranger_at_the_port_is_told_from_ours(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "_PATIENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        taken = replace(settings, metrics_host="127.0.0.1", metrics_port=stranger.getsockname()[1])
        with pytest.raises(ClickException, match=r"in use.*TRAINER_METRICS_PORT"):
            serve._check_metrics_port(taken)


def holder_of(port: int) -> int:
    """Return the process that listens on a port, or 0."""
    sockets = {
        line.split()[9]
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]
        if line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "0A"
    }
    for pid in _descendants(os.getpid()):
        for file in Path(f"/proc/{pid}/fd").iterdir():
            try:
                if os.readlink(file).removeprefix("socket:[").rstrip("]") in sockets:
                    return pid
            except OSError:
                continue
    return 0


def _descendants(pid: int) -> list[int]:
    return [*(below := children(pid)), *(lower for child in below for lower in _descendants(child))]


def test_what_ended_processes_counted_is_forgotten_at_a_start(settings: Settings) -> None:
    folder = settings.instance / FOLDER
    folder.mkdir()
    ended = subprocess.Popen(["true"])
    ended.wait()
    (folder / f"counter_{ended.pid}.db").write_bytes(b"old")
    (folder / f"counter_{os.getpid()}.db").write_bytes(b"of a worker, perhaps")
    clear_metrics(settings)
    assert [path.name for path in folder.iterdir()] == [f"counter_{os.getpid()}.db"]


def test_without_the_setting_nothing_is_loaded_or_counted(settings: Settings, tmp_path: Path) -> None:
    app = create_app(settings)
    assert Visitor(app).get("/healthz").status_code == 200
    assert "metrics" not in app.extensions
    assert not (tmp_path / "metrics").exists()
