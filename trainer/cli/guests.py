"""`flask guests`: forget guests whose browsers have forgotten them."""

from __future__ import annotations

from flask.cli import AppGroup

from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.joining.operations import forget_guests

guests_cli = AppGroup("guests", help="Forget guests.")


@guests_cli.command("forget")
def forget() -> None:
    """Delete guests who have not been here for longer than their cookie lasts."""
    with transaction():
        gone = forget_guests(now())
    print(f"{gone} guest(s) forgotten.")
