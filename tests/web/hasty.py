"""Our server with less patience: what happens once it has none left is seen sooner."""

from __future__ import annotations

from typing import Final

from flask import Flask

from trainer import app as real
from trainer.app import create_server
from trainer.core import db
from trainer.web import intake

__all__ = ["create_server", "preload"]

SERVER: Final = f"{__name__}:create_server"
IDLE: Final = 3.0
GRACE: Final = 3.0


def preload(app: Flask | None = None) -> None:
    """Build the app in the web server's main process, which its workers are forked from."""
    intake.IDLE, intake.GRACE = IDLE, GRACE  # type: ignore[misc]
    db.BUSY_TIMEOUT_MS = 1_000
    real.preload(app)
