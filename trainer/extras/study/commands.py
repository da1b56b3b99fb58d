"""`flask study`: allowing a firm or a class a trial, its protocol, closing it, and exporting its answers."""

from __future__ import annotations

import datetime as dt
import json
import random
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import current_app

from trainer.cli.groups import Commands
from trainer.content.serving import served
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import DomainError
from trainer.core.outbox import NO_SERVER, give_up_all
from trainer.extras.study.export import CODEBOOK, answers_table
from trainer.extras.study.made_up import DAYS, DOMAIN, ENROLLS, found, judge_first, judge_second
from trainer.extras.study.operations import allow, allow_in_class, close_trial
from trainer.extras.study.protocol import draw_protocol
from trainer.extras.study.queries import find_protocol, get_any, list_lines
from trainer.extras.study.rules import WAIT, WINDOW
from trainer.web.tables import csv_lines

study_cli = Commands("study", help="Trials of whether a course helps: allow, list, protocol, close, export.")


@study_cli.command("allow")
@click.argument("where_id", metavar="ID", type=click.UUID)
@click.option("--class", "in_class", is_flag=True, help="ID is of a class: it is in the address of its page.")
def allow_trial(where_id: uuid.UUID, *, in_class: bool) -> None:
    """Let a firm or a class set up a trial; its owners or instructor do the rest on the page of their study."""
    with _refusing(), transaction():
        trial_id = (allow_in_class(where_id, served(), now()) if in_class else allow(where_id, now())).id
    click.echo(f"Allowed: trial {trial_id}. Nothing happens until it is set up and opened under “Settings” there.")


@study_cli.command("list")
def list_trials() -> None:
    """List all trials, with how many agreed and how many of them withdrew."""
    for line in list_lines():
        trial = line.trial
        state = "closed" if trial.closed_at else "open" if trial.opened_at else "not open yet"
        made_up = ", made up" if trial.is_made_up else ""
        click.echo(f"{trial.id}  {state}{made_up}  {line.people} agreed, {line.withdrew} withdrew  {line.host.name}")


@study_cli.command("protocol")
@click.argument("trial_id", type=click.UUID)
@click.option("--pdf", type=click.Path(dir_okay=False, path_type=Path), help="Write it to this file as a PDF.")
@click.option("--version", type=int, help="Not the newest version, but this one.")
def protocol(trial_id: uuid.UUID, pdf: Path | None, version: int | None) -> None:
    """Print the frozen protocol of a trial, to the letter of which its digest is made."""
    with _refusing():
        frozen = find_protocol(get_any(trial_id), version)
    if frozen is None:
        raise click.ClickException("There is no such version. The first is frozen when the trial is opened.")
    click.echo(f"Version {frozen.version}, {frozen.frozen_at:%Y-%m-%d} (UTC), SHA-256 {frozen.digest}", err=True)
    if pdf is None:
        click.echo(frozen.text, nl=False)
    else:
        pdf.write_bytes(draw_protocol(frozen))


@study_cli.command("close")
@click.argument("trial_id", type=click.UUID)
def close(trial_id: uuid.UUID) -> None:
    """Close a trial for good: nobody waits anymore, and its answers can be exported."""
    with _refusing(), transaction():
        close_trial(get_any(trial_id), now())
    click.echo("Closed.")


@study_cli.command("export")
@click.argument("trial_id", type=click.UUID)
def export(trial_id: uuid.UUID) -> None:
    """Write the answers of a closed trial to standard output as CSV, under fresh codes. Nothing of it is kept."""
    with _refusing():
        for portion in csv_lines(answers_table(get_any(trial_id))):
            click.echo(portion, nl=False)


@study_cli.command("codebook")
def codebook() -> None:
    """Print what each column of an export means, as JSON."""
    click.echo(json.dumps(CODEBOOK, indent=2))


@study_cli.command("made-up")
@click.option("--people", default=130, show_default=True, type=click.IntRange(10, 1000), help="How many take part.")
@click.option("--seed", default=1, show_default=True, help="From which their answers are drawn; lots never repeat.")
def made_up(people: int, seed: int) -> None:
    """Run a study of made-up people from invitation to closing, to try export and analysis on. Loopback only."""
    settings = current_app.config["SETTINGS"]
    if not settings.is_local or settings.smtp_url:
        raise click.ClickException("A made-up study needs a loopback address and no mail server.")
    rng, start, content = random.Random(seed), now() - dt.timedelta(days=DAYS), served()  # noqa: S311 made up
    with _refusing():
        with transaction():
            trial, persons = found(people, content, rng, start)
            trial_id = trial.id
        for person in persons:
            with transaction():
                judge_first(person, trial_id, content, rng, start)
        for person in persons:
            with transaction():
                judge_second(person, trial_id, content, rng)
        with transaction():
            close_trial(get_any(trial_id), start + ENROLLS + WAIT + WINDOW)
            give_up_all(DOMAIN, NO_SERVER, now())
    click.echo(f"Closed: made-up trial {trial_id} of {people} people. `flask study export {trial_id}` has its answers.")


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except DomainError as error:
        raise click.ClickException(error.message) from error
