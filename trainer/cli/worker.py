"""The worker's process, `python -m trainer.cli.worker MODULE:FACTORY`: what `flask jobs run` does.

The command line of Flask imports what any command may need, such as Alembic. This process stays for weeks.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

from flask import Flask

from trainer.cli.supervisor import name_process
from trainer.jobs import runner


def main(app: Flask | None = None) -> None:
    """Build the app that is named, or take the one given, and run its jobs until stopped."""
    name_process("trainer-worker")
    if hasattr(os, "nice"):
        os.nice(5)  # when both want the processor, someone waiting for a page comes first
    if app is None:
        module, _, factory = sys.argv[-1].partition(":")
        app = getattr(import_module(module), factory)()  # by its name: a command knows nothing above it
    with app.app_context():
        runner.run()


if __name__ == "__main__":
    main()
