"""What the app asks of the database doesn't grow with all that is in it (`plans`)."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import ForeignKeyConstraint, UniqueConstraint

from tests.plans import take_found
from trainer.core.db import Base, db
from trainer.core.settings import ROOT

pytestmark = pytest.mark.on_both

BY_NAME = "select(User.id).where(User.certificate_name == 'nobody')"
BY_ADDRESS = "select(User.id).where(User.email_key == 'nobody@example.org')"
FIRST_PAGE = "select(Membership.id).order_by(Membership.id).limit(5)"


def run(query: str, file: str) -> None:
    """Run a query as if it stood in a file."""
    code = f"""
from sqlalchemy import select
from trainer.accounts.models import User
from trainer.core.db import db
from trainer.organizations.models import Membership
db.session.execute({query}).all()
"""
    exec(compile(code, f"{ROOT}/{file}", "exec"), {})


@pytest.mark.parametrize(
    ("query", "file", "table"),
    [
        (BY_NAME, "trainer/accounts/queries.py", "users"),
        (BY_NAME, "trainer/cli/people.py", None),
        (BY_NAME, "tests/accounts/queries.py", None),
        (BY_ADDRESS, "trainer/accounts/queries.py", None),
        (FIRST_PAGE, "trainer/organizations/queries.py", None),
    ],
)
def test_a_statement_of_the_app_that_goes_through_a_whole_table_is_found(
    app: Flask, query: str, file: str, table: str | None
) -> None:
    with app.app_context():
        run(f"{query}.prefix_with('/* {file} */')", file)  # each statement is looked at once
        database = db.engine.dialect.name
    found = take_found()
    assert [one.split(":")[0] for one in found] == ([f"{database}, {table}"] if table else [])
    assert all(f"{file.removeprefix('trainer/')} <module>" in one for one in found)


def test_each_foreign_key_is_led_to_by_an_index() -> None:
    """Else whatever deletes a record goes through all of the table that may refer to it."""
    without = []
    for table in Base.metadata.tables.values():
        led_to = {next(iter(table.primary_key.columns))}
        led_to |= {
            next(iter(index.columns))
            for index in table.indexes
            if index.columns and index.dialect_options["sqlite"]["where"] is None
        }
        for constraint in table.constraints:
            if isinstance(constraint, UniqueConstraint):
                led_to.add(next(iter(constraint.columns)))
        for constraint in table.constraints:
            if isinstance(constraint, ForeignKeyConstraint) and next(iter(constraint.columns)) not in led_to:
                without.append(f"{table.name}.{next(iter(constraint.columns)).name}")
    assert without == []
