"""`flask admin`: what the administrator of an installation decides."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import DomainError
from trainer.instructing.operations import approve_instructor, revoke_instructor

admin_cli = AppGroup("admin", help="Decide what the administrator decides.")


@admin_cli.command("approve-instructor")
@click.argument("email")
@click.option("--revoke", is_flag=True, help="Take the approval back.")
def approve(email: str, revoke: bool) -> None:
    """Let someone who has an account teach public classes."""
    try:
        with transaction():
            user = (revoke_instructor if revoke else approve_instructor)(email, now())
    except DomainError as error:
        raise click.ClickException(error.message) from error
    print(f"{'Taken back' if revoke else 'Approved'}: {user.email}.")
