"""`flask mail`: what was ordered, sent, given up."""

from __future__ import annotations

import uuid

import click
from flask.cli import AppGroup

from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.outbox import find_message, list_messages, try_again
from trainer.jobs.letters import write

mail_cli = AppGroup("mail", help="Look at mails, and send one again.")


@mail_cli.command("list")
@click.option("--dead", is_flag=True, help="Only those that were given up.")
def list_mails(dead: bool) -> None:
    """List the newest mails with their state."""
    messages = list_messages(dead_only=dead)
    for one in messages:
        state = (
            "sent" if one.sent_at else f"given up: {one.last_error}" if one.dead_at else f"waiting, {one.tries} tries"
        )
        print(f"{one.id}  {one.created_at:%Y-%m-%d %H:%M}  {one.template:18} {one.recipient}  {state}")
    print(f"{len(messages)} mail(s).")


@mail_cli.command("show")
@click.argument("number", type=click.UUID)
def show(number: uuid.UUID) -> None:
    """Print what a mail says, links included: for an installation without a mail server."""
    message = find_message(number)
    if message is None:
        raise click.ClickException("There is no such mail.")
    letter = write(message)
    if letter is None:
        raise click.ClickException("It is no longer needed: its link was used or has expired.")
    print(f"To: {message.recipient}\nSubject: {letter.subject}\n\n{letter.text}")


@mail_cli.command("retry")
@click.argument("number", type=click.UUID)
def retry(number: uuid.UUID) -> None:
    """Take up a mail again that was given up."""
    with transaction():
        if not try_again(number, now()):
            raise click.ClickException("There is no such mail among those given up.")
    print("It will be tried again at once.")
