"""What nothing of ours is part of: nginx sending the same bytes, SQLite committing the same row, and pgbench."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy import create_engine, event
from sqlalchemy.engine import make_url

from tests.bench import load
from tests.bench.figures import Turn
from tests.databases import postgres_database
from tests.live import free_port
from trainer.core import connections as ours

_NGINX: Final = """
daemon off;
user {user};
worker_processes 2;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log off;
  types {{ }}
  default_type "text/html; charset=utf-8";
  keepalive_requests 1000000;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    root {folder}/pages;
    {headers}
  }}
}}
"""
_TPS: Final = re.compile(r"^tps = ([\d.]+)", re.M)


@contextmanager
def nginx(address: str, path: str, folder: Path) -> Iterator[tuple[str, int] | None]:
    """Serve what a page is now, byte for byte, with nginx; yield its address and process, or None without nginx."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        yield None
        return
    answer = asyncio.run(_ask(address, path))
    file = folder / "pages" / path.lstrip("/")
    file.parent.mkdir(parents=True)
    file.write_bytes(answer.body)
    kept = {"content-encoding", "cache-control", "vary", "content-security-policy", "referrer-policy"}
    headers = "\n    ".join(
        f'add_header {name} "{value}";' for name, value in answer.headers.items() if name in kept and '"' not in value
    )
    port, user = free_port(), "root" if os.geteuid() == 0 else "nobody"
    (folder / "nginx.conf").write_text(_NGINX.format(folder=folder, port=port, headers=headers, user=user))
    command = [program, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    process = subprocess.Popen(command)
    try:
        served = f"http://127.0.0.1:{port}"
        for _try in range(50):
            if process.poll() is not None:
                raise RuntimeError((folder / "error.log").read_text())
            try:
                same = asyncio.run(_ask(served, path))
                break
            except OSError:
                time.sleep(0.1)
        assert same.body == answer.body
        yield served, process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


def sqlite_commits(database: Path, seconds: float) -> Turn:
    """Commit changes of one response, one after another, in a copy of a database on the same disk and with our
    settings."""
    copy = database.with_name("floor.db")
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    engine = create_engine(f"sqlite:///{copy}")
    event.listen(engine, "connect", ours._prepare_sqlite)
    connection = engine.raw_connection()
    cursor, done = connection.cursor(), 0
    cursor.execute("SELECT attempt_id, position FROM responses WHERE given IS NOT NULL LIMIT 1")
    key = tuple(cursor.fetchone() or ())
    began, cpu = time.perf_counter(), time.process_time()
    while time.perf_counter() < began + seconds:
        done += 1
        verdict = ("report-now", "nothing-to-report")[done % 2]
        cursor.execute("BEGIN IMMEDIATE")
        cursor.execute(
            "UPDATE responses SET given = ?, version = ?, saved_at = ? WHERE attempt_id = ? AND position = ?",
            [f'{{"verdict": "{verdict}"}}', done, "2026-11-27 09:00:00.000000", *key],
        )
        cursor.execute("COMMIT")
    turn = Turn(done / (time.perf_counter() - began), (time.process_time() - cpu) / done)
    connection.close()
    engine.dispose()
    for path in copy.parent.glob("floor.db*"):
        path.unlink()
    return turn


@contextmanager
def pgbench(server_url: str) -> Iterator[Sequence[str] | None]:
    """Prepare a database for pgbench; yield the command that runs it, or None where there is no pgbench."""
    program = find_pgbench()
    if program is None:
        yield None
        return
    with postgres_database(server_url, f"trainer_pgbench_{os.getpid()}") as address:
        url = make_url(address).set(drivername="postgresql").render_as_string(hide_password=False)
        subprocess.run([program, "--initialize", "--quiet", url], check=True, capture_output=True)
        yield [program, "--skip-some-updates", "--no-vacuum", "--protocol=prepared", url]


def find_pgbench() -> str | None:
    """Return where pgbench is, or None."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return shutil.which("pgbench") or next(
        (str(folder / "pgbench") for folder in folders if (folder / "pgbench").exists()), None
    )


def run_pgbench(command: Sequence[str], clients: int, seconds: float) -> Turn:
    """Return how many transactions a second pgbench does. Its CPU time and the database server's aren't measured."""
    options = [f"--client={clients}", "--jobs=2", f"--time={max(1, round(seconds))}"]
    ended = subprocess.run([command[0], *options, *command[1:]], check=True, capture_output=True, text=True)
    rate = _TPS.search(ended.stdout)
    assert rate is not None, ended.stdout
    return Turn(float(rate[1]), 0.0)


async def _ask(address: str, path: str) -> load.Answer:
    parts = urlsplit(address)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    answer = await load.Connection(reader, writer).send(load.get(path, parts.netloc))
    writer.close()
    return answer
