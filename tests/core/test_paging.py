"""Pages of a list: put together they are the list, in its order, whatever leaves it on the way."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Date, MetaData, String, Table, Uuid, delete, insert, select

from trainer.core import paging
from trainer.core.db import UTCDateTime, db, transaction
from trainer.core.paging import Value, cut, read_page, read_place, write_place

pytestmark = pytest.mark.on_both

ENTRIES = Table(
    "entries",
    MetaData(),
    Column("id", Uuid(), primary_key=True),
    Column("name", String()),
    Column("due_on", Date()),
    Column("at", UTCDateTime()),
    Column("person", Uuid()),
)
NAMES = ["", ".", "a", "a.b", "a b", "Z~", "é", "ł%/"]
PEOPLE = [uuid.UUID(int=number << 96) for number in (1, 2, 2**31)]
DAYS = [dt.date(2026, 2, 28), dt.date(2026, 3, 1)]
MOMENTS = [dt.datetime(2026, 3, 1, 12, 0, 0, micro, dt.UTC) for micro in (0, 1, 500_000)]
ORDERS = {
    "by name": (("name", "person", "id"), False),
    "by day": (("due_on", "person", "id"), False),
    "newest first": (("at", "id"), True),
    "by ids": (("person", "id"), False),
    "by id": (("id",), True),
}


class Entry(NamedTuple):
    """A row of the list."""

    id: uuid.UUID
    name: str
    due_on: dt.date
    at: dt.datetime
    person: uuid.UUID


entries = st.lists(
    st.builds(Entry, st.uuids(), *(st.sampled_from(values) for values in (NAMES, DAYS, MOMENTS, PEOPLE))),
    max_size=12,
    unique_by=lambda entry: entry.id,
)


@pytest.fixture
def table(app: Flask) -> Iterator[None]:
    """Have the table of the list, and the app's database."""
    with app.app_context():
        ENTRIES.create(db.engine)
        yield
        db.session.remove()
        ENTRIES.drop(db.engine)


def fill(rows: Sequence[Entry]) -> None:
    with transaction() as session:
        session.execute(delete(ENTRIES))
        if rows:
            session.execute(insert(ENTRIES), [row._asdict() for row in rows])


def read(order: str, after: str | None, most: int, *, is_prepared: bool) -> paging.Page[Any]:
    """Return a page of ids, by a select of the moment or one that was built before its place was known."""
    names, is_newest_first = ORDERS[order]
    keys = [ENTRIES.c[name] for name in names]
    if not is_prepared:
        page = read_page(select(ENTRIES.c.id), *keys, after=after, most=most, is_newest_first=is_newest_first)
        return paging.Page([number for (number,) in page.rows], page.next_after)
    place = read_place(after, *(key.type.python_type for key in keys))
    query = select(*keys).order_by(*(key.desc() if is_newest_first else key for key in keys)).limit(most + 1)
    if place is not None:
        query = query.where(paging.beyond(*keys, is_newest_first=is_newest_first))
    found = cut(db.session.execute(query, paging.parameters(place)).all(), most, tuple)
    return paging.Page([row.id for row in found.rows], found.next_after)


@pytest.mark.on_both(each_case=True)
@pytest.mark.parametrize("is_prepared", [False, True], ids=["of the moment", "prepared"])
@pytest.mark.parametrize("order", ORDERS)
def test_pages_put_together_are_the_list_and_what_leaves_takes_nothing_along(
    table: None, order: str, is_prepared: bool
) -> None:
    names, is_newest_first = ORDERS[order]

    @given(entries, st.integers(1, 5), st.data())
    @settings(max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    def check(rows: list[Entry], most: int, data: st.DataObject) -> None:
        fill(rows)
        rest = sorted(rows, key=lambda row: [getattr(row, name) for name in names], reverse=is_newest_first)
        after: str | None = None
        while True:
            page = read(order, after, most, is_prepared=is_prepared)
            assert list(page.rows) == [row.id for row in rest[:most]]
            shown, rest = rest[:most], rest[most:]
            assert (page.next_after is not None) == bool(rest)
            if page.next_after is None:
                return
            after = page.next_after
            gone = data.draw(st.sampled_from([*shown, *rest]))
            rest = [row for row in rest if row != gone]
            with transaction() as session:
                session.execute(delete(ENTRIES).where(ENTRIES.c.id == gone.id))

    check()


values: list[tuple[type[Value], st.SearchStrategy[Value]]] = [
    (str, st.text()),
    (dt.date, st.dates()),
    (dt.datetime, st.datetimes(timezones=st.just(dt.UTC))),
    (uuid.UUID, st.uuids()),
]


@given(st.data(), st.sampled_from(values), st.lists(st.uuids(), max_size=2))
def test_a_place_is_read_as_it_was_written(
    data: st.DataObject, kind: tuple[type[Value], st.SearchStrategy[Value]], ids: list[uuid.UUID]
) -> None:
    place = [data.draw(kind[1]), *ids]
    assert read_place(write_place(*place), kind[0], *(uuid.UUID for _id in ids)) == place


def test_a_place_shows_its_ids_first_as_addresses_have_kept_them() -> None:
    person, duty = PEOPLE[:2]
    assert write_place("bob. builder", person, duty) == f"{person.hex}.{duty.hex}.bob. builder"
    assert write_place(DAYS[0], person, duty) == f"{person.hex}.{duty.hex}.2026-02-28"


@pytest.mark.parametrize(
    "after",
    [None, "", ".", "..", "x", PEOPLE[0].hex, f"{PEOPLE[0].hex}.", f"{PEOPLE[0].hex}.soon", "x.2026-02-28"],
)
def test_a_place_that_makes_no_sense_is_the_beginning(table: None, after: str | None) -> None:
    rows = [Entry(PEOPLE[number], "a", DAYS[number], MOMENTS[number], PEOPLE[0]) for number in range(2)]
    fill(rows)
    keys = (ENTRIES.c.due_on, ENTRIES.c.id)
    assert read_page(select(ENTRIES.c.id), *keys, after=after, most=1).rows == [(rows[0].id,)]


@pytest.mark.parametrize("text", ["2026-03-01T12:00:00", "0001-01-01T00:00:00+14:00", "2026-03-01"])
def test_an_instant_without_a_zone_or_outside_of_the_calendar_is_no_place(text: str) -> None:
    assert read_place(f"{PEOPLE[0].hex}.{text}", dt.datetime, uuid.UUID) is None
