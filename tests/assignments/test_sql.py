"""Day arithmetic in SQL against the calendar, and joins that SQLite goes through as they are written."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from flask import Flask
from sqlalchemy import Integer, func, literal, select, text

from trainer.assignments import snapshots, sql, statements
from trainer.assignments.models import Assignment
from trainer.core.clock import today
from trainer.core.db import db
from trainer.credentials.rules import valid_until as add_months

pytestmark = pytest.mark.on_both

_MONTHS = (1, 2, 6, 11, 12, 13, 24, 36)


def test_a_day_so_many_months_later_is_the_one_of_the_calendar(app: Flask) -> None:
    days = [dt.date(2027, 1, 1) + dt.timedelta(days=number) for number in range(0, 800, 3)]
    days += [dt.date(year, month, day) for year in (2027, 2028) for month in (1, 3, 8, 10, 12) for day in (29, 30, 31)]
    days += [dt.date(2028, 2, 29), dt.date(2099, 12, 31)]
    with app.app_context():
        for months in (*_MONTHS, 60):
            span = sql.months(literal(months, Integer))
            later = [sql.number_after(literal(day), span) for day in days]
            named = [sql.numbered_day(number).label(f"d{place}") for place, number in enumerate(later)]
            assert list(db.session.execute(select(*named)).one()) == [add_months(day, months) for day in days], months
        numbered = [sql.day_number(literal(day)).label(f"d{place}") for place, day in enumerate(days)]
        numbers = list(db.session.execute(select(*numbered)).one())
    assert [number - numbers[0] for number in numbers] == [(day - days[0]).days for day in days]


def test_the_first_day_that_reaches_is_the_one_before_which_no_day_does(app: Flask) -> None:
    days = [dt.date(2027, 1, 1) + dt.timedelta(days=number) for number in range(0, 800, 3)]
    days += [dt.date(year, month, day) for year in (2027, 2028) for month, day in ((2, 28), (3, 1), (3, 31), (12, 31))]
    days += [dt.date(2028, 2, 29), dt.date(2032, 2, 29)]
    with app.app_context():
        for months in _MONTHS:
            asked = [sql.first_reaching(literal(day), literal(months, Integer)).label(f"d{day:%Y%m%d}") for day in days]
            found = db.session.execute(select(*asked)).one()
            for day, first in zip(days, found, strict=True):
                assert add_months(first, months) >= day, (day, months, first)
                assert add_months(first - dt.timedelta(days=1), months) < day, (day, months, first)


def test_sqlite_looks_people_up_by_their_duty_and_not_all_for_each(app: Flask) -> None:
    """Without statistics, as any new database is: 10,000 people would be gone through 10,000 times."""
    with app.app_context():
        if db.engine.dialect.name != "sqlite":
            pytest.skip("SQLite only")
        for here in (statements.standings(), statements.standings_by_day(), statements.duties()):
            steps = plan_of(select(here.c.status, func.count()).group_by(here.c.status))
            assert not any("memberships" in step for step in steps), steps
            (of_firm,) = [step for step in steps if "assignments" in step]
            assert "organization_id=? AND ended_at=? AND requirement_id=?" in of_firm
        by_name = statements.standings_by_name()
        steps = plan_of(select(by_name.c.assignment_id).order_by(by_name.c.name_key).limit(26))
        (of_person,) = [step for step in steps if "assignments" in step]
        assert "membership_id=?" in of_person, of_person
        assert not any("USE TEMP B-TREE FOR ORDER BY" in step for step in steps), steps


def test_a_portion_of_a_large_firm_is_found_by_its_ids(app: Flask) -> None:
    """PostgreSQL takes all firms to be of about the same size, and would go through all duties of a requirement."""
    duty = statements.duties_where(Assignment.id.in_([uuid.uuid4() for _number in range(500)]))
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            steps = [step for step in plan_of(select(duty.c.status)) if "assignments" in step]
            assert steps
            assert all("(id=?)" in step for step in steps), steps
            return
        with db.engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # no table is large here
            asked = select(duty.c.status).params(snapshots.on(uuid.uuid4(), today()))
            compiled = asked.compile(connection, compile_kwargs={"literal_binds": True})
            steps = [row[0] for row in connection.exec_driver_sql(f"EXPLAIN {compiled}".replace("%%", "%"))]
    assert not [step for step in steps if "Index Cond: (requirement_id" in step]


def plan_of(query: object) -> list[str]:
    """Return what SQLite would do for a query, a line for each step."""
    given = query.params(snapshots.on(uuid.uuid4(), today()))  # type: ignore[attr-defined]
    compiled = str(given.compile(db.engine, compile_kwargs={"literal_binds": True}))
    compiled = compiled.replace("LIMIT ?", "LIMIT -1")  # no limit, which SQLAlchemy binds all the same
    return [row[3] for row in db.session.execute(text(f"EXPLAIN QUERY PLAN {compiled}".replace(":", "\\:")))]
