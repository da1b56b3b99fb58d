"""`flask healthcheck`, or `python -m trainer.cli.healthcheck` without loading the app: ask the site on this machine.

For units and containers: exit code 0 if all is well, 1 if not, and one line that says why.
"""

from __future__ import annotations

import os
import sys

import click

from trainer.operating.asking import ask


@click.command("healthcheck")
@click.option("--alive", is_flag=True, help="Ask only whether the process answers, not whether it can serve.")
def healthcheck(alive: bool) -> None:
    """Ask the site on this machine whether it is ready; exit code 1 if it isn't."""
    port = os.environ.get("PORT", "").strip() or "8000"
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise click.ClickException(f"PORT is {port!r}. It must be a whole number from 1 to 65535.")
    is_well, line = ask("/healthz" if alive else "/readyz", os.environ.get("HOST", "127.0.0.1"), int(port))
    click.echo(line)
    sys.exit(0 if is_well else 1)


if __name__ == "__main__":
    healthcheck()
