"""Statuses and day arithmetic in SQL, the same on SQLite and PostgreSQL, and joins whose order SQLite keeps."""

from __future__ import annotations

import datetime as dt
from itertools import product
from typing import Any

from sqlalchemy import Boolean, Date, Dialect, Integer, Join, SmallInteger
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction, ReturnTypeFromArgs
from sqlalchemy.types import TypeDecorator

from trainer.assignments.rules import Status


class Numbered(TypeDecorator[Status]):
    """A status as a number, by which SQLite groups faster than by words. It is computed, never stored."""

    impl = SmallInteger
    cache_ok = True

    def process_bind_param(self, value: Status | None, dialect: Dialect) -> int | None:
        return None if value is None else _STATUSES.index(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Status | None:
        return None if value is None else _STATUSES[value]


_STATUSES = tuple(Status)
_FIRST_DAY = "DATE '0001-01-01'"


class InOrder(Join):
    """A join that is run from left to right.

    Without statistics SQLite prefers an index of which two columns are given, and so reads all of a firm's duties for
    each of its people.
    """

    inherit_cache = True


@compiles(InOrder, "sqlite")
def _in_order_sqlite(join: InOrder, compiler: SQLCompiler, **options: Any) -> str:
    linter = options.get("from_linter")
    if linter:
        linter.edges.update(product(join.left._from_objects, join.right._from_objects))
    left, right = (compiler.process(side, **{**options, "asfrom": True}) for side in (join.left, join.right))
    assert join.onclause is not None
    # https://www.sqlite.org/optoverview.html#manual_control_of_query_plans_using_cross_join
    return f"{left} CROSS JOIN {right} ON {compiler.process(join.onclause, **options)}"


class unindexed(ReturnTypeFromArgs[Any]):  # noqa: N801 a function of SQL
    """A column for whose values no index is searched: other conditions choose the few rows.

    PostgreSQL takes all firms to be of about the same size, and would read all rows of a large one for each portion.
    """

    inherit_cache = True


class months(GenericFunction[Any]):  # noqa: N801
    """So many months, as `number_after` adds them."""

    inherit_cache = True


class day_number(GenericFunction[int]):  # noqa: N801
    """A day as a number: those of later days are higher. SQLite computes with numbers faster than with days."""

    type = Integer()
    inherit_cache = True


class number_after(GenericFunction[int]):  # noqa: N801
    """The number of a day so many `months` later, or of the last of that month (`credentials.rules.valid_until`)."""

    type = Integer()
    inherit_cache = True


class numbered_day(GenericFunction[dt.date]):  # noqa: N801
    """The day that has a number."""

    type = Date()
    inherit_cache = True


class first_reaching(GenericFunction[dt.date]):  # noqa: N801
    """The first day from which `number_after` with so many months reaches a day."""

    type = Date()
    inherit_cache = True


class add_days(GenericFunction[dt.date]):  # noqa: N801
    """A day so many days later."""

    type = Date()
    inherit_cache = True


class earlier(GenericFunction[int]):  # noqa: N801
    """The earlier of two days, by their numbers."""

    type = Integer()
    inherit_cache = True


class higher(GenericFunction[int]):  # noqa: N801
    """The higher of two numbers that aren't negative, of which either may be missing."""

    type = Integer()
    inherit_cache = True


class position_in(GenericFunction[int]):  # noqa: N801
    """Where in a text another one begins, counted from 1, or 0."""

    type = Integer()
    inherit_cache = True


class is_among(GenericFunction[bool]):  # noqa: N801
    """True of an id that is in a JSON list of ids, however long: each text of an `IN` would be a parameter."""

    type = Boolean()
    inherit_cache = True


def _two(element: GenericFunction[Any], compiler: SQLCompiler, options: dict[str, Any]) -> tuple[str, str]:
    first, second = (compiler.process(clause, **options) for clause in element.clauses)
    return first, second


@compiles(unindexed, "sqlite")
def _unindexed_sqlite(element: unindexed, compiler: SQLCompiler, **options: Any) -> str:
    # https://www.sqlite.org/optoverview.html#disqualifying_where_clause_terms_using_unary_
    return f"+{compiler.process(element.clauses, **options)}"


@compiles(unindexed, "postgresql")
def _unindexed_postgresql(element: unindexed, compiler: SQLCompiler, **options: Any) -> str:
    column = compiler.process(element.clauses, **options)
    return f"coalesce({column}, {column})"


@compiles(months, "sqlite")
def _months_sqlite(element: months, compiler: SQLCompiler, **options: Any) -> str:
    return f"'+' || ({compiler.process(element.clauses, **options)}) || ' months'"


@compiles(months, "postgresql")
def _months_postgresql(element: months, compiler: SQLCompiler, **options: Any) -> str:
    return f"make_interval(months => {compiler.process(element.clauses, **options)})"


@compiles(day_number, "sqlite")
def _day_number_sqlite(element: day_number, compiler: SQLCompiler, **options: Any) -> str:
    # Of a Julian day, which begins at noon, half has gone by at midnight.
    return f"CAST(julianday({compiler.process(element.clauses, **options)}) AS INTEGER)"


@compiles(day_number, "postgresql")
def _day_number_postgresql(element: day_number, compiler: SQLCompiler, **options: Any) -> str:
    return f"(CAST({compiler.process(element.clauses, **options)} AS DATE) - {_FIRST_DAY})"


@compiles(numbered_day, "sqlite")
def _numbered_day_sqlite(element: numbered_day, compiler: SQLCompiler, **options: Any) -> str:
    return f"date(({compiler.process(element.clauses, **options)}) + 0.5)"


@compiles(numbered_day, "postgresql")
def _numbered_day_postgresql(element: numbered_day, compiler: SQLCompiler, **options: Any) -> str:
    return f"({_FIRST_DAY} + {compiler.process(element.clauses, **options)})"


@compiles(number_after, "sqlite")
def _number_after_sqlite(element: number_after, compiler: SQLCompiler, **options: Any) -> str:
    day, span = _two(element, compiler, options)
    same_day = f"julianday({day}, {span})"
    # Where the month has no such day SQLite goes on into the next; the last of the month comes before that.
    last_day = f"julianday({day}, 'start of month', {span}, '+1 month', '-1 day')"
    number = f"CASE WHEN substr({day}, 9) <= '28' THEN {same_day} ELSE min({same_day}, {last_day}) END"
    return f"CAST({number} AS INTEGER)"


@compiles(number_after, "postgresql")
def _number_after_postgresql(element: number_after, compiler: SQLCompiler, **options: Any) -> str:
    day, span = _two(element, compiler, options)
    return f"(CAST(CAST({day} AS DATE) + {span} AS DATE) - {_FIRST_DAY})"


@compiles(first_reaching, "sqlite")
def _first_reaching_sqlite(element: first_reaching, compiler: SQLCompiler, **options: Any) -> str:
    day, months = _two(element, compiler, options)
    same_day = f"date({day}, '-' || ({months}) || ' months')"
    # Where the month has no such day SQLite goes on into the next; it can't be later than the first of that.
    first_after = f"date({day}, 'start of month', '-' || (({months}) - 1) || ' months')"
    return f"min({same_day}, {first_after})"


@compiles(first_reaching, "postgresql")
def _first_reaching_postgresql(element: first_reaching, compiler: SQLCompiler, **options: Any) -> str:
    day, months = _two(element, compiler, options)
    interval = f"make_interval(months => {months})"
    same_day = f"CAST(CAST({day} AS DATE) - {interval} AS DATE)"
    # Where the month has no such day PostgreSQL stays at its last, which doesn't reach.
    return f"({same_day} + CASE WHEN {same_day} + {interval} >= CAST({day} AS DATE) THEN 0 ELSE 1 END)"


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


@compiles(higher, "sqlite")
def _higher_sqlite(element: higher, compiler: SQLCompiler, **options: Any) -> str:
    return "nullif(max(coalesce({}, -1), coalesce({}, -1)), -1)".format(*_two(element, compiler, options))


@compiles(higher, "postgresql")
def _higher_postgresql(element: higher, compiler: SQLCompiler, **options: Any) -> str:
    # What is missing is left out of the comparison.
    return "greatest({}, {})".format(*_two(element, compiler, options))


@compiles(position_in, "sqlite")
def _position_sqlite(element: position_in, compiler: SQLCompiler, **options: Any) -> str:
    return "instr({}, {})".format(*_two(element, compiler, options))


@compiles(position_in, "postgresql")
def _position_postgresql(element: position_in, compiler: SQLCompiler, **options: Any) -> str:
    return "strpos({}, {})".format(*_two(element, compiler, options))


@compiles(is_among, "sqlite")
def _among_sqlite(element: is_among, compiler: SQLCompiler, **options: Any) -> str:
    column, ids = _two(element, compiler, options)
    return f"{column} IN (SELECT value FROM json_each({ids}))"  # noqa: S608 both are clauses that were compiled


@compiles(is_among, "postgresql")
def _among_postgresql(element: is_among, compiler: SQLCompiler, **options: Any) -> str:
    column, ids = _two(element, compiler, options)
    return f"{column} IN (SELECT CAST(value AS uuid) FROM json_array_elements_text(CAST({ids} AS json)))"  # noqa: S608 as above
