"""Day arithmetic in SQL, the same on SQLite and PostgreSQL."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Date
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction


class add_months(GenericFunction[dt.date]):  # noqa: N801 a function of SQL
    """A day so many months later, or the last of that month (`credentials.rules.valid_until`)."""

    type = Date()
    inherit_cache = True


class add_days(GenericFunction[dt.date]):  # noqa: N801
    """A day so many days later."""

    type = Date()
    inherit_cache = True


class earlier(GenericFunction[dt.date]):  # noqa: N801
    """The earlier of two days."""

    type = Date()
    inherit_cache = True


def _two(element: GenericFunction[dt.date], compiler: SQLCompiler, options: dict[str, Any]) -> tuple[str, str]:
    first, second = (compiler.process(one, **options) for one in element.clauses)
    return first, second


@compiles(add_months, "sqlite")
def _add_months_sqlite(element: add_months, compiler: SQLCompiler, **options: Any) -> str:
    day, months = _two(element, compiler, options)
    same_day = f"date({day}, '+' || ({months}) || ' months')"
    # Where the month has no such day SQLite goes on into the next; the last of the month comes before that.
    last_day = f"date({day}, 'start of month', '+' || (({months}) + 1) || ' months', '-1 day')"
    return f"CASE WHEN substr({day}, 9) <= '28' THEN {same_day} ELSE min({same_day}, {last_day}) END"


@compiles(add_months, "postgresql")
def _add_months_postgresql(element: add_months, compiler: SQLCompiler, **options: Any) -> str:
    day, months = _two(element, compiler, options)
    return f"CAST(CAST({day} AS DATE) + make_interval(months => {months}) AS DATE)"


@compiles(add_days, "sqlite")
def _add_days_sqlite(element: add_days, compiler: SQLCompiler, **options: Any) -> str:
    day, days = _two(element, compiler, options)
    return f"date({day}, '+' || ({days}) || ' days')"


@compiles(add_days, "postgresql")
def _add_days_postgresql(element: add_days, compiler: SQLCompiler, **options: Any) -> str:
    day, days = _two(element, compiler, options)
    return f"(CAST({day} AS DATE) + {days})"


@compiles(earlier, "sqlite")
def _earlier_sqlite(element: earlier, compiler: SQLCompiler, **options: Any) -> str:
    return "min({}, {})".format(*_two(element, compiler, options))


@compiles(earlier, "postgresql")
def _earlier_postgresql(element: earlier, compiler: SQLCompiler, **options: Any) -> str:
    return "least({}, {})".format(*_two(element, compiler, options))
