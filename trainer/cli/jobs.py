"""`flask jobs`: the worker."""

from __future__ import annotations

from flask.cli import AppGroup

from trainer.jobs import runner

jobs_cli = AppGroup("jobs", help="Work that nobody waits for.")


@jobs_cli.command("run")
def run() -> None:
    """Deliver mail, keep up what firms require and tidy up until stopped. `flask serve` starts this by itself."""
    runner.run()
