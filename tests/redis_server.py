"""A Redis server of a test's own, which it may stop."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from tests.live import free_port


class RedisServer:
    """A Redis server of the test's own."""

    def __init__(self) -> None:
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def begin(self) -> Any:
        """Start it; return a client."""
        redis = pytest.importorskip("redis")

        run = ["redis-server", "--port", str(self.port), "--save", "", "--appendonly", "no", "--bind", "127.0.0.1"]
        self._process = subprocess.Popen(run, stdout=subprocess.DEVNULL, cwd="/tmp")
        client = redis.Redis(port=self.port)
        for _attempt in range(1200):
            with suppress(redis.RedisError):
                client.ping()
                return client
            time.sleep(0.05)
        raise AssertionError("Redis doesn't start")

    def tell(self, number: signal.Signals) -> None:
        """Send it a signal."""
        assert self._process is not None
        self._process.send_signal(number)
        if number == signal.SIGKILL:
            self._process.wait()


@pytest.fixture
def redis_server() -> Iterator[RedisServer]:
    pytest.importorskip("redis", reason="needs the package redis")
    if shutil.which("redis-server") is None:
        pytest.skip("needs redis-server")
    server = RedisServer()
    yield server
    with suppress(AssertionError):
        server.tell(signal.SIGKILL)
