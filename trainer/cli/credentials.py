"""`flask credentials`: withdraw a credential."""

from __future__ import annotations

import click

from trainer.cli.groups import Commands
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import DomainError
from trainer.credentials.rules import show_serial
from trainer.learning.certificates import withdraw

credentials_cli = Commands("credentials", help="Withdraw credentials.")


@credentials_cli.command("revoke")
@click.argument("serial")
@click.option("--reason", required=True, help="Shown to everyone who checks the number.")
def revoke_credential(serial: str, reason: str) -> None:
    """Withdraw a credential by its number; its page shows that from now on."""
    try:
        with transaction():
            credential = withdraw(serial, reason, now())
    except DomainError as error:
        raise click.ClickException(error.message) from error
    print(f"Withdrawn: {show_serial(credential.serial)}, {credential.holder_name}, {credential.course_title}.")
