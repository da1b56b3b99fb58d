"""How a database would run statements."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from trainer.core.db import db


@contextmanager
def plans() -> Iterator[list[str]]:
    """Collect the steps in which SQLite takes the statements that are run meanwhile."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("reads plans of SQLite")
    run: list[tuple[str, Any]] = []

    def take(_connection: object, _cursor: object, statement: str, values: Any, *_rest: object) -> None:
        run.append((statement, values))

    steps: list[str] = []
    event.listen(db.engine, "before_cursor_execute", take)
    yield steps
    event.remove(db.engine, "before_cursor_execute", take)
    connection = db.session.connection()
    for statement, values in run:
        if statement.startswith(("SELECT", "WITH")):
            found = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            steps += [row[3] for row in found]
