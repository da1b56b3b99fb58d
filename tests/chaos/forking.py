"""Web servers forked from one process that has the app, and forked again when they end: `flask serve` begins its first
one in the same way. Where a start would take seconds, hundreds of kills would take hours.

`python -m tests.chaos.forking PORT…`, with the settings of an installation in the environment.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from dataclasses import replace
from typing import NoReturn

from flask import Flask

from trainer.app import create_app
from trainer.cli.serve import SERVER
from trainer.content.serving import library
from trainer.core.db import dispose_engines
from trainer.server import web
from trainer.server.start import web_command
from trainer.server.supervisor import end_with


def main(ports: list[int]) -> NoReturn:
    """Keep a web server running on each port until this process is ended; they end with it."""
    end_with(os.getppid(), signal.SIGKILL)  # a run that is broken off leaves none behind
    app = create_app()
    with app.app_context():
        library()
        dispose_engines()
    running = {_fork(app, port): port for port in ports}
    while True:
        pid, _status = os.waitpid(-1, os.WNOHANG)
        if pid in running:
            port = running.pop(pid)
            running[_fork(app, port)] = port
        time.sleep(0.02)


def _fork(app: Flask, port: int) -> int:
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        end_with(parent, signal.SIGKILL)
        sys.argv = web_command(replace(app.config["SETTINGS"], port=port, workers=1), SERVER)[2:]
        web.main(app)
        sys.exit()
    return pid


if __name__ == "__main__":
    main([int(port) for port in sys.argv[1:]])
