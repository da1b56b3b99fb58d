"""The hourly job looks at firms in which something has changed, or whose time has come; workers share them."""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Lock, get_ident
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, select

from tests.assignments.firm import EVERYONE, Firm, earn, make_firm
from tests.support import COURSE, brings_only
from trainer.assignments.upkeep import Courses
from trainer.content.serving import served
from trainer.core import audit, clock
from trainer.core.db import db, transaction
from trainer.core.errors import Conflict
from trainer.core.releases import add_release
from trainer.credentials.operations import revoke
from trainer.jobs import due_firms
from trainer.jobs.upkeep import keep_up_all
from trainer.learning.operations import enroll
from trainer.organizations.models import LONGEST_REST, Organization, Upkeep

pytestmark = pytest.mark.on_both

MORNING, MORNING_HOUR = "2026-11-23T15:00:00Z", 10
"""Ten o'clock where the firms are: their day doesn't turn for hours."""
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def moved() -> Iterator[time_machine.Traveller]:
    """Let it be morning, and the clock stand still."""
    with time_machine.travel(MORNING, tick=False) as clock_hands:
        yield clock_hands


def firms_of(app: Flask, number: int) -> list[Firm]:
    """Create firms in which everyone has to take a course, each with someone."""
    firms = [make_firm(app, email=f"alice{one}@example.org") for one in range(number)]
    for number, firm in enumerate(firms):
        firm.require(EVERYONE)
        firm.add(f"Bob{number}")
    return firms


def run(app: Flask) -> set[UUID]:
    """Let an hour's run pass; return the firms that it looked at."""
    with app.app_context():
        before = {row.organization_id: row.seen_until for row in db.session.scalars(select(Upkeep))}
        for _portion in keep_up_all():
            pass
        after = {row.organization_id: row.seen_until for row in db.session.scalars(select(Upkeep))}
        db.session.rollback()
    return {firm for firm, seen in after.items() if before.get(firm) != seen}


def settle(app: Flask, moved: time_machine.Traveller) -> None:
    """Let runs pass until there is nothing to do: what a run does itself is news for the next one."""
    for _hour in range(3):
        run(app)
        moved.shift(HOUR)


def test_a_firm_without_change_costs_no_statement(app: Flask, moved: time_machine.Traveller) -> None:
    firms_of(app, 3)
    settle(app, moved)
    seen: list[str] = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *of: seen.append(str(of[2])))
    assert run(app) == set()
    ours = [one for one in seen if not one.startswith("BEGIN") and "FROM upkeeps" not in one.partition("WHERE")[0]]
    # Which firms are new; which have news. (That none is left to claim, and this test's own look, are left out.)
    assert [one.split()[0] for one in ours] == ["SELECT", "UPDATE"]


def act(firm: Firm) -> None:
    audit.note("team.made", clock.now(), organization_id=firm.id)


def begin_a_course(firm: Firm) -> None:
    enroll(firm.owner_id, next(course for course in served().courses.values() if course.slug != COURSE), clock.now())


def lose_a_certificate(firm: Firm) -> None:
    serial = earn(firm.owner_id, dt.date(2026, 11, 1), dt.date(2027, 11, 1)).serial
    db.session.flush()
    revoke(serial, "A mistake", clock.now())


@pytest.mark.parametrize("change", [act, begin_a_course, lose_a_certificate])
def test_what_changes_brings_a_firm_forward_and_no_other(
    app: Flask, moved: time_machine.Traveller, change: Callable[[Firm], None]
) -> None:
    firm, _other = firms_of(app, 2)
    settle(app, moved)
    with app.app_context(), transaction():
        change(firm)
    assert run(app) == {firm.id}


def test_new_content_brings_all_firms_forward(app: Flask, moved: time_machine.Traveller) -> None:
    firms = firms_of(app, 2)
    settle(app, moved)
    with app.app_context(), transaction():
        add_release("1", b"files", b"built", "code", clock.now())
    assert run(app) == {firm.id for firm in firms}


