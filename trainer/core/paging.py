"""Lists a page at a time: each page begins after the place where the one before ended.

A place is the values of the keys by which a list is ordered, so rows that come or go in the meantime make no other
row show twice or never. The last key is unique. Written down, the ids come first, because they hold no dot:
`<id>.<name>`; so at most one key is anything else.
"""

from __future__ import annotations

import datetime as dt
import operator
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar, TypeVarTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, or_, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from trainer.core.clock import read_instant
from trainer.core.db import db

Item = TypeVar("Item", covariant=True)
Columns = TypeVarTuple("Columns")
Value = str | uuid.UUID | dt.date
Place = Sequence[Value]
Key = ColumnElement[Any] | InstrumentedAttribute[Any]


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """A page of a list, and where the next one begins."""

    rows: Sequence[Item]
    next_after: str | None


def read_page(
    query: Select[*Columns], *keys: Key, after: str | None, most: int, is_newest_first: bool = False
) -> Page[tuple[*Columns]]:
    """Return a page of what a select without order finds, by its keys; a place that makes no sense is the beginning."""
    place = _place(keys, after)
    page = first_ones(query.add_columns(*keys), *keys, after=after, most=most, is_newest_first=is_newest_first)
    shown = cut(db.session.execute(page, parameters(place)).all(), most, lambda row: row[-len(keys) :])
    return Page([row[: -len(keys)] for row in shown.rows], shown.next_after)


def first_ones(
    query: Select[*Columns], *keys: Key, after: str | None, most: int, is_newest_first: bool = False
) -> Select[*Columns]:
    """Return the select of a page's rows and one more, in order, to run with `parameters`.

    `read_page` runs it. As a part of a caller's query, it keeps the number of rows to sort small.
    """
    page = query.order_by(*(key.desc() if is_newest_first else key for key in keys)).limit(most + 1)
    return page if _place(keys, after) is None else page.where(beyond(*keys, is_newest_first=is_newest_first))


def beyond(*keys: Key, is_newest_first: bool = False) -> ColumnElement[bool]:
    """Return the condition of rows after a place, which `parameters` binds when the statement runs."""
    later = operator.lt if is_newest_first else operator.gt
    first, *rest = keys
    value, *there = [bindparam(f"after{number}", type_=key.type) for number, key in enumerate(keys)]
    if not rest:
        return and_(later(first, value))
    # By the first key alone an index finds where to begin. A row value of all keys would say the same, but where they
    # belong to two tables, no database uses one for that, and PostgreSQL misjudges how many rows are left.
    from_here = first <= value if is_newest_first else first >= value
    return and_(from_here, or_(first != value, later(tuple_(*rest), tuple_(*there))))


def parameters(place: Place | None) -> dict[str, Value]:
    """Return what `beyond` needs when a statement runs."""
    return {f"after{number}": value for number, value in enumerate(place or ())}


def cut(rows: Sequence[Item], most: int, place_of: Callable[[Item], Place]) -> Page[Item]:
    """Return the first `most` rows as a page; one row more than that says that another page follows."""
    return Page(rows[:most], write_place(*place_of(rows[most - 1])) if len(rows) > most else None)


def write_place(*place: Value) -> str:
    """Return a place as it stands in an address."""
    ids = [value.hex for value in place if isinstance(value, uuid.UUID)]
    others = [value for value in place if not isinstance(value, uuid.UUID)]
    return ".".join([*ids, *(value if isinstance(value, str) else value.isoformat() for value in others)])


def read_place(after: str | None, *kinds: type[Value]) -> Place | None:
    """Return the values that a place was written from, of these kinds, or None if it makes no sense."""
    ids_first = sorted(range(len(kinds)), key=lambda number: kinds[number] is not uuid.UUID)
    texts = (after or "").split(".", len(kinds) - 1)
    try:
        values = {number: _READ[kinds[number]](text) for number, text in zip(ids_first, texts, strict=True)}
    except ValueError:
        return None
    return [values[number] for number in range(len(kinds))]


def _place(keys: Sequence[Key], after: str | None) -> Place | None:
    return read_place(after, *(key.type.python_type for key in keys))


def _instant(text: str) -> dt.datetime:
    instant = read_instant(text)
    if instant is None:
        raise ValueError("no instant")
    return instant


_READ: Final[dict[type[Value], Callable[[str], Value]]] = {
    uuid.UUID: uuid.UUID,
    str: str,
    dt.date: dt.date.fromisoformat,
    dt.datetime: _instant,
}
