"""The worker's process, `python -m trainer.cli.worker MODULE:FACTORY`: what `flask jobs run` does.

The command line of Flask imports what any command may need, such as Alembic. This process stays for weeks.
"""

from __future__ import annotations

import sys
from importlib import import_module

from flask import Flask

from trainer.jobs import runner


def main() -> None:
    """Build the app that is named, and run its jobs until stopped."""
    module, _, factory = sys.argv[-1].partition(":")
    app: Flask = getattr(import_module(module), factory)()  # by its name: a command knows nothing above it
    with app.app_context():
        runner.run()


if __name__ == "__main__":
    main()
