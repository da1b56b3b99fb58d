"""`flask guests`: forget guests whose browsers have forgotten them."""

from __future__ import annotations

from trainer.cli.groups import Commands
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.joining.operations import forget_guests

guests_cli = Commands("guests", help="Forget guests.")


@guests_cli.command("forget")
def forget() -> None:
    """Delete guests who have been away longer than their cookie lasts."""
    with transaction():
        gone = forget_guests(now())
    print(f"{gone} guest(s) forgotten.")
