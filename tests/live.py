"""A real server in processes of its own, and requests that all arrive at once."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit
from urllib.request import urlopen

from tests.forked import Forked
from trainer.cli.serve import SERVER
from trainer.content.cache import NAME
from trainer.core.settings import ROOT, Settings
from trainer.server.start import web_command
from trainer.server.supervisor import PATIENCE

T = TypeVar("T")

_folder = tempfile.TemporaryDirectory(prefix="read")
_READ = Path(_folder.name)


@contextmanager
def serving(
    settings: Settings,
    *,
    workers: int = 2,
    content: Path | None = None,
    is_web_alone: bool = False,
    server: str = SERVER,
    **variables: str,
) -> Iterator[str]:
    """Serve an installation as `make serve` does, or by the web server alone, which starts sooner; yield its address.

    Alone, it begins with the content that such a server read before, for installations that share their secret.
    `server`: what makes the app, for a web server alone. `variables`: more of the environment.
    """
    port = free_port()
    process = begin(
        settings, port, workers=workers, content=content, is_web_alone=is_web_alone, server=server, **variables
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, process)
        if is_web_alone:
            shutil.copy(settings.instance / NAME, _READ / NAME)
        yield address
    finally:
        end(process)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def begin(
    settings: Settings,
    port: int,
    *,
    workers: int = 2,
    content: Path | None = None,
    is_web_alone: bool = False,
    server: str = SERVER,
    **variables: str,
) -> subprocess.Popen[bytes] | Forked:
    """Begin what `serving` serves with, at a port, without waiting for it."""
    settings = replace(settings, workers=workers, content=content or settings.content)
    command = [sys.executable, "-m", "flask", "--app", "trainer.app", "serve"]
    if is_web_alone:
        command = web_command(replace(settings, host="127.0.0.1", port=port, workers=workers), server)
        with suppress(FileNotFoundError):
            shutil.copy(_READ / NAME, settings.instance / NAME)
        if sys.platform == "linux":
            return Forked(command, environ_of(settings, port, **variables))
    return run(settings, command, port, **variables)


def run(settings: Settings, command: list[str], port: int, **variables: str) -> subprocess.Popen[bytes]:
    """Begin a program of ours with an installation's settings in its environment, as leader of a group."""
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environ_of(settings, port, **variables),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def environ_of(settings: Settings, port: int, **variables: str) -> dict[str, str]:
    """Return what leads a process to an installation."""
    environ = {
        **os.environ,
        "TRAINER_INSTANCE": str(settings.instance),
        "TRAINER_DATABASE_URL": settings.database_url,
        "TRAINER_SECRET_KEY": settings.secret_key,
        "TRAINER_CONTENT": str(settings.content),
        "TRAINER_WORKERS": str(settings.workers),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        **variables,
    }
    if settings.smtp_url is not None:
        environ["TRAINER_SMTP_URL"] = settings.smtp_url
    return environ


def end(server: subprocess.Popen[bytes] | Forked) -> None:
    """End a server and its workers. Granian may leave behind one that was still starting."""
    server.terminate()
    with suppress(subprocess.TimeoutExpired):
        server.wait(PATIENCE + 10)  # sooner, what it started would outlive it: each leads a group of its own
    with suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGKILL)
    server.wait()


def all_at_once(address: str, requests: list[tuple[str, dict[str, str], str]]) -> list[tuple[int, str]]:
    """Send POSTs, (path, fields, cookie), over connections of their own, so that all end in the same instant.

    Return (status, Location) of each.
    """
    return run_async(_all_at_once(address, requests))


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """Run something in a thread of its own: a browser test in this process may have a loop running."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


async def _all_at_once(address: str, requests: list[tuple[str, dict[str, str], str]]) -> list[tuple[int, str]]:
    parts = urlsplit(address)
    go = asyncio.Event()
    ready = asyncio.Semaphore(0)

    async def one(path: str, fields: dict[str, str], cookie: str) -> tuple[int, str]:
        body = urlencode(fields)
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nCookie: {cookie}\r\nConnection: close\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        # Everything but the last byte waits at the server; then the last bytes go out together.
        writer.write((head + body[:-1]).encode())
        await writer.drain()
        ready.release()
        await go.wait()
        writer.write(body[-1:].encode())
        answer = (await reader.read()).decode(errors="replace")
        writer.close()
        location = next((line[10:] for line in answer.split("\r\n") if line.lower().startswith("location: ")), "")
        return int(answer.split(" ", 2)[1]), location

    tasks = [asyncio.create_task(one(*request)) for request in requests]
    for _task in tasks:
        await ready.acquire()
    go.set()
    return list(await asyncio.gather(*tasks))


def is_up(address: str) -> bool:
    """Return whether a site answers."""
    try:
        with urlopen(address + "/verify", timeout=60):
            return True
    except OSError:
        return False


def _wait_for(address: str, server: subprocess.Popen[bytes] | Forked) -> None:
    for _attempt in range(900):
        assert server.poll() is None, f"the server ended with {server.returncode}"
        if is_up(address):
            return
        time.sleep(0.1)
    raise AssertionError("the server did not start")
