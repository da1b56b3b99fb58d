"""`flask content remarks`: what people write about scenes and lessons, listed and marked."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import click
from flask.cli import with_appcontext

from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import DomainError
from trainer.extras.remarks.operations import RemarkLine, RemarkState, list_remarks, mark_remark


@click.command("remarks")
@click.option("--all", "with_answered", is_flag=True, help="Show answered ones, too.")
@click.option("--read", type=click.UUID, metavar="ID", help="Mark one as read.")
@click.option("--answered", type=click.UUID, metavar="ID", help="Mark one as answered: nothing is left to do.")
@with_appcontext
def remarks(with_answered: bool, read: uuid.UUID | None, answered: uuid.UUID | None) -> None:
    """List what people find wrong with scenes and lessons, newest first, or mark one as read or answered."""
    changes = [(read, RemarkState.READ), (answered, RemarkState.ANSWERED)]
    try:
        marked = [(_mark(remark_id, state), state) for remark_id, state in changes if remark_id is not None]
    except DomainError as error:
        raise click.ClickException("There is no remark with this ID.") from error
    for text, state in marked:
        click.echo(f"Marked as {state}: a remark about {text}.")
    if not marked:
        for line in _list_all(with_answered=with_answered):
            click.echo(line)


def _list_all(*, with_answered: bool) -> Iterator[str]:
    """Yield remarks as lines, the newest first."""
    listed = list_remarks(open_only=not with_answered)
    for remark in listed:
        yield from _lines(remark)
    yield f"{len(listed)} remark(s)."


def _mark(remark_id: uuid.UUID, state: RemarkState) -> str:
    """Say that a remark was read or answered; return the scene or lesson. Raises NotFound."""
    with transaction():
        return mark_remark(remark_id, state, None, now())


def _lines(remark: RemarkLine) -> Iterator[str]:
    version = f" ({remark.digest[:12]})" if remark.digest else ""
    yield f"{remark.id}  {remark.written_on}  {remark.state}  {remark.item}{version}  {remark.kind}"
    if remark.text:
        yield f"    {remark.text}"
