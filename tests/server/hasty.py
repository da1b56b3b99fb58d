"""Our server with less patience: what happens once it has none left is seen sooner."""

from __future__ import annotations

from typing import Final

from flask import Flask

from trainer import serving as real
from trainer.core import connections
from trainer.server import intake
from trainer.serving import create_server

__all__ = ["create_server", "preload"]

SERVER: Final = f"{__name__}:create_server"
IDLE: Final = 3.0
GRACE: Final = 3.0


def preload(app: Flask | None = None) -> None:
    """Build the app in the web server's main process, which its workers are forked from."""
    intake.IDLE, intake.GRACE = IDLE, GRACE  # type: ignore[misc]
    connections.BUSY_TIMEOUT_MS = 1_000
    real.preload(app)
