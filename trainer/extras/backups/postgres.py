"""A PostgreSQL database: dumped as of one instant and put back in one transaction, with PostgreSQL's own programs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from threading import Thread
from typing import IO, Final

import click
from sqlalchemy import Connection, text
from sqlalchemy.engine import URL

from trainer.cli.migrating import in_use
from trainer.extras.backups.age import Sink
from trainer.extras.backups.notes import ASIDE_SCHEMA

FILE: Final = "trainer.dump"
NAME: Final = "trainer-restore"
"""What connections that restore are called."""
_CHUNK: Final = 1 << 20
_COPY: Final = re.compile(rb"COPY public\.(\w+) \(([^)]*)\) FROM stdin;\n")


def find_program(name: str, connection: Connection | None = None) -> str:
    """Return the path of a program of PostgreSQL. Raises ClickException if it is missing or older than the server."""
    path = shutil.which(name)
    if path is None:
        raise click.ClickException(
            f"{name} isn't installed. On Debian: apt-get install postgresql-client, in the server's version or later."
        )
    if connection is None:
        return path
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603 found by name
    version = re.search(r"(\d+)(?:\.\d+)?", said)
    server = int(connection.scalar(text("SHOW server_version_num")) or 0) // 10_000
    if version is None or int(version[1]) < server:
        raise click.ClickException(
            f"{name} is of version {version[1] if version else 'unknown'}, and the server of {server}. Install the "
            f"client programs of version {server} or later."
        )
    return path


def dump(url: URL, connection: Connection, snapshot: str) -> Iterator[bytes]:
    """Yield a dump of the database as an open transaction sees it, which has exported the snapshot.

    Raises ClickException.
    """
    options = ["--format=custom", "--no-owner", "--no-privileges", "--schema=public", f"--snapshot={snapshot}"]
    command = [find_program("pg_dump", connection), *options, _address(url)]
    with _running(command, url, stdout=subprocess.PIPE) as (process, failure):
        assert process.stdout is not None
        while chunk := process.stdout.read(_CHUNK):
            yield chunk
        if process.wait():
            raise click.ClickException(f"pg_dump failed: {failure()}")


def read_script(feed: Callable[[Sink], None]) -> Iterator[bytes]:
    """Yield what a dump holds as the lines of an SQL script. Raises ClickException for a damaged one.

    `feed`: passes the dump on, in a thread of its own.
    """
    with (
        _running([find_program("pg_restore"), "--no-owner", "--no-privileges", "--file=-"]) as (process, failure),
        _feeding(process, feed) as problem,
    ):
        assert process.stdout is not None
        yield from process.stdout
        if (wrong := problem()) is not None:
            raise wrong
        if process.wait():
            raise click.ClickException(f"The dump can't be read: {failure()}")


def count_rows(lines: Iterable[bytes]) -> tuple[dict[str, int], str | None]:
    """Return how many rows a script has for each table, and the revisions that it is at, or None without any."""
    counts: dict[str, int] = {}
    table: str | None = None
    stated: list[str] = []
    for line in lines:
        if table is not None:
            if line == b"\\.\n":
                table = None
                continue
            counts[table] += 1
            if table == "alembic_version":
                stated.append(line.decode().strip())
        elif begun := _COPY.match(line):
            table = begun[1].decode()
            counts[table] = 0
    return counts, " ".join(sorted(stated)) or None


def restore(
    url: URL, connection: Connection, script: Iterable[bytes], statements_for: Callable[[Collection[str]], list[str]]
) -> None:
    """Put a script in the place of all that is in the database, in one transaction: all of it or nothing.

    What was there is kept in the schema `replaced`. Raises ClickException; then everything is as it was.
    """
    command = [find_program("psql", connection), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-", _address(url)]
    with _running(command, url, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as (process, failure):
        assert process.stdin is not None
        tables: set[str] = set()
        try:
            process.stdin.write(
                b"BEGIN;\nSET client_min_messages = warning;\n"
                + f"DROP SCHEMA IF EXISTS {ASIDE_SCHEMA} CASCADE;\n".encode()
                + f"ALTER SCHEMA public RENAME TO {ASIDE_SCHEMA};\n".encode()
                + b"CREATE SCHEMA public;\n"
            )
            for line in script:
                if line == b"CREATE SCHEMA public;\n":
                    continue
                if begun := _COPY.match(line):
                    tables.add(begun[1].decode())
                process.stdin.write(line)
            process.stdin.write(b"SET search_path = public;\n")
            for statement in statements_for(tables):
                process.stdin.write(statement.encode() + b";\n")
            process.stdin.flush()
            if in_use(connection, NAME):
                raise click.ClickException("Someone else has started using the database. Nothing was restored.")
            process.stdin.write(b"COMMIT;\n")
            process.stdin.close()
        except BrokenPipeError:
            process.wait()
        if process.wait():
            raise click.ClickException(f"The database refused the backup and is unchanged: {failure()}")


def _address(url: URL) -> str:
    # Without the password, which everyone on the machine could see in the list of processes.
    return url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)


def _environ(url: URL | None) -> Mapping[str, str]:
    password = {"PGPASSWORD": str(url.password)} if url is not None and url.password else {}
    return {**os.environ, **password, "PGAPPNAME": NAME, "LC_MESSAGES": "C", "PGCONNECT_TIMEOUT": "10"}


@contextmanager
def _running(
    command: list[str], url: URL | None = None, *, stdin: int | None = subprocess.PIPE, stdout: int = subprocess.PIPE
) -> Iterator[tuple[subprocess.Popen[bytes], Callable[[], str]]]:
    """Run a program until the end of the block; with it comes a function that returns what it complains about."""
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, env=_environ(url), stdin=stdin, stdout=stdout, stderr=errors)  # noqa: S603 as above

        def failure() -> str:
            errors.seek(0)
            lines = [line for line in errors.read().decode(errors="replace").splitlines() if line.strip()]
            telling = [line.strip() for line in lines if re.search(r"[Ee]rror:|ERROR|FATAL", line)]
            return [*telling, *lines, f"it ended with {process.returncode}"][0]

        try:
            yield process, failure
        finally:
            process.kill()  # of no effect on one that has ended
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with suppress(BrokenPipeError):
                        pipe.close()


@contextmanager
def _feeding(
    process: subprocess.Popen[bytes], feed: Callable[[Sink], None]
) -> Iterator[Callable[[], BaseException | None]]:
    """Write to a program while its output is read; with it comes a function that returns what went wrong in writing."""
    assert process.stdin is not None
    problems: list[BaseException] = []
    thread = Thread(target=_feed, args=(process.stdin, feed, problems), daemon=True)
    thread.start()

    def problem() -> BaseException | None:
        thread.join()
        return problems[0] if problems else None

    try:
        yield problem
    finally:
        process.kill()
        thread.join()


def _feed(pipe: IO[bytes], feed: Callable[[Sink], None], problems: list[BaseException]) -> None:
    try:
        feed(pipe.write)
    except BrokenPipeError:
        pass  # the program says why it has ended
    except BaseException as error:
        problems.append(error)
    with suppress(BrokenPipeError):
        pipe.close()
