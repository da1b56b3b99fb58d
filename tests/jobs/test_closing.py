"""A firm that was closed 30 days ago is deleted: all of it, once, and nothing else."""

from __future__ import annotations

import datetime as dt
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.cast import certify, sign_in_as
from tests.jobs.full import FIRMS, KEPT, LATER, MONDAY, Full, make_bob, make_full, rows
from tests.remembered import remembered
from tests.support import COURSE, TASKS, Visitor, brings_only
from trainer.app import FEATURES
from trainer.compliance.orders import folder_of
from trainer.core import clock, work
from trainer.core.db import Base, db, transaction
from trainer.core.feature import Feature, Task
from trainer.core.outbox import OutboxMessage
from trainer.core.work import Job
from trainer.credentials.models import Credential
from trainer.jobs import runner
from trainer.jobs.emails import write
from trainer.jobs.upkeep import keep_up, keep_up_all
from trainer.jobs.work import advance
from trainer.organizations import tasks
from trainer.organizations.closing import reopen, resume, suspend
from trainer.organizations.queries import find_actor
from trainer.organizations.rules import FirmState
from trainer.organizations.tasks import delete_closed_firms

ABOUT_FIRMS = {"invitation", "training-reminder", "training-digest", "class-nudge", "class-invitation"}

pytestmark = [pytest.mark.check("T013"), pytest.mark.on_both]


@pytest.fixture
def monday() -> Iterator[None]:
    """Let it be a Monday on which people are written to."""
    with time_machine.travel(MONDAY):
        yield


@pytest.fixture
def acme(app: Flask, monday: None) -> Full:
    """Return Acme Security, and beside it another firm; Bob, who is certified, is in both."""

    def make() -> Full:
        with time_machine.travel("2026-11-23T14:50:00Z"):  # before anything that a test does
            return make_full(app, "Acme Security", bob=make_bob(app))

    acme = remembered("closing", app, make)
    with app.app_context():
        folder_of(acme.job).mkdir(parents=True, exist_ok=True)
    return replace(acme, app=app)


def delete(app: Flask) -> int:
    """Let the worker delete; return how many portions it took."""
    with app.app_context():
        return sum(1 for _portion in delete_closed_firms())


def shut(firm: Full, how: str) -> None:
    """Suspend the firm, or close it."""
    if how == "closed":
        firm.close()
        return
    with firm.app.app_context(), transaction():
        suspend(firm.id, "No answer", clock.now())


def open_again(firm: Full, how: str) -> None:
    """Take that back."""
    with firm.app.app_context(), transaction():
        if how == "closed":
            actor = find_actor(firm.owner, firm.id, [FirmState.CLOSED])
            assert actor is not None
            reopen(actor, clock.now())
        else:
            resume(firm.id, clock.now())


def test_every_table_is_a_firms_or_stays() -> None:
    assert set(Base.metadata.tables) == FIRMS | KEPT
    named = {name for name, table in Base.metadata.tables.items() if "organization_id" in table.c}
    # A wrong PIN is its person's, names the firm for thirty days, and is deleted then.
    assert named - FIRMS == {"audit_events", "pack_manifests", "pin_tries"}


def test_all_of_a_firm_goes_and_nothing_of_another_or_of_its_people(app: Flask, monday: None) -> None:
    bob = make_bob(app)
    certify(app, bob)
    make_full(app, "Other Security", bob=bob)
    others = rows(app)
    acme = make_full(app, "Acme Security", bob=bob)
    acme.close()
    before = rows(app)
    assert {name for name in FIRMS if len(before[name]) <= len(others[name])} == set()
    with time_machine.travel(LATER):
        assert delete(app) > 10
    after = rows(app)
    assert {name: after[name] for name in FIRMS} == {name: others[name] for name in FIRMS}
    changed = {"sign_offs", "signatures", "audit_events", "pack_manifests"}
    assert {name: after[name] for name in KEPT - changed} == {name: before[name] for name in KEPT - changed}
    assert before["audit_events"] < after["audit_events"]
    assert len(after["sign_offs"]) == len(before["sign_offs"])
    assert others["sign_offs"] < after["sign_offs"]
    assert len(after["pack_manifests"]) == 2
    assert [row for row in after["pack_manifests"] if "Acme Security" in row] == []
    assert others["pack_manifests"] < after["pack_manifests"]
    assert acme.acts() == ["organization.made", "organization.closed", "organization.deleted"]


