"""`flask accounts`: help someone who can't sign in anymore, and keep out people who shouldn't be in."""

from __future__ import annotations

import click

from trainer.accounts.models import User
from trainer.accounts.operations import disable_account, enable_account, end_sessions, sign_out_everywhere
from trainer.accounts.queries import find_user_by_email_key, get_user
from trainer.accounts.rules import email_key
from trainer.accounts.second_factor import turn_off
from trainer.cli.groups import Commands
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import DomainError
from trainer.core.feature import ask_extra

accounts_cli = Commands("accounts", help="Help people who can't sign in anymore, and keep others out.")


@accounts_cli.command("remove-second-factor")
@click.argument("email")
def remove_second_factor(email: str) -> None:
    """Turn off every second step of an account and sign it out everywhere; the person gets an email."""
    try:
        with transaction():
            user = _get_user(email)
            had_others = ask_extra("remove_passkeys", user, now())
            if user.has_second_factor or not had_others:
                turn_off(user, now(), by_operator=True)
            end_sessions(user.id, now())
    except DomainError as error:
        raise click.ClickException(error.message) from error
    print("Removed. The account signs in with its password alone.")


@accounts_cli.command("sign-out")
@click.argument("email")
def sign_out(email: str) -> None:
    """Sign an account out on all devices."""
    with transaction():
        sign_out_everywhere(_get_user(email).id, now(), by_operator=True)
    print("Signed out everywhere.")


@accounts_cli.command("disable")
@click.argument("email")
def disable(email: str) -> None:
    """Sign an account out on all devices and let nobody sign in to it. Nothing is deleted."""
    try:
        with transaction():
            disable_account(_get_user(email), now())
    except DomainError as error:
        raise click.ClickException(error.message) from error
    print("Disabled and signed out everywhere. `flask accounts enable` undoes it.")


@accounts_cli.command("enable")
@click.argument("email")
def enable(email: str) -> None:
    """Let the owner of a disabled account sign in again."""
    try:
        with transaction():
            enable_account(_get_user(email), now())
    except DomainError as error:
        raise click.ClickException(error.message) from error
    print("Enabled. Its owner can sign in as before.")


def _get_user(email: str) -> User:
    user = find_user_by_email_key(email_key(email) or "")
    if user is None:
        raise click.ClickException("There is no account with this address.")
    return get_user(user.id)
