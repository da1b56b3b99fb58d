"""The files in deploy/ are right: each is read, and where it can be run, by the program that it is for."""

from __future__ import annotations

import configparser
import os
import re
import shlex
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from http.client import HTTPConnection, HTTPSConnection
from importlib.metadata import distribution
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import text
from sqlalchemy.engine import make_url

from tests.conftest import POSTGRES_URL, make_settings
from tests.live import begin, end, free_port, is_up, serving
from tests.steady import steady
from trainer.app import create_app
from trainer.cli.migrating import _TURN, turn
from trainer.content.library import Library
from trainer.core.db import db
from trainer.core.settings import ROOT, VARIABLES, Settings
from trainer.web.access import declared

pytestmark = pytest.mark.slow

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
MOST_BYTES = 350 * 10**6
"""Of all that comes on top of the image of Python."""


def needs(program: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"needs {program}")


@pytest.fixture
def commands(tmp_path: Path, shelf: Library) -> FlaskCliRunner:
    """Return what runs commands of ours."""
    return create_app(make_settings(tmp_path, f"sqlite:///{tmp_path / 'trainer.db'}"), shelf).test_cli_runner()


def is_command(commands: FlaskCliRunner, *words: str) -> bool:
    """Return whether a command of ours takes these words and options."""
    (line,) = [words[1:] if words[0].endswith("flask") else words]
    arguments = [word for word in line if word not in {"--app", "trainer.app"}]
    return commands.invoke(args=[*arguments, "--help"]).exit_code == 0


