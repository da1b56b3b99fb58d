"""`flask seed`: fill an installation for a look around."""

from __future__ import annotations

import datetime as dt
import secrets
import time

import click
from flask import current_app
from flask.cli import AppGroup

from trainer.accounts.password_rules import LEAST, MOST, find_fault
from trainer.accounts.passwords import hash_password
from trainer.cli.setup import prepare
from trainer.content.serving import served
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.core.errors import DomainError
from trainer.core.outbox import NO_SERVER, give_up_all
from trainer.organizations.queries import is_named
from trainer.tools.demo.names import DOMAIN, FIRM
from trainer.tools.demo.people import DemoPerson
from trainer.tools.demo.story import Story

PEOPLE = {"alice": "owner", "mona": "manager of all", "mark": "site manager", "ines": "instructor", "bob": "guard"}

seed_cli = AppGroup("seed", help="Fill an installation for a look around.")


@seed_cli.command("demo")
@click.option(
    "--guards",
    default=400,
    show_default=True,
    type=click.IntRange(20, 1000),
    help="Number of guards on the roster today.",
)
@click.option("--password", is_flag=True, help="Ask for a password for the five people listed at the end.")
def demo(guards: int, password: bool) -> None:
    """Create a made-up firm with two years of history, through the operations the pages use. Loopback only."""
    settings = current_app.config["SETTINGS"]
    if not settings.is_local or settings.smtp_url:
        raise click.ClickException("The made-up firm needs a loopback address and no mail server.")
    hidden = _ask() if password else None
    prepare()
    if is_named(FIRM):
        raise click.ClickException(f"A firm named {FIRM} already exists. Use a new TRAINER_INSTANCE.")
    started, instant = time.perf_counter(), now()
    try:
        _tell(guards, hidden, instant)
    except DomainError as error:
        raise click.ClickException(error.message) from error
    print(f"Done in {time.perf_counter() - started:.0f} s. You can sign in as:")
    for account, role in PEOPLE.items():
        print(f"  {account}@{DOMAIN:14} {role}")
    if hidden is None:
        print("No passwords are set: ask for a new one at /password-reset, and read the email with `flask mail list`")
        print("and `flask mail show`, or in development at /dev/mail.")
    print("All but Bob are asked to set up a second step when they first open the firm.")


def _tell(guards: int, hidden: str | None, instant: dt.datetime) -> None:
    unknown = hash_password(secrets.token_urlsafe(32))
    known = hash_password(hidden) if hidden else unknown

    def password_hash(person: DemoPerson) -> str:
        return known if person.email.partition("@")[0] in PEOPLE else unknown

    story = Story(guards, password_hash, served(), instant)
    story.tell()
    shown = None
    for at in story.run():
        quarter = (at.year, (at.month - 1) // 3)
        if quarter != shown:
            print(f"{at:%B %Y} …", flush=True)
            shown = quarter
    story.keep_up(instant)
    with transaction():
        given_up = give_up_all(DOMAIN, NO_SERVER, instant)
    db.session.expunge_all()
    print(f"{given_up} emails that this queued are canceled: they never go out.")


def _ask() -> str:
    typed: str = click.prompt("Password for the five", hide_input=True, confirmation_prompt=True)
    if not LEAST <= len(typed) <= MOST:
        raise click.ClickException(f"A password has {LEAST} to {MOST} characters.")
    if find_fault(typed, [FIRM, DOMAIN, served().site.name]) is not None:
        raise click.ClickException("This password is too easy to guess. Use a few words.")
    return typed
