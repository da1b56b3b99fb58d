"""Scenes that colleagues may have told each other of: who counts as a colleague, what as met, and what is kept."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence

import pytest
from flask import Flask
from sqlalchemy import select

from tests.cast import make_account, make_firm
from tests.crowd import Said, let_answer, rightly, wrongly
from tests.support import TASKS
from trainer.accounts.models import User
from trainer.assessment import leaks
from trainer.assessment.measures.leaks import LeakSums, estimate
from trainer.assessment.models import Attempt
from trainer.assessment.rules import Kind
from trainer.assessment.tasks import count_leaks
from trainer.content.library import Library, Scenario
from trainer.content.schema import Pool
from trainer.content.subject import Truth
from trainer.core.db import db, insert_all, transaction
from trainer.core.feature import HOUR
from trainer.organizations.models import Membership

pytestmark = pytest.mark.on_both

START = dt.datetime(2026, 9, 1, tzinfo=dt.UTC)


def take(app: Flask, people: Sequence[Mapping[str, Said]], day: int, firm: uuid.UUID | None) -> None:
    """Let people of a firm take a final on a day."""
    at = START + dt.timedelta(days=day)
    with app.app_context():
        before = set(db.session.scalars(select(User.id)))
    let_answer(app, people, kind=Kind.FINAL, at=at)
    with app.app_context(), transaction():
        users = [one for one in db.session.scalars(select(User.id)) if one not in before]
        facts = {"organization_id": firm, "name": "G", "name_key": "g", "role": "member", "manages_all": False}
        rows = [{"id": uuid.uuid4(), **facts, "user_id": one, "created_at": START, "joined_at": START} for one in users]
        insert_all(Membership, rows if firm else [])


def counted(app: Flask) -> dict[tuple[str, str], LeakSums]:
    with app.app_context():
        for _portion in count_leaks():
            assert not db.session().in_transaction()
        return {(pair, month): sums for pair, month, sums in leaks.read()}


@pytest.fixture
def concerns(shelf: Library) -> list[Scenario]:
    return [one for one in shelf.content.pool(Pool.RESERVED) if one.file.truth is Truth.CONCERN][:4]


@pytest.fixture
def firm(app: Flask) -> uuid.UUID:
    return make_firm(app, make_account(app, "owner@example.org"))


def test_what_colleagues_met_before_is_held_against_what_none_did(
    app: Flask, firm: uuid.UUID, concerns: list[Scenario]
) -> None:
    first, second, third, fourth = concerns
    take(app, [{first.id: rightly(first), second.id: rightly(second)}], 0, firm)
    able = {one.id: rightly(one) for one in concerns}
    misled = {**able, third.id: wrongly(third), fourth.id: wrongly(fourth)}
    other = {**misled, first.id: wrongly(first)}
    take(app, [misled] * 20 + [other] * 10 + [able] * 5 + [{**able, first.id: wrongly(first)}] * 5, 5, firm)
    take(app, [misled], 45, firm)  # who has nothing that no colleague has met
    sums = counted(app)
    assert {key: (one.people, one.met) for key, one in sums.items()} == {
        ("", ""): (40, 80),
        ("", "2026-09"): (40, 80),
        (first.file.pair, ""): (40, 40),
        (second.file.pair, ""): (40, 40),
    }
    found = estimate(sums["", ""])
    assert found is not None
    assert found.is_found
    assert {one.label: one.every for one in TASKS}["count leaks"] == 24 * HOUR


def test_neither_strangers_nor_those_who_sit_at_the_same_time_have_met_it_before(
    app: Flask, firm: uuid.UUID, concerns: list[Scenario]
) -> None:
    said = {one.id: rightly(one) for one in concerns}
    elsewhere = make_firm(app, make_account(app, "other@example.org"))
    take(app, [said], 0, elsewhere)
    take(app, [said], 0, None)
    first, second, *_rest = concerns
    take(app, [{first.id: rightly(first)}] * 2, 0, firm)
    take(app, [{first.id: rightly(first), second.id: wrongly(second)}], 0, firm)
    assert counted(app) == {}
    take(app, [{first.id: rightly(first), second.id: wrongly(second)}], 5, elsewhere)
    assert counted(app) == {}  # the stranger there has met them all


def test_what_oneself_met_no_colleague_has(app: Flask, firm: uuid.UUID, concerns: list[Scenario]) -> None:
    first, second, *_rest = concerns
    take(app, [{first.id: rightly(first)}], 0, firm)
    take(app, [{first.id: wrongly(first), second.id: rightly(second)}], 5, firm)
    assert counted(app)["", ""].met == 1
    with app.app_context(), transaction() as session:  # both finals were one person's
        one, other = session.scalars(select(Attempt).order_by(Attempt.started_at))
        other.user_id = one.user_id
    assert counted(app) == {}


def test_only_finals_begun_in_the_firm_count(app: Flask, firm: uuid.UUID, concerns: list[Scenario]) -> None:
    first, second, third, _fourth = concerns
    take(app, [{first.id: rightly(first)}], 0, firm)
    take(app, [{first.id: rightly(first), second.id: wrongly(second), third.id: rightly(third)}], 5, firm)
    assert counted(app)["", ""].met == 1
    with app.app_context(), transaction() as session:
        for membership in session.scalars(select(Membership).where(Membership.organization_id == firm)):
            membership.joined_at = START + dt.timedelta(days=30)
    assert counted(app) == {}