def test_what_was_earned_is_still_there_and_certificates_still_verify(acme: Full) -> None:
    app, bob = acme.app, make_bob(acme.app)
    certify(app, bob)
    acme.close()
    with time_machine.travel(LATER):
        delete(app)
        with app.app_context():
            serial = db.session.scalars(select(Credential.serial)).one()
        page = Visitor(app).get(f"/verify/{serial}")
        assert page.status_code == 200
        assert "Bob Builder" in page.text
        mona = sign_in_as(app, acme.mona)
        assert f"/courses/{COURSE}" in mona.get("/me").text
        assert "Acme" not in mona.get("/me").text
        assert mona.get(f"/organizations/{acme.id}").status_code == 404


def test_the_files_of_packs_go_too(acme: Full) -> None:
    packs = Path(acme.app.config["SETTINGS"].instance) / "packs"
    assert (packs / acme.job.hex).is_dir()
    acme.close()
    with time_machine.travel(LATER):
        delete(acme.app)
    assert list(packs.iterdir()) == []


@pytest.mark.parametrize("at", ["2026-11-24T15:00:00Z", "2026-12-23T14:59:59Z"])
def test_nothing_is_deleted_before_its_time(acme: Full, at: str) -> None:
    acme.close()
    before = rows(acme.app)
    with time_machine.travel(at):
        assert delete(acme.app) == 0
    assert rows(acme.app) == before


def test_a_suspended_firm_is_never_deleted_and_its_owners_lose_no_day(acme: Full) -> None:
    acme.close()
    shut(acme, "suspended")
    with time_machine.travel("2027-06-01T00:00:00Z") as moved:
        assert delete(acme.app) == 0
        open_again(acme, "suspended")
        assert delete(acme.app) == 0
        moved.shift(dt.timedelta(days=29, hours=23))
        assert delete(acme.app) == 0
        open_again(acme, "closed")
        assert acme.acts()[1:] == [f"organization.{act}" for act in ("closed", "suspended", "resumed", "reopened")]


def test_opened_again_in_the_last_second_a_firm_is_whole(acme: Full) -> None:
    before = rows(acme.app)
    acme.close()
    with time_machine.travel("2026-12-23T14:59:59Z") as moved:
        open_again(acme, "closed")
        moved.shift(dt.timedelta(days=1))
        assert delete(acme.app) == 0
    after = rows(acme.app)
    changed = {"audit_events", "outbox_messages"}
    assert {name: after[name] for name in after if name not in changed} == {
        name: before[name] for name in before if name not in changed
    }


@pytest.mark.parametrize("killed_in", [1, 2, 10, 20])
def test_a_deletion_that_was_killed_goes_on_where_it_stood(
    acme: Full, monkeypatch: pytest.MonkeyPatch, killed_in: int
) -> None:
    monkeypatch.setattr(tasks, "PORTION", 1)
    acme.close()
    begun = 0
    real = [one.forget_firm for one in reversed(FEATURES) if one.forget_firm]

    def forget(organization_id: UUID, most: int) -> int:
        nonlocal begun
        begun += 1
        gone = next(filter(None, (one(organization_id, most) for one in real)), 0)
        if begun == killed_in:
            assert gone == 1
            raise KeyboardInterrupt
        return gone

    with time_machine.travel(LATER):
        whole = count(rows(acme.app))
        with monkeypatch.context() as patch:
            brings_only(acme.app, patch, forget_firm=forget)
            with pytest.raises(KeyboardInterrupt):
                delete(acme.app)
        half = rows(acme.app)
        assert half["organizations"]
        assert count(half) <= whole - (killed_in - 1)
        assert (count(half) == whole) == (killed_in == 1)  # what was under way is undone
        assert delete(acme.app) >= 1
    assert count(rows(acme.app)) == 0
    assert acme.acts().count("organization.deleted") == 1


