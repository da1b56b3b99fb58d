"""`flask serve` keeps the site up: what dies is started again, what is told to end ends, and nothing stays behind."""

from __future__ import annotations

import gc
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import weakref
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests.assessment.swapped import copy_content
from tests.cli.served import Serve, Site, children, is_running, wait_until
from tests.cli.served import database_url as database_url
from tests.cli.served import serve as serve
from tests.forked import Command, begin_program
from trainer.core.settings import ROOT, Settings
from trainer.server.supervisor import MOST_STARTS, STEADY
from trainer.server.web import settle

SILENCE = 8.0  # seconds, twice what systemd would wait for
pytestmark = [pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc"), pytest.mark.slow]


def test_the_first_processes_begin_with_what_the_setup_imported_and_built(serve: Serve) -> None:
    site = serve(is_forked=False)
    for name in ("web", "worker"):
        pid = site.child(name)
        assert Path(f"/proc/{pid}/comm").read_text().strip() == f"trainer-{name}"
        assert Path(f"/proc/{pid}/cmdline").read_text().split("\0")[3:6] == ["--app", "trainer.app", "serve"]


def test_each_process_that_has_the_database_open_holds_locks_of_its_own_on_it(serve: Serve, settings: Settings) -> None:
    site = serve()
    index = settings.database_url.removeprefix("sqlite:///") + "-shm"
    users = {pid for pid in site.all_processes() if index in opened_by(pid)}
    locks = re.findall(rf"POSIX .* (\d+) \S+:{os.stat(index).st_ino} 128 128\n", Path("/proc/locks").read_text())
    assert {site.child("worker")} < users <= {int(pid) for pid in locks}


def opened_by(pid: int) -> set[str]:
    """Return the files that a process has open."""
    found = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            found.add(os.readlink(link))
    return found


def test_starting_imports_nothing_that_few_requests_use() -> None:
    seldom = ("alembic", "icalendar", "xlsxwriter")
    program = "import sys, trainer.serving, trainer.server.worker; "
    run = [sys.executable, "-c", f"{program}print([one for one in {seldom} if one in sys.modules])"]
    assert subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip() == "[]"


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_all_and_is_no_failure(serve: Serve, told: signal.Signals) -> None:
    site = serve()
    everything = site.all_processes()
    assert len(everything) >= 4
    site.process.send_signal(told)
    assert site.process.wait(60) == 0
    assert not any(is_running(pid) for pid in everything)


def test_a_killed_worker_is_started_again_while_the_site_answers(serve: Serve) -> None:
    site = serve()
    before, answers = site.child("worker"), []
    os.kill(before, signal.SIGKILL)
    until = time.monotonic() + 60
    while site.child("worker") in {0, before} and time.monotonic() < until:
        answers.append(site.is_up())
        time.sleep(0.05)
    assert site.child("worker") not in {0, before}
    assert answers
    assert all(answers)
    assert "The worker ended (killed by signal 9). It is started again in 1 s." in site.said()


def test_a_killed_web_server_comes_back_and_leaves_no_orphan(serve: Serve) -> None:
    site = serve()
    main, worker = site.child("web"), site.child("worker")
    orphans = children(main)
    assert orphans
    os.kill(main, signal.SIGKILL)
    wait_until(lambda: not any(is_running(pid) for pid in orphans))
    wait_until(site.is_up)
    assert site.child("web") not in {0, main}
    assert site.child("worker") == worker


@pytest.mark.nightly
def test_the_port_is_closed_while_the_web_server_cannot_come_back_and_open_once_it_can(
    serve: Serve, settings: Settings
) -> None:
    site = serve()
    time.sleep(STEADY)  # from then on, it is started again forever
    with closing(sqlite3.connect(settings.database_url.removeprefix("sqlite:///"), isolation_level=None)) as database:
        (revision,) = database.execute("SELECT min(version_num) FROM alembic_version").fetchone()
        database.execute(
            "UPDATE alembic_version SET version_num = '9999' WHERE version_num LIKE '0%'"
        )  # of a newer version
        database.execute("DELETE FROM schema_revisions")
        os.kill(site.child("web"), signal.SIGKILL)
        wait_until(lambda: is_refused(site.port), 60)
        wait_until(lambda: site.said().count("The web server ended") > 2, 60)
        assert site.said().count("The port is closed") >= 1
        assert is_refused(site.port)
        database.execute("UPDATE alembic_version SET version_num = ? WHERE version_num = '9999'", (revision,))
        database.execute("INSERT INTO schema_revisions (revision) VALUES (?)", (revision,))
    wait_until(site.is_up, 90)
    main = site.child("web")
    os.kill(main, signal.SIGKILL)  # what comes back is waited for
    wait_until(lambda: site.child("web") not in {0, main} and site.is_up(), 60)


def test_systemd_is_told_when_the_site_is_ready_and_only_while_it_answers_that_it_is_well(
    serve: Serve, tmp_path: Path
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(60)
        site = serve(NOTIFY_SOCKET=str(tmp_path / "notify"), WATCHDOG_USEC="4000000")
        assert systemd.recv(64) == b"READY=1"
        assert [systemd.recv(64) for _time in range(2)] == [b"WATCHDOG=1"] * 2
        hanging = children(site.child("web"))
        for pid in hanging:
            os.kill(pid, signal.SIGSTOP)
        systemd.settimeout(SILENCE)
        wait_until(lambda: is_silent(systemd), 60)
        for pid in hanging:
            os.kill(pid, signal.SIGCONT)
        systemd.settimeout(60)
        assert systemd.recv(64) == b"WATCHDOG=1"


def test_a_web_server_that_is_killed_before_it_has_started_well_is_started_again(serve: Serve) -> None:
    site, killed = serve(), set[int]()
    while len(killed) < MOST_STARTS:
        wait_until(lambda: site.child("web") not in {0, *killed}, 60)
        killed.add(site.child("web"))
        os.kill(site.child("web"), signal.SIGKILL)
    wait_until(site.is_up, 60)
    assert site.process.poll() is None


def test_each_line_of_a_log_in_json_is_an_object_also_those_about_crashes(serve: Serve) -> None:
    site = serve(TRAINER_LOG_FORMAT="json")
    worker, (server,) = site.child("worker"), children(site.child("web"))
    for pid in (worker, server):
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: site.child("worker") not in {0, worker} and site.is_up() and site.listens(), 60)
    assert isinstance(site.process, Command)
    lines = [json.loads(line) for line in site.process.said()[1].splitlines()]
    said = {line["logger"]: line["message"] for line in lines}
    assert "The worker ended (killed by signal 9)" in said["supervisor"]
    assert "_granian" in said
    assert all({"at", "level", "message", "process"} <= line.keys() for line in lines)


def is_silent(receiver: socket.socket) -> bool:
    """Return whether nothing comes for as long as a socket waits."""
    try:
        return not receiver.recv(64)
    except TimeoutError:
        return True


def is_refused(port: int) -> bool:
    """Return whether nobody listens."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=60):
            return False
    except ConnectionRefusedError:
        return True


def test_a_killed_supervisor_leaves_nothing_behind(serve: Serve) -> None:
    site = serve(workers=2)
    everything = site.all_processes()
    os.kill(site.process.pid, signal.SIGKILL)
    site.process.wait()
    wait_until(lambda: not any(is_running(pid) for pid in everything))
    again = serve(PORT=str(site.port))  # nor is folder or port held
    assert again.is_up()


def test_web_workers_killed_again_and_again_are_no_end(serve: Serve) -> None:
    site = serve()
    for _time in range(3):  # the web server itself gives up at the second
        for pid in children(site.child("web")):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.5)
    wait_until(site.is_up)
    assert site.process.poll() is None


def test_a_port_in_use_is_refused_before_anything_is_done(serve: Serve, settings: Settings, tmp_path: Path) -> None:
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        with socket.socket(family) as taken:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # as the web server does
            taken.bind((host, 0))
            taken.listen()
            port = taken.getsockname()[1]
            new = tmp_path / f"new{family}.db"
            site = serve(is_waited_for=False, PORT=str(port), HOST=host, TRAINER_DATABASE_URL=f"sqlite:///{new}")
            assert site.process.wait(60) == 1
            assert site.said().startswith(f"Error: Port {port} of {host} is in use.")
            assert site.said().count("\n") == 1
            assert not new.exists()


@pytest.mark.parametrize(("host", "words"), [("192.0.2.7", "can't listen on 192.0.2.7"), ("no.such.invalid", "HOST")])
def test_an_address_that_is_not_ours_is_refused(serve: Serve, host: str, words: str) -> None:
    site = serve(is_waited_for=False, HOST=host, TRAINER_BASE_URL="https://x.example.org")
    assert site.process.wait(60) == 1
    assert words in site.said()
    assert site.said().count("\n") == 1


def test_a_server_holds_as_many_connections_as_this_machine_lets_it() -> None:
    limits = ((1024, 20_000), (1024, 2048), (256, 256))  # a process can only lower what it may have at most
    program = (
        "import resource\nfrom trainer.server.start import allow_files, most_connections\n"
        f"for limit in {limits}:\n"
        "    resource.setrlimit(resource.RLIMIT_NOFILE, limit)\n    allow_files()\n    print(most_connections())\n"
    )
    out, err = begin_program(dict(os.environ), program).communicate()
    assert out.split() == ["4096", "1792", "64"], err


def test_a_second_server_on_the_same_folder_is_refused(serve: Serve) -> None:
    site = serve()
    other = serve(is_waited_for=False)
    assert other.process.wait(60) == 1
    assert f"is in use by process {site.process.pid}" in other.said()
    assert other.said().count("\n") == 1
    assert site.is_up()


def test_what_can_never_start_ends_with_one_line() -> None:
    program = (
        "import sys\nfrom trainer.server.supervisor import Program, supervise\n"
        "command = [sys.executable, '-c', 'raise SystemExit(1)']\n"
        "sys.exit(supervise([Program('web server', command, 9, is_vital=True)], []))\n"
    )
    ended = begin_program(dict(os.environ), program)
    _out, said = ended.communicate()
    assert ended.returncode == 1
    assert "The web server can't be started: exit code 1, 3 times in a row." in said


@pytest.mark.nightly
def test_so_does_a_web_server_whose_port_is_taken(tmp_path: Path) -> None:
    """Another program takes the port between the check and the start, and doesn't share it."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        plan = tmp_path / "plan.py"
        plan.write_text(
            "import sys\nfrom trainer.server.supervisor import Program, supervise\n"
            "from trainer.server.start import web_command\nfrom trainer.core.settings import read_settings\n"
            "command = web_command(read_settings(), 'trainer.serving:create_server')\n"
            "sys.exit(supervise([Program('web server', command, 9, is_vital=True)], []))\n"
        )
        taken.listen()
        ended = subprocess.run(
            [sys.executable, str(plan)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PORT": str(port), "TRAINER_INSTANCE": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert ended.returncode == 1
    assert "The web server can't be started: exit code 1, 3 times in a row." in ended.stderr


def test_a_web_worker_that_is_started_again_serves_what_the_others_serve(serve: Serve, tmp_path: Path) -> None:
    folder = copy_content(tmp_path / "content")
    site = serve(workers=2, TRAINER_CONTENT=str(folder))
    page = folder / "site.yaml"
    before = site.get("/")[1]
    for trouble in (page.read_text("utf-8").replace("The small", "A large"), "name: ["):  # new content, then broken
        page.write_text(trouble, "utf-8")
        shutil.rmtree(folder / "courses", ignore_errors=True)
        (folder / "courses").mkdir()
        old = children(site.child("web"))
        os.kill(old[0], signal.SIGKILL)
        wait_until(lambda before=frozenset(old): bool(set(children(site.child("web"))) - before))  # type: ignore[misc]
        worker = site.child("worker")
        os.kill(worker, signal.SIGKILL)
        wait_until(lambda worker=worker: site.child("worker") not in {0, worker} and site.listens())  # type: ignore[misc]
        seen = [site.get("/") for _time in range(20)]
        assert {status for status, _text in seen} == {200}
        assert {"The small school" in text for _status, text in seen} == {True}
        assert {len(text) for _status, text in seen} == {len(before)}
        assert site.child("worker")
        assert is_running(site.child("worker"))


@pytest.mark.parametrize("is_gone", [True, pytest.param(False, marks=pytest.mark.nightly)])
def test_a_start_without_its_content_folder_serves_what_was_in_service(
    serve: Serve, tmp_path: Path, is_gone: bool
) -> None:
    folder = copy_content(tmp_path / "content")
    site = serve(TRAINER_CONTENT=str(folder))
    before = front_of(site)
    site.process.terminate()
    site.process.wait(60)
    shutil.rmtree(folder if is_gone else folder / "courses")
    site = serve(TRAINER_CONTENT=str(folder))
    assert front_of(site) == before
    status, ready = site.get("/readyz")
    assert (status, json.loads(ready)["checks"]["content"]) == (200, "refused")
    assert "what is in service stays" in site.said()
    main = site.child("web")
    os.kill(main, signal.SIGKILL)  # what is started again reads no folder, and says the same
    wait_until(lambda: site.child("web") not in {0, main} and site.is_up(), 60)
    assert json.loads(site.get("/readyz")[1])["checks"]["content"] == "refused"
    site.process.terminate()
    site.process.wait(60)
    shutil.rmtree(folder, ignore_errors=True)
    copy_content(tmp_path / "content")
    site = serve(TRAINER_CONTENT=str(folder))
    assert json.loads(site.get("/readyz")[1])["checks"]["content"] == "ok"


def front_of(site: Site) -> tuple[int, str]:
    """Return how the first page answers, without the port, which differs at each start."""
    status, page = site.get("/")
    return status, re.sub(r"127\.0\.0\.1:\d+", "", page)


class Knot:
    """Something that only the collector can end."""

    def __init__(self) -> None:
        self.itself = self


def test_what_was_garbage_before_it_was_frozen_is_shared_with_no_process() -> None:
    knot = weakref.ref(Knot())
    gc.freeze()
    settle()
    assert knot() is None
    assert gc.get_freeze_count() > 0
