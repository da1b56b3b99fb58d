"""`flask mail`: what was ordered, sent, given up."""

from __future__ import annotations

import uuid

import click

from trainer.cli.groups import Commands
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.outbox import OutboxMessage, find_message, list_messages, try_again
from trainer.jobs.isolation import describe
from trainer.jobs.letters import write

mail_cli = Commands("mail", help="Look at mails, and send one again.")


@mail_cli.command("list")
@click.option("--dead", is_flag=True, help="Only those that were given up.")
def list_mails(dead: bool) -> None:
    """List the newest emails with their state."""
    messages = list_messages(dead_only=dead)
    for message in messages:
        written = f"{message.created_at:%Y-%m-%d %H:%M}"
        print(f"{message.id}  {written}  {message.template:18} {message.recipient}  {_state(message)}")
    print(f"{len(messages)} mail(s).")


@mail_cli.command("show")
@click.argument("number", type=click.UUID)
def show(number: uuid.UUID) -> None:
    """Print an email, links included: for an installation without a mail server."""
    message = find_message(number)
    if message is None:
        raise click.ClickException("There is no such email.")
    try:
        letter = write(message)
    except Exception as error:  # whatever it is, the operator wants to know it in a line
        raise click.ClickException(f"It can't be written: {describe(error)}: {error}") from error
    if letter is None:
        raise click.ClickException("It is no longer needed: its link was used or has expired.")
    print(f"To: {message.recipient}\nSubject: {letter.subject}\n\n{letter.text}")
    for file in letter.files:
        print(f"With {file.name}, {len(file.data)} bytes.")


@mail_cli.command("retry")
@click.argument("number", type=click.UUID)
def retry(number: uuid.UUID) -> None:
    """Retry an email that was given up."""
    with transaction():
        if not try_again(number, now()):
            raise click.ClickException("There is no such email among those given up.")
    print("It will be tried again right away.")


def _state(message: OutboxMessage) -> str:
    if message.sent_at:
        return "sent"
    if message.dead_at:
        return f"given up: {message.last_error}"
    return f"waiting, {message.tries} tries" + (f": {message.last_error}" if message.last_error else "")