def test_two_workers_delete_a_firm_once(acme: Full, monkeypatch: pytest.MonkeyPatch) -> None:
    def linger(_organization_id: UUID, _most: int) -> int:
        time.sleep(0.3)  # so that without taking turns both would see that nothing is left
        return 0

    monkeypatch.setattr(tasks, "PORTION", 1)
    lingering = (Feature(name="test", forget_firm=linger), *FEATURES)
    monkeypatch.setitem(acme.app.extensions, "features", lingering)
    acme.close()
    with time_machine.travel(LATER), ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(lambda _number: delete(acme.app), range(2))) > 20
    assert count(rows(acme.app)) == 0
    assert acme.acts().count("organization.deleted") == 1


@pytest.mark.parametrize("how", ["suspended", "closed"])
def test_nothing_happens_by_itself_while_a_firm_is_shut(acme: Full, how: str) -> None:
    shut(acme, how)
    before = rows(acme.app)
    with time_machine.travel("2026-11-30T15:00:00Z"), acme.app.app_context():  # a Monday again
        assert list(keep_up_all()) == []
        for _portion in keep_up(acme.id):  # chosen before it was shut
            pass
        assert rows(acme.app) == before
        open_again(acme, how)
        for _portion in keep_up_all():
            pass
    after = rows(acme.app)
    assert len(after["reminders"]) > len(before["reminders"])
    assert len(after["digests"]) > len(before["digests"])


@pytest.mark.parametrize("how", ["suspended", "closed"])
def test_mails_that_wait_about_a_shut_firm_are_not_sent(acme: Full, how: str) -> None:
    assert {name for name, has_text in letters(acme.app) if has_text} >= ABOUT_FIRMS
    shut(acme, how)
    assert {name for name, has_text in letters(acme.app) if has_text} & ABOUT_FIRMS == set()
    open_again(acme, how)
    assert {name for name, has_text in letters(acme.app) if has_text} >= ABOUT_FIRMS


def test_mails_that_wait_about_a_deleted_firm_are_not_sent(acme: Full) -> None:
    acme.close()
    with time_machine.travel(LATER):
        delete(acme.app)
        assert {name for name, has_text in letters(acme.app) if has_text} & {*ABOUT_FIRMS, "firm-closed"} == set()


@pytest.mark.parametrize("how", ["suspended", "closed"])
def test_work_under_way_waits_while_a_firm_is_shut_and_goes_on_after(acme: Full, how: str) -> None:
    shut(acme, how)
    with time_machine.travel("2026-11-23T16:00:00Z") as moved, acme.app.app_context():
        waiting = len(db.session.scalars(select(Job.id).where(Job.organization_id == acme.id)).all())
        for _try in range(2 * work.MOST_TRIES):
            for _job in range(waiting):
                assert advance()
            assert not advance()  # they wait
            moved.shift(work.PUT_OFF)
        assert job(acme) == (False, False)
        open_again(acme, how)
        while advance():
            pass
        assert job(acme) == (True, False)


def test_the_worker_does_it_when_it_tidies_up(acme: Full, monkeypatch: pytest.MonkeyPatch) -> None:
    acme.close()
    told = {one: signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT)}

    def end() -> Iterator[None]:
        until = time.monotonic() + 60
        while count(rows(acme.app)) and time.monotonic() < until:
            yield
        os.kill(os.getpid(), signal.SIGTERM)

    ending = (*TASKS[:-1], Task("the last one", 0, end))
    brings_only(acme.app, monkeypatch, tasks=ending)
    with time_machine.travel(LATER), acme.app.app_context():
        try:
            runner.run()
        finally:
            for number, handler in told.items():
                signal.signal(number, handler)
    assert count(rows(acme.app)) == 0


def count(found: dict[str, set[str]]) -> int:
    """Return how many rows the tables of firms hold."""
    return sum(len(found[name]) for name in FIRMS)


def job(acme: Full) -> tuple[bool, bool]:
    """Return whether the file of certificates is finished, and whether it was given up."""
    db.session.expire_all()
    found = db.session.get_one(Job, acme.job)
    return found.finished_at is not None, found.failed_at is not None


def letters(app: Flask) -> list[tuple[str, bool]]:
    """Return (template, whether it has a text now) of each mail."""
    with app.app_context():
        return [(one.template, write(one) is not None) for one in db.session.scalars(select(OutboxMessage))]
