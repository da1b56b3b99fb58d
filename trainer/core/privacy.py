"""What features tell of a person: plain rows, ready for JSON, with the columns that are named and no others."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple, TypeAlias

from sqlalchemy import Select, func, select

from trainer.core.db import Base, db, in_portions

Plain: TypeAlias = "bool | int | float | str | list[Plain] | dict[str, Plain] | None"
Row: TypeAlias = dict[str, Plain]
_PORTION: Final = 500  # rows that are in memory at once


class Rows:
    """The rows of a query, read a portion at a time whenever they are gone through: there may be many."""

    def __init__(self, query: Select[*tuple[Any, ...]], show: Callable[..., Row]) -> None:
        self._query, self._show = query, show

    def __iter__(self) -> Iterator[Row]:
        for records in db.session.execute(in_portions(self._query, _PORTION)):
            yield self._show(*records)

    def __len__(self) -> int:
        rows = self._query.order_by(None).subquery()
        return db.session.scalar(select(func.count()).select_from(rows)) or 0


Told: TypeAlias = Mapping[str, Rows | list[Row]]
"""Kind of record → its rows."""


class Held(NamedTuple):
    """What a feature holds of one sort of data about people: its tables, and what a copy calls the records."""

    tables: Collection[str]
    kinds: tuple[str, ...] = ()


def tell_all(query: Select[*tuple[Any, ...]], *columns: str) -> Rows:
    """Return these columns of all records that a query finds, a portion at a time and without an object for each."""
    record = query.column_descriptions[0]["entity"]
    chosen = query.with_only_columns(*(getattr(record, name) for name in columns), maintain_column_froms=True)
    return Rows(chosen, lambda *values: dict(zip(columns, map(plain, values), strict=True)))


def tell(records: Iterable[Base], *columns: str) -> list[Row]:
    """Return these columns of a few records."""
    return [tell_one(record, *columns) for record in records]


def tell_one(record: Base, *columns: str) -> Row:
    """Return these columns of a record."""
    return {name: plain(getattr(record, name)) for name in columns}


def plain(value: object) -> Plain:
    """Return a value of a column as JSON has it: instants and days in ISO 8601, ids in hex."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, dt.date):  # an instant is one, too
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return value.hex
    if isinstance(value, Mapping):
        return {str(name): plain(inner) for name, inner in value.items()}
    assert isinstance(value, Iterable)
    return [plain(inner) for inner in value]
