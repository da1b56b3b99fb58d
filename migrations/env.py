"""Runs migrations on the app's own engine, for `flask db` and `flask setup`."""

from typing import Any

from alembic import context
from flask import current_app

from trainer.core.db import Base, UTCDateTime, db


def _render(kind: str, item: Any, _autogen: Any) -> str | bool:
    # A migration must run for ever, so it names no type of ours.
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UTCDateTime) else False


with db.engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_item=_render,
        transactional_ddl=True,  # SQLite can, now that we begin transactions ourselves: all of a migration or nothing
        **current_app.extensions["migrate"].configure_args,
    )
    with context.begin_transaction():
        context.run_migrations()
