"""`flask jobs`: the worker, what it has to do, and how its tasks are."""

from __future__ import annotations

import uuid

import click
from flask import Flask
from flask.cli import ScriptInfo

from trainer.cli.following import catch_up, follow
from trainer.cli.groups import Commands
from trainer.cli.watching import Watch
from trainer.core.audit import note
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.heartbeat import list_heartbeats
from trainer.core.schema import check_schema
from trainer.core.skew import check_clock
from trainer.core.work import Job, find_job, list_given_up, list_jobs, stop, try_again
from trainer.jobs import runner
from trainer.operating.metrics import begin_metrics

jobs_cli = Commands("jobs", help="Run the worker, and look after its tasks and long jobs.")


@jobs_cli.command("run")
@click.pass_obj
def run(info: ScriptInfo) -> None:
    """Deliver mail, keep up what firms require and tidy up until stopped. `flask serve` starts this automatically."""
    work(info.load_app())


def work(app: Flask) -> None:
    """Run the app's jobs until stopped, with the content that is in service."""
    check_schema()
    check_clock()
    catch_up(app)
    settings = app.config["SETTINGS"]
    follow(app, Watch(settings) if settings.watch_content else None)
    begin_metrics(app)
    runner.run()


@jobs_cli.command("list")
@click.option("--failed", is_flag=True, help="Only those that failed: given up, or to be tried again.")
def list_all(failed: bool) -> None:
    """List the newest long jobs, such as evidence packs, with their state."""
    jobs = list_jobs(failed_only=failed)
    for job in jobs:
        print(f"{job.id}  {job.created_at:%Y-%m-%d %H:%M}  {job.kind:18} {_state(job)}")
    print(f"{len(jobs)} job(s).")


@jobs_cli.command("retry")
@click.argument("number", type=click.UUID, required=False)
@click.option("--failed", is_flag=True, help="All that were given up.")
def retry(number: uuid.UUID | None, failed: bool) -> None:
    """Retry a long job that failed, from where it stopped."""
    if failed == (number is not None):
        raise click.ClickException("Name one job, or add --failed for all that were given up.")
    with transaction():
        jobs = list_given_up() if number is None else [_get_job(number)]
        retried = [job for job in jobs if try_again(job, now())]
    if number is not None and not retried:
        raise click.ClickException("This job hasn't failed: it is done or waiting for its turn.")
    print(f"{len(retried)} job(s) will be tried again right away, each from where it stopped.")


@jobs_cli.command("give-up")
@click.argument("number", type=click.UUID)
def give_up(number: uuid.UUID) -> None:
    """Stop trying a long job; the person who ordered it sees that it failed, and can order it again."""
    with transaction():
        job = _get_job(number)
        if not stop(job, "given up by an operator", now()):
            raise click.ClickException("This job is done or was already given up.")
        note("job.given_up", now(), subject_id=job.id, kind=job.kind)
    print("Given up. The person who ordered it sees that it failed, and can order it again.")
    print(f"What it had done stays. To continue it after all: flask jobs retry {number}")


@jobs_cli.command("beats")
def beats() -> None:
    """Show when each of the worker's tasks last ran, and what went wrong."""
    rows = [("Task", "Last began (UTC)", "Last ended well", "Failures in a row, last error")]
    for heartbeat in list_heartbeats():
        ended = f"{heartbeat.ended_at:%Y-%m-%d %H:%M}" if heartbeat.ended_at else "never"
        failed = f"{heartbeat.failures}: {heartbeat.last_error}" if heartbeat.failures else "none"
        rows.append((heartbeat.task, f"{heartbeat.began_at:%Y-%m-%d %H:%M}", ended, failed))
    for task, began, ended, failed in rows:
        print(f"{task:24} {began:17} {ended:17} {failed}")


def _get_job(number: uuid.UUID) -> Job:
    job = find_job(number)
    if job is None:
        raise click.ClickException("There is no such job. `flask jobs list` lists them.")
    return job


def _state(job: Job) -> str:
    if job.finished_at:
        return "done"
    progress = f"{job.done} of {job.total}" if job.total else "not begun"
    if job.failed_at:
        return f"given up at {progress}: {job.last_error}"
    if job.last_error:
        return f"failed, {job.tries} tries, tried again at {job.due_at:%H:%M} UTC: {job.last_error}"
    return f"waiting, {progress}"
