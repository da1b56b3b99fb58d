"""`flask mail`: what was ordered, sent, given up."""

from __future__ import annotations

import smtplib
import uuid
from contextlib import closing
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

import click
from flask import current_app

from trainer.cli.groups import Commands
from trainer.content.serving import served
from trainer.core.audit import note
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.isolation import describe
from trainer.core.outbox import OutboxMessage, find_message, give_up_all, list_messages, try_again
from trainer.core.outbox import give_up as give_up_mail
from trainer.core.settings import VARIABLES
from trainer.jobs.delivery import SmtpConnection, fault_of
from trainer.jobs.emails import write

mail_cli = Commands("mail", help="Look at emails, send one again or a test, or give up on some.")
BY_OPERATOR = "given up by an operator"


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


@mail_cli.command("give-up")
@click.argument("number", type=click.UUID, required=False)
@click.option("--to-domain", metavar="DOMAIN", help="All emails waiting for addresses at this domain.")
def give_up(number: uuid.UUID | None, to_domain: str | None) -> None:
    """Stop trying to send an email, or all to one domain. Its links stay valid until they expire."""
    if (number is None) == (to_domain is None):
        raise click.ClickException("Name one email, or add --to-domain DOMAIN.")
    with transaction():
        if number is not None:
            if not give_up_mail(number, BY_OPERATOR, now()):
                raise click.ClickException("No email with this ID is waiting.")
            count = 1
        else:
            domain = str(to_domain).removeprefix("@")
            count = give_up_all(domain, BY_OPERATOR, now())
            if not count:
                raise click.ClickException(f"No email is waiting for an address at {domain}.")
        note("mail.given_up", now(), subject_id=number, domain=to_domain, mails=count)
    print(f"{count} email(s) given up: they won't be sent, and `flask mail list --dead` lists them.")
    print("To send one after all: flask mail retry ID")


@mail_cli.command("test")
@click.argument("address")
def send_test(address: str) -> None:
    """Send a test email right away, and say what the mail server answers."""
    settings = current_app.config["SETTINGS"]
    if settings.smtp_url is None:
        raise click.ClickException(f"No mail server is set. Set {VARIABLES['smtp_url']}.")
    site = served().site.name
    mail = EmailMessage()
    try:
        mail["From"] = Address(site, addr_spec=settings.mail_from)
        mail["To"] = Address(addr_spec=address)
    except (ValueError, HeaderParseError):
        raise click.ClickException(f"{address} isn't an email address.") from None
    mail["Subject"] = f"Test email from {site}"
    mail["Date"] = format_datetime(now())
    mail["Message-ID"] = make_msgid(domain=settings.mail_from.rpartition("@")[2])
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(f"If you can read this, email from {settings.base_url} reaches you.\n")
    try:
        with closing(SmtpConnection(settings.smtp_url, allows_plain=settings.smtp_plain)) as line:
            line.open().send_message(mail, from_addr=settings.mail_from, to_addrs=[address])
    except (OSError, smtplib.SMTPException) as error:
        raise click.ClickException(f"The test email wasn't sent: {fault_of(error).text}") from None
    print(f"The mail server took a test email from {settings.mail_from} to {address}.")
    print("If it doesn't arrive, look for it among spam, and check SPF and DKIM for the sender's domain.")


def _state(message: OutboxMessage) -> str:
    if message.sent_at:
        return "sent"
    if message.dead_at:
        return f"given up: {message.last_error}"
    return f"waiting, {message.tries} tries" + (f": {message.last_error}" if message.last_error else "")
