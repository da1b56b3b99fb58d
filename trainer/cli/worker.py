"""The worker's process, `python -m trainer.cli.worker MODULE:FACTORY`: what `flask jobs run` does.

The command line of Flask imports what any command may need, such as Alembic. This process stays for weeks.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

from flask import Flask

from trainer.cli.following import catch_up, follow
from trainer.cli.supervisor import name_process
from trainer.cli.watching import Watch
from trainer.core.schema import check_schema
from trainer.core.skew import check_clock
from trainer.jobs import runner
from trainer.operating.metrics import begin_metrics


def main(app: Flask | None = None) -> None:
    """Build the app that is named, or take the one given, and run its jobs until stopped."""
    name_process("trainer-worker")
    if hasattr(os, "nice"):
        os.nice(5)  # when both want the processor, someone waiting for a page comes first
    if app is None:
        module, _, factory = sys.argv[-1].partition(":")
        app = getattr(import_module(module), factory)()  # by its name: a command knows nothing above it
    with app.app_context():
        work(app)


def work(app: Flask) -> None:
    """Run the app's jobs until stopped, with the content that is in service."""
    check_schema()
    check_clock()
    catch_up(app)
    settings = app.config["SETTINGS"]
    follow(app, Watch(settings) if settings.watch_content else None)
    begin_metrics(app)
    runner.run()


if __name__ == "__main__":
    main()
