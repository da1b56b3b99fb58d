"""Runs migrations on the app's own engine, for `flask db` and `flask setup`; of several that start at once, one by one.
`cli/migrating.py` may give another engine, and wants to be told of each.

It also keeps the revisions that may serve on the database (`trainer.core.schema`), in the transaction that migrates.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Connection, column, delete, insert, inspect, select, table

from trainer.core.db import Base, UTCDateTime, db
from trainer.core.schema import SchemaRevision, branch_of, revisions

ONE_BY_ONE = 7_265_616  # a number of our own for PostgreSQL's advisory locks
STATED = table("alembic_version", column("version_num"))
PATIENCE_MS = 600_000  # until another's migration of an SQLite file is over

# Of these, SQLite doesn't tell what they are of; PostgreSQL does.
warnings.filterwarnings("ignore", ".* expression-based index")


def _render(kind: str, item: Any, _autogen: Any) -> str | bool:
    # A migration must run for ever, so it names no type of ours.
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UTCDateTime) else False


def _note_revision(ctx: Any, step: Any, **_rest: Any) -> None:
    """Keep which code may serve: that of this revision, and older code of its branch only where the migration lets."""
    context.config.attributes.get("tell", lambda _revision: None)(step.up_revision_id)
    serving = SchemaRevision.__table__
    if not inspect(ctx.connection).has_table(serving.name):
        return
    gone = {step.up_revision_id} if not step.is_upgrade else set()
    migration = context.script.get_revision(step.up_revision_id).module
    if step.is_upgrade and not getattr(migration, "serves_older_code", False):
        branch = branch_of(step.up_revision_id)
        gone |= {revision for revision in ctx.connection.scalars(select(serving)) if branch_of(revision) == branch}
    here = {step.up_revision_id} if step.is_upgrade else set(step.down_revision_ids)
    ctx.connection.execute(delete(serving).where(serving.c.revision.in_(gone | here)))
    if here:
        ctx.connection.execute(insert(serving), [{"revision": one} for one in sorted(here)])


def _take_turn(connection: Connection) -> None:
    """Wait until nobody else migrates. On SQLite the transaction itself has begun with the lock (BEGIN IMMEDIATE)."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ONE_BY_ONE})")


@contextmanager
def _without_deleted_extras(connection: Connection) -> Iterator[None]:
    """Set aside the revisions of extras whose folder was deleted: Alembic refuses what it doesn't know."""
    stated = connection.scalars(select(STATED)).all() if inspect(connection).has_table(STATED.name) else []
    deleted = [revision for revision in stated if branch_of(revision) not in revisions()[0]]
    if deleted:
        connection.execute(delete(STATED).where(STATED.c.version_num.in_(deleted)))
    yield
    if deleted:
        connection.execute(insert(STATED), [{"version_num": revision} for revision in deleted])


with context.config.attributes.get("engine", db.engine).connect() as connection:
    is_sqlite = connection.dialect.name == "sqlite"
    if is_sqlite:
        connection.detach()  # what is set here is for this connection alone
        cursor = connection.connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={PATIENCE_MS}")
        # A table that others refer to is changed by a copy of it, as SQLite's own instructions say: without foreign
        # keys, which are checked at the end instead. It can't be switched within a transaction.
        cursor.execute("PRAGMA foreign_keys=OFF")
        connection.execution_options(trainer_writes=True)
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_item=_render,
        on_version_apply=_note_revision,
        transactional_ddl=True,  # SQLite can, now that we begin transactions ourselves: all of a migration or nothing
        **current_app.extensions["migrate"].configure_args,
    )
    with context.begin_transaction():
        _take_turn(connection)
        with _without_deleted_extras(connection):
            context.run_migrations()
        if is_sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
            raise RuntimeError(f"A migration would leave rows that refer to nothing: {broken[:5]}")
