"""`flask serve`: set everything up, then become the supervisor of web server and worker."""

from __future__ import annotations

import os
import signal
import sys
from typing import Final

import click
from flask.cli import ScriptInfo

from trainer.cli.following import put_into_service
from trainer.cli.setup import prepare
from trainer.core.db import dispose_engines
from trainer.core.keys import SERVED
from trainer.core.settings import VARIABLES, Settings
from trainer.operating.metrics import clear_metrics, is_answered
from trainer.server.instance_lock import hold
from trainer.server.start import allow_files, listen, start

# By their names: a command knows nothing above it.
SERVER: Final = "trainer.serving:create_server"
WORKER: Final = "trainer.serving:run_worker"


@click.command("serve")
@click.option("--web-only", is_flag=True, help="Run no worker, because `flask jobs run` runs one elsewhere.")
@click.pass_obj
def serve(info: ScriptInfo, web_only: bool) -> None:
    """Migrate, check the content, and serve until stopped. Web server or worker is started again when it ends."""
    for number in (signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(number, signal.SIG_IGN)  # nothing can be reloaded before the supervisor runs
    allow_files()
    app = info.load_app()
    settings = app.config["SETTINGS"]
    with app.app_context():
        lock = hold(settings.instance, settings.keys.current.id)
        os.environ[SERVED] = settings.keys.current.id
        listener = listen(settings.host, settings.port)
        if settings.metrics_port:
            _check_metrics_port(settings)
            clear_metrics(settings)
        prepare()
        put_into_service(app)
        dispose_engines()  # a connection can't be shared by processes
    print("Stop it with Ctrl+C.", flush=True)
    reload = [sys.executable, "-m", "flask", "--app", "trainer.app", "content", "reload"]
    start(app, lock, listener, factory=SERVER, work=None if web_only else WORKER, reload=reload)


def _check_metrics_port(settings: Settings) -> None:
    """Raise ClickException if something else has the port; a worker of ours may, and leaves it to us when it ends."""
    try:
        listen(settings.metrics_host, settings.metrics_port, VARIABLES["metrics_port"].removesuffix("PORT")).close()
    except click.ClickException:
        if not is_answered(settings):
            raise
