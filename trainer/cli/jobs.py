"""`flask jobs`: the worker, what it has to do, and how its tasks are."""

from __future__ import annotations

import click

from trainer.cli.groups import Commands
from trainer.core.heartbeat import list_heartbeats
from trainer.core.work import Job, list_jobs
from trainer.jobs import runner

jobs_cli = Commands("jobs", help="Work that nobody waits for.")


@jobs_cli.command("run")
def run() -> None:
    """Deliver mail, keep up what firms require and tidy up until stopped. `flask serve` starts this automatically."""
    runner.run()


@jobs_cli.command("list")
@click.option("--failed", is_flag=True, help="Only those that failed: given up, or to be tried again.")
def list_all(failed: bool) -> None:
    """List the newest long jobs, such as evidence packs, with their state."""
    jobs = list_jobs(failed_only=failed)
    for job in jobs:
        print(f"{job.id}  {job.created_at:%Y-%m-%d %H:%M}  {job.kind:18} {_state(job)}")
    print(f"{len(jobs)} job(s).")


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


def _state(job: Job) -> str:
    if job.finished_at:
        return "done"
    progress = f"{job.done} of {job.total}" if job.total else "not begun"
    if job.failed_at:
        return f"given up at {progress}: {job.last_error}"
    if job.last_error:
        return f"failed, {job.tries} tries, tried again at {job.due_at:%H:%M} UTC: {job.last_error}"
    return f"waiting, {progress}"
