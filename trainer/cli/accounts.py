"""`flask accounts`: help someone who can't sign in anymore."""

from __future__ import annotations

import click

from trainer.accounts.operations import end_sessions
from trainer.accounts.queries import find_user_by_email_key, get_user
from trainer.accounts.rules import email_key
from trainer.accounts.second_factor import turn_off
from trainer.cli.groups import Commands
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import DomainError

accounts_cli = Commands("accounts", help="Help someone who can't sign in anymore.")


@accounts_cli.command("remove-second-factor")
@click.argument("email")
def remove_second_factor(email: str) -> None:
    """Turn off an account's second step and sign it out everywhere; the person is told by email."""
    try:
        with transaction():
            user = find_user_by_email_key(email_key(email) or "")
            if user is None:
                raise click.ClickException("There is no account with this address.")
            turn_off(get_user(user.id), now(), by_operator=True)
            end_sessions(user.id, now())
    except DomainError as error:
        raise click.ClickException(error.message) from error
    print("Removed. The account signs in with its password alone.")
