"""A large roster is taken over by the worker: checked, written in one piece, invited; and what changes meanwhile."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.cast import put_on_roster
from tests.organizations.conftest import Acme, acme
from tests.roster.uploads import (
    as_csv,
    confirm,
    count,
    look,
    many,
)
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.core.work import Job
from trainer.jobs import work
from trainer.organizations.models import Invitation, Membership
from trainer.organizations.rules import Role
from trainer.roster.models import RosterDraft
from trainer.roster.tasks import import_roster

pytestmark = pytest.mark.on_both

__all__ = ["acme"]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let twenty rows be many."""
    monkeypatch.setattr("trainer.roster.plan_views.LARGE", 20)


def done(app: Flask) -> tuple[int, bool]:
    """Return how many steps the newest work has done, and whether it is finished."""
    with app.app_context():
        job = db.session.scalars(select(Job).order_by(Job.created_at.desc())).first()
        assert job is not None
        assert job.last_error is None
        return job.done, job.finished_at is not None


def slice_of_work(app: Flask) -> bool:
    with app.app_context():
        return work.advance()


def test_a_large_roster_is_checked_written_and_invited_in_steps(acme: Acme) -> None:
    visitor, (before,) = acme.enter("alice"), count(acme.app, Membership)
    path = look(visitor, acme, file=as_csv(many(30)))
    assert confirm(visitor, path, has_mail="y").status_code == 303
    for step, people, invited in ((0, 0, 0), (1, 0, 0), (2, 30, 0), (3, 30, 30)):
        page = visitor.get(path).text
        assert ("We’re importing the roster" in page) == (step < 3)
        assert ("Step 2 of 3: Saving the people" in page) == (step == 1)
        assert done(acme.app) == (step, step == 3)
        assert count(acme.app, Membership, Invitation) == [before + people, invited]
        slice_of_work(acme.app)
    assert "The roster is imported" in visitor.get(path).text
    assert not slice_of_work(acme.app)


def test_confirming_again_orders_nothing_more(acme: Acme) -> None:
    visitor = acme.enter("alice")
    path = look(visitor, acme, file=as_csv(many(30)))
    fields = {"digest": visitor.field("digest"), "shown": "2"}
    for _time in range(3):
        assert visitor.post(f"{path}/confirmation", fields).status_code == 303
    assert count(acme.app, Job) == [1]
    assert visitor.post(f"{path}/ticks", {"shown": "2"}).status_code == 409


@pytest.mark.parametrize("after", [0, 1])
def test_if_the_firm_changes_before_it_is_written_nothing_is_and_it_is_shown_again(acme: Acme, after: int) -> None:
    visitor, (before,) = acme.enter("alice"), count(acme.app, Membership)
    path = look(visitor, acme, file=as_csv(many(30)))
    confirm(visitor, path)
    for _step in range(after):
        slice_of_work(acme.app)
    put_on_roster(acme.app, acme.id, None, name="Person 7", email="p7@example.org")
    while slice_of_work(acme.app):
        pass
    assert count(acme.app, Membership) == [before + 1]
    page = visitor.get(path).text
    assert "changed while it was being imported, so nothing was saved" in page
    assert "29 new people" in page
    assert confirm(visitor, path).status_code == 303
    while slice_of_work(acme.app):
        pass
    assert count(acme.app, Membership) == [before + 30]


def test_refused_rows_hold_it_up_unless_they_are_left_out(acme: Acme) -> None:
    visitor, (before,) = acme.enter("alice"), count(acme.app, Membership)
    path = look(visitor, acme, file=as_csv(many(30, bad=3)))
    assert confirm(visitor, path).status_code == 422
    assert count(acme.app, Job) == [0]
    assert confirm(visitor, path, leaves_out="y").status_code == 303
    while slice_of_work(acme.app):
        pass
    assert count(acme.app, Membership) == [before + 29]


def test_who_loses_the_right_before_it_is_written_brings_nobody_in(acme: Acme) -> None:
    visitor, (before,) = acme.enter("mona"), count(acme.app, Membership)
    path = look(visitor, acme, file=as_csv(many(30)))
    confirm(visitor, path)
    with acme.app.app_context(), transaction():
        db.session.get_one(Membership, acme.people["mona"]).role = Role.MEMBER
    while slice_of_work(acme.app):
        pass
    assert count(acme.app, Membership) == [before]


def test_a_step_that_was_done_but_not_noted_isnt_done_again(acme: Acme) -> None:
    visitor, (before,) = acme.enter("alice"), count(acme.app, Membership)
    path = look(visitor, acme, file=as_csv(many(30)))
    confirm(visitor, path, has_mail="y")
    slice_of_work(acme.app)
    with acme.app.test_request_context():
        job = db.session.scalars(select(Job)).one()
        assert job.done == 1
        for _killed in range(2):
            assert import_roster(job, clock.now())[0] >= 2
    assert count(acme.app, Membership, Invitation) == [before + 30, 30]
    while slice_of_work(acme.app):
        pass
    assert count(acme.app, Membership, Invitation) == [before + 30, 30]


def test_a_roster_that_is_gone_ends_the_work(acme: Acme) -> None:
    visitor = acme.enter("alice")
    confirm(visitor, look(visitor, acme, file=as_csv(many(30))))
    with acme.app.app_context(), transaction():
        db.session.delete(db.session.scalars(select(RosterDraft)).one())
    while slice_of_work(acme.app):
        pass
    assert done(acme.app)[1]


def test_work_that_was_given_up_lets_it_be_confirmed_again(acme: Acme) -> None:
    visitor = acme.enter("alice")
    path = look(visitor, acme, file=as_csv(many(30)))
    confirm(visitor, path)
    with acme.app.app_context(), transaction():
        db.session.scalars(select(Job)).one().failed_at = clock.now()
    assert "30 new people" in visitor.get(path).text
    assert confirm(visitor, path).status_code == 303
    while slice_of_work(acme.app):
        pass
    with acme.app.app_context():
        drafts = db.session.scalar(select(func.count()).where(RosterDraft.applied_at.is_not(None)))
        assert drafts == 1
