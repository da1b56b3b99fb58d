"""Finds statements of the app for which a database goes through a whole table, the rows of all firms included.

Each statement is explained the first time that it runs, and a test in which one is found fails, unless `KNOWN` has it.
PostgreSQL goes through small tables in any case, so it is asked what it would do if that were forbidden.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

from tests.support import PERIODS
from trainer.core.db import Base
from trainer.core.settings import ROOT

SMALL: Final = frozenset(
    {
        "administrators",
        "content_releases",
        "heartbeats",
        "installations",
        "instructor_approvals",
        "item_counts",
        "item_snapshots",
        "key_panels",
        "panel_raters",
        "jobs",
        "leak_counts",
        "limit_counts",
        "remarks",
        "roster_drafts",
        "running_processes",
        "webhooks",
    }
)
"""Tables that grow only with the content or with the number of operators, or whose rows don’t stay long."""
ALL: Final = ""
KNOWN: Final = {
    "accounts/queries.py list_guests_before": ("users", "once a day"),
    "assessment/privacy.py forget_person": ("round_requests", "once for an account"),
    "cli/": (ALL, "an operator’s command, which is about everything"),
    "extras/backups/": (ALL, "an operator’s command, which is about everything"),
    "tools/": (ALL, "an author’s command, which is about everything"),
    "jobs/due_firms.py bring_forward": ("organizations", "once an hour, of all firms"),
    "jobs/due_firms.py list_changed": ("organizations", "of all firms, each with one look into an index"),
    "operating/": (ALL, "for those who operate the app"),
    "organizations/closing.py list_ids_to_delete": ("organizations", "once an hour, of all firms"),
    "organizations/closing.py list_lines": ("organizations", "for those who operate the app"),
} | {
    f"{period.forget.__module__.removeprefix('trainer.').replace('.', '/')}.py {period.forget.__name__}": (
        ALL,
        "once a day",
    )
    for period in PERIODS
}
"""What runs a statement, directly or indirectly: the table that it may go through, or ALL, and why."""
_STATEMENTS: Final = ("SELECT", "WITH", "UPDATE", "DELETE")
_SCAN: Final = {
    "sqlite": re.compile(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?$"),
    "postgresql": re.compile(r"Seq Scan on (\w+)(\b)"),
}
_OURS: Final = f"{ROOT}/trainer/"
_TESTS: Final = f"{ROOT}/tests/"
_CORE: Final = frozenset({"core/db.py", "core/paging.py", "core/privacy.py"})
"""Modules that run what others hand them."""
_met: set[tuple[str, str]] = set()
_found: list[str] = []


def watch() -> None:
    """From now on, look at each statement that runs."""
    event.listen(Engine, "after_cursor_execute", _look)


def take_found() -> list[str]:
    """Return what was found since the last time."""
    found = _found[:]
    _found.clear()
    return found


def _look(connection: Connection, _cursor: Any, statement: str, values: Any, _context: Any, is_many: bool) -> None:
    database = connection.dialect.name
    if (database, statement) in _met or not statement.startswith(_STATEMENTS):
        return
    by = list(_run_by())
    if not by:
        return  # a test's own, which may also be one of the app's
    may = {table for place in by for known, (table, _why) in KNOWN.items() if place.startswith(known)}
    if ALL in may:
        return
    if not may:  # else whoever runs it next may not be known
        _met.add((database, statement))
    steps = _explained(connection, statement, values[0] if is_many and values else values)
    if gone_through := sorted({*_whole_tables(_SCAN[database], statement, steps)} - may):
        _found.append(f"{database}, {', '.join(gone_through)}: {' < '.join(by[:3])}\n{statement}")


def _explained(connection: Connection, statement: str, values: Any) -> list[str]:
    raw = connection.connection.cursor()
    try:
        if connection.dialect.name == "sqlite":
            raw.execute(f"EXPLAIN QUERY PLAN {statement}", values)
            return [row[3] for row in raw.fetchall()]
        raw.execute("SET enable_seqscan = off")
        raw.execute(f"EXPLAIN {statement}", values)
        steps = [row[0] for row in raw.fetchall()]
        raw.execute("SET enable_seqscan = on")
        return steps
    finally:
        raw.close()


def _whole_tables(scanning: re.Pattern[str], statement: str, steps: list[str]) -> Iterator[str]:
    is_sorted = any("TEMP B-TREE FOR ORDER BY" in step for step in steps)
    is_page = "LIMIT" in statement and not is_sorted
    for step in steps:
        scan = scanning.search(step)
        if scan is None or scan[2] in _partial() or (scan[2] and is_page):
            continue  # an index of few, or the first rows of one
        table = re.sub(r"_\d+$", "", scan[1])  # of several of them in one statement
        if table in Base.metadata.tables.keys() - SMALL:
            yield table


@cache
def _partial() -> frozenset[str]:
    indexes = (index for table in Base.metadata.tables.values() for index in table.indexes)
    return frozenset(str(index.name) for index in indexes if index.dialect_options["sqlite"]["where"] is not None)


def _run_by() -> Iterator[str]:
    """Yield which functions of the app run a statement, the innermost first; of a test's own, none."""
    frame = sys._getframe(2)
    while frame is not None:
        file, name = frame.f_code.co_filename, frame.f_code.co_name
        if file.startswith(_TESTS):
            return
        place = file.removeprefix(_OURS)
        if place != file and place not in _CORE:
            yield f"{place} {name}"
        frame = frame.f_back  # type: ignore[assignment]
