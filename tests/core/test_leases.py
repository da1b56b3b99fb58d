"""Mail and work are each taken up by one worker at a time, and whoever is slow undoes nothing of another's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask

from trainer.core import outbox, work
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.core.leases import delay, is_due
from trainer.core.outbox import OutboxMessage
from trainer.core.work import Job

pytestmark = pytest.mark.on_both

Waiting = OutboxMessage | Job
BEGIN = dt.datetime(2026, 11, 24, 14, tzinfo=dt.UTC)


class Mails:
    """The queue of mail."""

    record, lease, most_tries = OutboxMessage, outbox.LEASE, outbox.MOST_TRIES

    def order(self) -> UUID:
        return outbox.post("no-account", "bob@example.org", "en", {}, now(), uuid4()).id

    def claim(self) -> Waiting | None:
        return outbox.claim(now())

    def fail(self, row: Waiting) -> None:
        assert isinstance(row, OutboxMessage)
        outbox.mark_failed(row, "no", now(), is_final=False)

    def is_given_up(self, row: Waiting) -> bool:
        assert isinstance(row, OutboxMessage)
        return row.dead_at is not None


class Work:
    """The queue of work."""

    record, lease, most_tries = Job, work.LEASE, work.MOST_TRIES

    def order(self) -> UUID:
        return work.order("evidence-pack", now(), ordered_by_id=uuid4()).id

    def claim(self) -> Waiting | None:
        return work.claim(now())

    def fail(self, row: Waiting) -> None:
        assert isinstance(row, Job)
        work.note_failed(row, "no", now())

    def is_given_up(self, row: Waiting) -> bool:
        assert isinstance(row, Job)
        return row.failed_at is not None


Queue = Mails | Work
both = pytest.mark.parametrize("queue", [Mails(), Work()], ids=["mail", "work"])


def claim(queue: Queue) -> Waiting:
    """Take up what waits, as a worker does."""
    with transaction():
        row = queue.claim()
    assert row is not None
    return row


def look(queue: Queue, number: UUID) -> Waiting:
    """Return the row as it stands in the database."""
    db.session.rollback()
    db.session.expire_all()
    row: Waiting = db.session.get_one(queue.record, number)  # type: ignore[assignment] # one of the two
    return row


@pytest.mark.on_both(each_case=True)
@both
def test_what_waits_longest_is_taken_up_first_and_by_one_alone(app: Flask, queue: Queue) -> None:
    with app.app_context(), time_machine.travel(BEGIN, tick=False) as moved:
        numbers = []
        for _order in range(2):
            with transaction():
                numbers.append(queue.order())
            moved.shift(1)
        assert [claim(queue).id for _worker in range(2)] == numbers
        with transaction():
            assert queue.claim() is None
        moved.shift(queue.lease + dt.timedelta(seconds=1))
        assert claim(queue).id == numbers[0]


@pytest.mark.on_both(each_case=True)
@both
def test_what_fails_is_due_again_after_a_while_that_grows(app: Flask, queue: Queue) -> None:
    with app.app_context(), time_machine.travel(BEGIN, tick=False) as moved:
        with transaction():
            number = queue.order()
        for tries in (1, 2, 3):
            row = claim(queue)
            with transaction():
                queue.fail(row)
            found = look(queue, number)
            assert (found.tries, found.due_at, found.last_error) == (tries, now() + delay(tries), "no")
            assert not is_due(queue.record, now())
            moved.shift(delay(tries))
            assert is_due(queue.record, now())


@pytest.mark.on_both(each_case=True)
@both
def test_whoever_was_slow_does_not_touch_what_another_took_up_since(app: Flask, queue: Queue) -> None:
    with app.app_context(), time_machine.travel(BEGIN, tick=False) as moved:
        with transaction():
            number = queue.order()
        slow = claim(queue)
        moved.shift(queue.lease + dt.timedelta(seconds=1))
        other = claim(queue)
        db.session.rollback()  # as after an error: what the slow one holds isn't read again
        with transaction():
            queue.fail(slow)
        found = look(queue, number)
        assert (found.tries, found.due_at, found.last_error) == (2, other.due_at, None)
        with transaction():
            queue.fail(other)
        assert look(queue, number).last_error == "no"


@pytest.mark.on_both(each_case=True)
@pytest.mark.parametrize(
    "act",
    [lambda job: work.note_progress(job, 1, 9, now()), lambda job: work.put_off(job, now())],
    ids=["progress", "put off"],
)
def test_a_slow_slice_does_not_give_away_what_another_works_on(app: Flask, act: Callable[[Job], None]) -> None:
    with app.app_context(), time_machine.travel(BEGIN, tick=False) as moved:
        with transaction():
            number = Work().order()
        slow = claim(Work())
        assert isinstance(slow, Job)
        moved.shift(work.LEASE + dt.timedelta(seconds=1))
        other = claim(Work())
        with transaction():
            act(slow)
        found = look(Work(), number)
        assert (found.tries, found.due_at) == (2, other.due_at)


@pytest.mark.on_both(each_case=True)
@both
def test_what_ends_each_worker_is_given_up_with_a_reason(app: Flask, queue: Queue) -> None:
    with app.app_context(), time_machine.travel(BEGIN, tick=False) as moved:
        with transaction():
            number = queue.order()
        for _worker in range(queue.most_tries):
            claim(queue)
            moved.shift(queue.lease + dt.timedelta(seconds=1))
        with transaction():
            assert queue.claim() is None
        found = look(queue, number)
        assert queue.is_given_up(found)
        assert found.last_error
