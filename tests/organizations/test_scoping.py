"""Statements on a firm's tables name the firm, but for those that start from what a person or a secret link opens."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Engine

from tests.organizations.conftest import Acme
from tests.organizations.routes import (
    address,
    arguments,
    routes,
    send,
)
from trainer.core.db import Base, db

SCOPED = {table.name for table in Base.metadata.sorted_tables if "organization_id" in table.c}

BY_ID = re.compile(r"\.id = (\?|%\(\w+\)s(::UUID)?)$")

# Each starts from something that was reached through the actor already, or that belongs to the person who looks.
MAY_LEAVE_IT_OUT = {
    "accounts.queries.find_user_by_session": "the region of a person's own memberships",
    "organizations.views.people.role": "the person loaded through the actor, read again after a refusal",
    "organizations.queries._list_firms": "a person's own memberships",
    "organizations.queries.list_team_ids": "the teams of a person loaded through the actor",
    "assignments.queries.find_waiver": "the waiver of a duty loaded through the actor",
    "assignments.queries.get_duty": "the facts of a duty loaded through the actor",
    "assignments.queries.list_reminders": "the log of a requirement loaded through the actor",
    "assignments.operations.end_requirement": "the duties of a requirement loaded through the actor",
    "assignments.upkeep.end_unmeant": "the duties of a requirement of the firm",
    "organizations.history._end": "the past teams of people, or of a team, loaded through the actor",
    "organizations.history._open": "the past teams of people loaded through the actor",
    "organizations.history.end_stays": "the past of a team loaded through the actor",
    "organizations.replies.set_replies": "the actor's own entry, read again",
    "organizations.invitations.revoke_invitations": "the invitations of a person loaded through the actor",
}


@contextmanager
def watched(app: Flask) -> Iterator[dict[str, str]]:
    """Collect who sends statements on a firm's tables that don't name the firm."""
    found: dict[str, str] = {}
    with app.app_context():
        engine: Engine = db.engine

    def look(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        words = set(statement.replace(",", " ").replace("(", " ").replace(")", " ").split())
        if statement.startswith("INSERT") or not words & SCOPED or "organization_id = " in statement:
            return
        if statement.startswith(("UPDATE", "DELETE")) and BY_ID.search(statement):
            return  # a record that was loaded before is written
        if " WHERE " in statement.replace("\n", " ") or statement.startswith("SELECT"):
            found.setdefault(_sender(), statement)

    event.listen(engine, "before_cursor_execute", look)
    yield found
    event.remove(engine, "before_cursor_execute", look)


def _sender() -> str:
    """Return the function of ours that the running statement comes from."""
    frame = sys._getframe(2)
    while frame is not None:
        name = str(frame.f_globals.get("__name__", ""))
        if name.startswith("trainer.") and not name.startswith("trainer.core.db"):
            return f"{name.removeprefix('trainer.')}.{frame.f_code.co_name}"
        frame = frame.f_back  # type: ignore[assignment]
    return "?"


@pytest.mark.asvs("8.4.1")
@pytest.mark.check("T006")
@pytest.mark.parametrize("name", ["alice", "mark"])
def test_every_statement_on_a_firms_tables_names_the_firm(acme: Acme, name: str) -> None:
    visitor = acme.enter(name)
    with watched(acme.app) as found:
        for method, _rule, endpoint, _permission in routes(acme.app):
            if endpoint != "organizations.leave":
                send(visitor, method, address(acme, endpoint, arguments(acme, endpoint)))
    assert {sender: sql for sender, sql in found.items() if sender not in MAY_LEAVE_IT_OUT} == {}