@needs("systemd-analyze")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_takes_the_units(unit: Path, tmp_path: Path) -> None:
    for other in UNITS:
        text = other.read_text().replace("/opt/trainer", str(ROOT)).replace("=trainer\n", "=root\n", 2)
        (tmp_path / other.name).write_text(text)
    (tmp_path / "environment").touch()
    run = ["systemd-analyze", "verify", "--man=no", str(tmp_path / unit.name)]
    ended = subprocess.run(run, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_the_units_run_commands_that_there_are(unit: Path, commands: FlaskCliRunner) -> None:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(unit)
    service = parser["Service"]
    assert is_command(commands, *shlex.split(service["ExecStart"]))
    assert service["ProtectSystem"] == "strict"
    assert service["NoNewPrivileges"] == "yes"
    assert {"MemoryMax", "TasksMax"} <= set(service)
    assert service["OOMPolicy"] == "continue"  # the supervisor replaces a process that was killed
    shared = re.search(r"TRAINER_FILES=(\S+)`", (DEPLOY / "many" / "README.md").read_text("utf-8"))
    assert shared
    assert service["ReadWritePaths"] == f"-{shared[1]}"  # nothing else but the instance folder can be written to
    if "ExecReload" in service:
        program, told, pid = shlex.split(service["ExecReload"])
        assert (Path(program).exists(), told, pid) == (True, "-USR2", "$MAINPID")


@needs("systemd-analyze")
def test_systemd_takes_the_timer_and_it_makes_a_backup_within_the_time_that_doctor_allows() -> None:
    timer = (DEPLOY / "systemd" / "trainer-backup.timer").read_text("utf-8")
    when = re.search("^OnCalendar=(.*)$", timer, re.MULTILINE)
    assert when
    run = ["systemd-analyze", "calendar", when[1]]
    assert subprocess.run(run, capture_output=True, check=False).returncode == 0
    assert "RandomizedDelaySec=30min" in timer  # a day and half an hour: less than 26 hours


def test_the_settings_named_in_the_files_exist() -> None:
    known = {*VARIABLES.values(), "TRAINER_FILES"}
    for path in [path for path in DEPLOY.rglob("*") if path.is_file()]:
        for name in re.findall(r"\bTRAINER_[A-Z_]+", path.read_text("utf-8")):
            assert name in known, f"{path.name}: {name}"


def test_compose_runs_commands_that_there_are_and_waits_for_what_it_needs(commands: FlaskCliRunner) -> None:
    compose: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    services = compose["services"]
    assert set(services) == {"database", "setup", "web", "worker", "backup", "proxy"}
    for name in ("setup", "web", "worker"):
        service = services[name]
        assert is_command(commands, *service["command"]), name
        assert service["read_only"]
        assert service["volumes"] == ["instance:/var/lib/trainer", "public:/var/cache/trainer"]
        assert re.fullmatch(r"/tmp:size=\d+m", service["tmpfs"][0])  # it takes memory
    for name, service in services.items():
        assert {"mem_limit", "pids_limit"} <= set(service), name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
    shell, option, script = services["backup"]["command"]
    assert (shell, option) == ("sh", "-c")
    assert is_command(commands, *shlex.split(script.split("; ")[1].removeprefix("do ")))
    # Not `setup`, which would also run a migration on which the web server that still runs can't serve.
    assert services["setup"]["command"] == ["flask", "upgrade"]
    assert services["web"]["depends_on"]["setup"]["condition"] == "service_completed_successfully"
    assert services["worker"]["depends_on"]["setup"]["condition"] == "service_completed_successfully"
    # It is asked every ten seconds, and loading the app takes seconds where there is much to do.
    assert services["web"]["healthcheck"]["test"] == ["CMD", "python", "-m", "trainer.cli.healthcheck"]
    assert services["database"]["image"] == "postgres:17"
    named = {volume.partition(":")[0] for service in services.values() for volume in service.get("volumes", [])}
    assert {volume for volume in named if not volume.startswith(".")} == set(compose["volumes"])


def test_the_image_holds_what_the_app_needs_runs_as_nobody_special_and_stays_small(commands: FlaskCliRunner) -> None:
    lines = (DEPLOY / "Containerfile").read_text("utf-8").splitlines()
    copied = [
        word for line in lines if line.startswith("COPY ") and "--from" not in line for word in line.split()[1:-1]
    ]
    assert all((ROOT / name).exists() for name in copied)
    assert {"trainer", "content", "migrations"} <= set(copied)
    assert "USER 10001" in lines
    assert any("postgresql-client" in line for line in lines)  # without it, `flask backup` can't copy the database
    assert sum(line.startswith("FROM python:3.13-slim-trixie") for line in lines) == 2  # whose programs are of 17
    assert any("HEALTHCHECK" in line and '"python", "-m", "trainer.cli.healthcheck"' in line for line in lines)
    assert any("--require-hashes" in line for line in lines)
    command = next(line for line in lines if line.startswith("CMD "))
    assert is_command(commands, *yaml.safe_load(command.removeprefix("CMD ")))
    allowed = {line[1:] for line in (DEPLOY / "Containerfile.dockerignore").read_text().splitlines() if line[0] == "!"}
    assert set(copied) <= allowed
    assert _package_bytes() + sum(_bytes_below(ROOT / name) for name in copied) < MOST_BYTES


def _package_bytes() -> int:
    names = re.findall(r"^([A-Za-z0-9_.-]+)(?:\[[^]]*\])?==", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    assert len(names) > 20
    return sum(
        int(Path(str(file.locate())).stat().st_size)
        for name in names
        for file in distribution(name).files or []
        if Path(str(file.locate())).is_file()
    )


def _bytes_below(path: Path) -> int:
    return sum(file.stat().st_size for file in [path, *path.rglob("*")] if file.is_file())


@pytest.fixture
def behind(app: Flask, settings: Settings, port: int) -> Iterator[str]:
    """Serve a site whose people come through a proxy that ends TLS."""
    public = {"TRAINER_BASE_URL": f"https://localhost:{port}", "TRAINER_PROXIES": "1"}
    with serving(settings, workers=1, is_web_alone=True, **public) as address:  # type: ignore[arg-type]
        yield address


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path, template_database: Path) -> str:
    if "postgres" in request.node.name:
        return str(request.getfixturevalue("postgres_url"))
    shutil.copy(template_database, tmp_path / "trainer.db")
    return f"sqlite:///{tmp_path / 'trainer.db'}"


@pytest.fixture
def port() -> int:
    return free_port()


class _Asker:
    """A browser that keeps its cookie."""

    def __init__(self, port: int, trusted: ssl.SSLContext) -> None:
        self._port, self._trusted, self._cookie, self.status = port, trusted, "", 0

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None, **headers: str) -> str:
        """Return the page that is answered."""
        connection = HTTPSConnection("localhost", self._port, timeout=60, context=self._trusted)
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if fields else {}
        connection.request(method, path, urlencode(fields or {}), {**kind, "Cookie": self._cookie, **headers})
        answer = connection.getresponse()
        self.status = answer.status
        self._cookie = (answer.headers["Set-Cookie"] or self._cookie).partition(";")[0]
        page = answer.read().decode()
        connection.close()
        return "" if answer.status == 303 else page


