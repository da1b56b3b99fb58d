"""What features tell of a person: plain rows, ready for JSON, with the columns that are named and no others."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from trainer.core.db import Base

Plain: TypeAlias = "bool | int | float | str | list[Plain] | dict[str, Plain] | None"
Told: TypeAlias = Mapping[str, list[dict[str, Plain]]]
"""Kind of record → its rows."""


def tell(records: Iterable[Base], *columns: str) -> list[dict[str, Plain]]:
    """Return these columns of the records."""
    return [{name: plain(getattr(record, name)) for name in columns} for record in records]


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