def test_what_is_written_while_a_firm_is_looked_at_is_news(app: Flask, moved: time_machine.Traveller) -> None:
    (firm,) = firms_of(app, 1)
    settle(app, moved)
    with app.app_context(), transaction():
        act(firm)
        noted_at = clock.now()
    moved.shift(dt.timedelta(minutes=1))
    with app.app_context(), transaction():
        audit.note("team.made", noted_at, organization_id=firm.id)  # its transaction ends only now
    assert run(app) == {firm.id}


def test_each_firm_is_looked_at_when_its_day_turns_and_after_six_hours(
    app: Flask, moved: time_machine.Traveller
) -> None:
    firms_of(app, 1)
    settle(app, moved)
    looked = []
    for hour in range(24):
        if run(app):
            looked.append((MORNING_HOUR + 3 + hour) % 24)
        moved.shift(HOUR)
    assert {0, 8} <= set(looked)
    assert len(looked) <= 24 / (LONGEST_REST / HOUR) + 2


def test_two_workers_share_the_firms(
    app: Flask, moved: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    firms = firms_of(app, 6)
    looked: list[tuple[int, UUID]] = []
    both_have_one, lock = Barrier(2), Lock()

    def look(organization: Organization, _courses: Courses, _now: dt.datetime, _after: UUID | None) -> UUID | None:
        with lock:
            looked.append((get_ident(), organization.id))
        return None

    def work(_number: int) -> None:
        with app.app_context():
            for number, _portion in enumerate(keep_up_all()):
                if number == 0:  # neither is done with a firm before the other has said which are due
                    both_have_one.wait(60)
                time.sleep(0.05)  # the worker's other tasks have their turn

    brings_only(app, monkeypatch, upkeep=(look,))
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))
    assert sorted(firm for _worker, firm in looked) == sorted(firm.id for firm in firms)
    assert len({worker for worker, _firm in looked}) == 2


def test_a_worker_that_stood_still_leaves_its_firm_to_another(
    app: Flask, moved: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    firms_of(app, 1)
    looked: list[str] = []

    def look(_organization: Organization, _courses: Courses, now: dt.datetime, after: UUID | None) -> UUID | None:
        looked.append(f"{now:%H:%M}")
        return None if after else uuid.uuid4()  # two portions

    brings_only(app, monkeypatch, upkeep=(look,))
    with app.app_context():
        slow = keep_up_all()
        next(slow)
        moved.shift(due_firms.LEASE + dt.timedelta(minutes=1))
        list(keep_up_all())
        row = db.session.scalars(select(Upkeep)).one()
        noted = row.due_at, row.seen_until
        db.session.rollback()
        moved.shift(dt.timedelta(minutes=1))
        list(slow)
        row = db.session.scalars(select(Upkeep)).one()
        assert (row.due_at, row.seen_until) == noted
    assert looked == ["15:00", "15:11", "15:11"]


def test_a_worker_that_is_told_to_end_leaves_its_firm_to_the_next_run(
    app: Flask, moved: time_machine.Traveller
) -> None:
    (firm,) = firms_of(app, 1)
    with app.app_context():
        stopped = keep_up_all()
        next(stopped)
        stopped.close()  # type: ignore[attr-defined]
    moved.shift(dt.timedelta(seconds=2))
    with app.app_context(), transaction():
        claimed = due_firms.claim(clock.now(), clock.now())
        assert claimed is not None
        assert (claimed.organization_id, claimed.tries) == (firm.id, 1)


def test_what_was_put_off_is_done_by_the_next_run(
    app: Flask, moved: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    firms_of(app, 1)
    settle(app, moved)
    tries: list[str] = []

    def look(_organization: Organization, _courses: Courses, now: dt.datetime, _after: UUID | None) -> UUID | None:
        tries.append(f"{now:%H:%M}")
        if len(tries) == 1:
            raise Conflict("someone else got there first")
        return None

    brings_only(app, monkeypatch, upkeep=(look,))
    moved.shift(LONGEST_REST)
    for _hour in range(3):
        run(app)
        moved.shift(HOUR)
    assert tries == ["00:00", "01:00"]