@contextmanager
def _behind_nginx(address: str, port: int, folder: Path, plain: int | None = None) -> Iterator[ssl.SSLContext]:
    """Run nginx with our file in front of a site; give what trusts its certificate. `plain`: its port without TLS."""
    key, certificate = folder / "privkey.pem", folder / "fullchain.pem"
    made = ("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    named = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost")
    run = ["openssl", *made, *named, "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(run, check=True, capture_output=True)
    site = (DEPLOY / "nginx.conf").read_text("utf-8").replace("/etc/ssl/trainer", str(folder))
    site = re.sub(r"listen \[::\]:.*\n", "", site).replace("listen 443", f"listen 127.0.0.1:{port}")
    site = site.replace("listen 80", f"listen 127.0.0.1:{plain or free_port()}").replace("127.0.0.1:8000", address[7:])
    site = site.replace("training.example.org", "localhost").replace("Host $host;", f"Host $host:{port};")
    (folder / "site.conf").write_text(site.replace("/var/cache/trainer", str(folder)))
    (folder / "nginx.conf").write_text(
        f"daemon off; user root; pid {folder}/pid; error_log {folder}/log; events {{}} http {{ access_log off; "
        + "".join(
            f"{kind}_temp_path {folder}/{kind}; " for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        + f"include {folder}/site.conf; }}\n"
    )
    run = ["nginx", "-c", str(folder / "nginx.conf"), "-e", str(folder / "log")]
    tested = subprocess.run([*run, "-t"], capture_output=True, text=True, check=False)
    assert tested.returncode == 0, tested.stderr
    proxy = subprocess.Popen(run)
    try:
        _wait_for(port)
        yield ssl.create_default_context(cafile=str(certificate))
    finally:
        proxy.terminate()
        proxy.wait()


@needs("nginx")
@needs("openssl")
def test_nginx_takes_its_file_and_passes_on_who_asks_and_how(behind: str, port: int, tmp_path: Path) -> None:
    plain = free_port()
    with _behind_nginx(behind, port, tmp_path, plain) as trusted:
        asked = _Asker(port, trusted)
        page = asked.ask("GET", "/keep?start=x")
        token = re.search('name="csrf_token"[^>]*value="([^"]+)"', page)
        assert token
        # Where a form comes from is checked: the app knows the address that people use.
        asked.ask("POST", "/guests", {"csrf_token": token[1]}, Origin="https://elsewhere.example")
        assert asked.status == 403
        asked.ask("POST", "/guests", {"csrf_token": token[1]}, Origin=f"https://localhost:{port}")
        assert asked.status == 303
        line = HTTPConnection("127.0.0.1", plain, timeout=60)
        line.request("GET", "/help", headers={"Host": "elsewhere.example"})
        assert line.getresponse().headers["Location"] == "https://localhost/help"  # not where the request says


@needs("nginx")
@needs("openssl")
def test_behind_nginx_a_short_outage_is_over_when_the_app_is_back_and_shows_our_page_meanwhile(
    settings: Settings, port: int, tmp_path: Path
) -> None:
    public = {"TRAINER_BASE_URL": f"https://localhost:{port}", "TRAINER_PROXIES": "1"}
    (tmp_path / "down.html").write_text("Your saved answers are safe.")
    own = free_port()
    with _behind_nginx(f"http://127.0.0.1:{own}", port, tmp_path) as trusted:
        asked = _Asker(port, trusted)
        for _time in range(2):
            server = begin(settings, own, workers=1, is_web_alone=True, **public)  # type: ignore[arg-type]
            try:
                for _attempt in range(600):
                    if is_up(f"http://127.0.0.1:{own}"):
                        break
                    time.sleep(0.1)
                answers = [asked.ask("GET", "/help") and asked.status for _request in range(10)]
                assert answers == [200] * 10  # from the first request on
            finally:
                end(server)
            for _request in range(5):
                assert asked.ask("GET", "/help") == "Your saved answers are safe."
                assert asked.status == 503


def test_nginx_waits_long_only_for_what_may_take_long(app: Flask) -> None:
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    pattern = re.search(r'location ~ "(.+)" \{\n\s+proxy_pass http://trainer;\n\s+proxy_read_timeout 310s;', text)
    assert pattern
    assert text.count("proxy_read_timeout") == 2
    assert "proxy_read_timeout 30s;" in text
    long = [
        re.sub(r"<(?:uuid:)?(\w+)>", r"\1", rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and (access := declared(app, rule.endpoint)) is not None and access.is_long
    ]
    assert long
    assert [path for path in long if not re.search(pattern[1], path)] == []
    for path in ("/me", "/attempts/attempt_id/scenes/1", "/courses/course/final", "/organizations/organization_id"):
        assert not re.search(pattern[1], path)


@needs("caddy")
def test_caddy_takes_its_file() -> None:
    environ = {**os.environ, "SITE": "localhost", "SERVERS": "first:8000 second:8000", "HOME": "/tmp"}
    run = ["caddy", "adapt", "--validate", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile")]
    ended = subprocess.run(run, env=environ, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert "first:8000" in ended.stdout
    assert "second:8000" in ended.stdout


@needs("caddy")
def test_behind_caddy_pages_are_there_and_probes_are_not(behind: str, port: int, tmp_path: Path) -> None:
    environ = {
        **os.environ,
        "SITE": f"http://localhost:{port}",
        "SERVERS": behind.removeprefix("http://"),
        "HOME": str(tmp_path),
        "CADDY_ADMIN": f"localhost:{free_port()}",
    }
    run = ["caddy", "run", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile")]
    proxy = subprocess.Popen(run, env=environ, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        found = {}
        for path in ("/help", "/healthz", "/readyz"):
            line = HTTPConnection("localhost", port, timeout=60)
            line.request("GET", path)
            found[path] = line.getresponse().status
        assert found == {"/help": 200, "/healthz": 200, "/readyz": 404}
    finally:
        proxy.terminate()
        proxy.wait()


@needs("caddy")
def test_behind_caddy_our_page_is_shown_while_the_app_is_down(port: int, tmp_path: Path) -> None:
    (tmp_path / "down.html").write_text("Your saved answers are safe.")
    file = tmp_path / "Caddyfile"
    file.write_text((DEPLOY / "Caddyfile").read_text("utf-8").replace("/var/cache/trainer", str(tmp_path)))
    environ = {
        **os.environ,
        "SITE": f"http://localhost:{port}",
        "SERVERS": f"127.0.0.1:{free_port()}",
        "HOME": str(tmp_path),
        "CADDY_ADMIN": f"localhost:{free_port()}",
    }
    run = ["caddy", "run", "--adapter", "caddyfile", "--config", str(file)]
    proxy = subprocess.Popen(run, env=environ, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        line = HTTPConnection("localhost", port, timeout=60)
        line.request("GET", "/me?x=1")
        answer = line.getresponse()
        assert (answer.status, answer.headers["Retry-After"]) == (503, "60")
        assert answer.read() == b"Your saved answers are safe."
    finally:
        proxy.terminate()
        proxy.wait()


@needs("pgbouncer")
@pytest.mark.skipif(not POSTGRES_URL, reason="needs a PostgreSQL server")
def test_the_app_runs_behind_pgbouncer_in_transaction_mode_postgres(
    settings: Settings, tmp_path: Path, shelf: Library
) -> None:
    """More processes than connections, with statements prepared: none meets another's."""
    with _bouncing(settings, tmp_path) as behind:
        app = create_app(behind, shelf)
        with serving(behind, workers=3, is_web_alone=True) as address:
            cookie = _sign_up_many(app, address)
            with steady([address], "/me", rate=40, cookie=cookie) as stream:
                time.sleep(2)
        assert stream.failed == 0, stream.statuses


@needs("pgbouncer")
@pytest.mark.skipif(not POSTGRES_URL, reason="needs a PostgreSQL server")
def test_behind_pgbouncer_whoever_has_migrated_gives_up_the_turn_postgres(
    settings: Settings, tmp_path: Path, shelf: Library
) -> None:
    with _bouncing(settings, tmp_path) as behind:
        app = create_app(behind, shelf)
        with app.app_context():
            with turn(behind):
                assert _count_turns() == 1
            assert _count_turns() == 0
            db.engine.dispose()


def _count_turns() -> int:
    held = text(
        "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database "
        "WHERE locktype = 'advisory' AND objid = :turn AND granted AND datname = current_database()"
    )
    count: int = db.session.scalar(held, {"turn": _TURN}) or 0
    db.session.rollback()
    return count


@contextmanager
def _bouncing(settings: Settings, tmp_path: Path) -> Iterator[Settings]:
    """Run PgBouncer with our file, and give the settings of a site behind it."""
    url, port = make_url(settings.database_url), free_port()
    written = (DEPLOY / "many" / "pgbouncer.ini").read_text()
    written = re.sub("^trainer = .*", f"{url.database} = host={url.host} port={url.port or 5432}", written, flags=re.M)
    for name, value in {"listen_port": port, "auth_type": "any", "default_pool_size": 2}.items():
        written = re.sub(f"^{name} = .*", f"{name} = {value}", written, flags=re.M)
    written = re.sub("^auth_file.*\n", "", written, flags=re.M) + "unix_socket_dir =\nlogfile = /dev/null\n"
    written = re.sub(r"host=(\S+)", rf"host=\1 user={url.username}", written)
    (tmp_path / "pgbouncer.ini").write_text(written)
    tmp_path.chmod(0o755)
    bouncer = subprocess.Popen(
        ["pgbouncer", "-q", *(["-u", "nobody"] if os.getuid() == 0 else []), str(tmp_path / "pgbouncer.ini")]
    )
    try:
        _wait_for(port)
        pooled = url.set(host="127.0.0.1", port=port).render_as_string(hide_password=False)
        yield replace(settings, database_url=pooled)
    finally:
        bouncer.kill()  # asked to end, it would wait for its clients
        bouncer.wait()


def _sign_up_many(app: Flask, address: str) -> str:
    """Return the cookie of the last one."""
    from tests.journeys.machines import Machines

    machines = Machines(app, [address])
    for number in range(12):
        visitor = machines.visitor()
        visitor.sign_up(f"pooled{number}@example.org")
        visitor.enroll()
        assert visitor.get("/me").status_code == 200
    return str(visitor.cookie())


def _wait_for(port: int) -> None:
    for _attempt in range(600):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.1)
    raise AssertionError("nothing listens")


def test_one_server_is_set_up_in_six_commands() -> None:
    chapter = (ROOT / "docs/operate.md").read_text("utf-8").partition("### One server")[2].partition("\n### ")[0]
    commands = [line for line in chapter.partition("```")[2].partition("```")[0].splitlines() if line]
    assert 0 < len(commands) <= 6
    for path in re.findall(r"deploy/[\w./*-]+", chapter):
        assert list(ROOT.glob(path)), path
