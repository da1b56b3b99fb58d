"""Rows as plain values, so that a record that was deleted can be put back as it was."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import Table, insert

from trainer.core.db import Base, db
from trainer.core.privacy import Plain, plain


def keep_row(record: Base) -> dict[str, Plain]:
    """Return all columns of a record, ready for JSON. For records without JSON of their own."""
    return {column.name: plain(getattr(record, column.name)) for column in _table(type(record)).columns}


def put_back(record: type[Base], row: Mapping[str, Plain]) -> None:
    """Insert what `keep_row` returned."""
    columns = _table(record).columns
    values = {name: _value(columns[name].type.python_type, value) for name, value in row.items()}
    db.session.execute(insert(_table(record)), values)


def _table(record: type[Base]) -> Table:
    return cast(Table, record.__table__)


def _value(kind: type[Any], value: Plain) -> Any:
    if not isinstance(value, str):
        return value
    if kind is uuid.UUID:
        return uuid.UUID(hex=value)
    return kind.fromisoformat(value) if issubclass(kind, dt.date) else value
