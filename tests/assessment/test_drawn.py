"""What is drawn for a final: by the plan of its course, and what colleagues met lately less often."""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.assessment.staged import copy_staged
from tests.assessment.swapped import open_library
from tests.cast import make_account, make_firm, make_ready, put_on_roster, start_final, start_practice
from tests.support import COURSE
from trainer.assessment import finals
from trainer.assessment.drawn import LATELY, pairs_of
from trainer.assessment.models import Response
from trainer.assessment.queries import count_met
from trainer.content.instrument import instrument_digest
from trainer.content.schema import Pool
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.learning.operations import enroll
from trainer.organizations.models import Membership
from trainer.organizations.queries import list_colleagues

LABOR = {"berry-shed", "clinic-door", "laundry", "mall-gate", "night-bus"}
"""The pairs about labor that aren't of danger now."""
NOTHING: dict[str, object] = {"danger": {}, "other": {}}


def serve(app: Flask, folder: Path, labor: float, digest: str | None = None) -> None:
    """Serve the folder with a plan for the first stage that has so many pairs about labor and no others."""
    library = open_library(folder)
    content = library.content
    reserved = [scene.file for scene in content.pool(Pool.RESERVED)]
    fitting = instrument_digest(content.courses[COURSE].file.final, reserved, content.vocabulary)
    stage = {"on_duty": {"danger": {}, "other": {"labor": labor}}, "elsewhere": NOTHING}
    told = {"courses": {COURSE: {"digest": digest or fitting, "draw": {"stages": [stage]}}}}
    (folder / "instrument.json").write_text(json.dumps(told), "utf-8")
    app.extensions["library"] = open_library(folder)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder whose course has a final of six scenes and four more."""
    return copy_staged(tmp_path / "staged")


def begin(app: Flask, email: str) -> set[str]:
    """Let someone begin a final, and return the pairs that were drawn."""
    user_id = make_account(app, email)
    make_ready(app, user_id)
    return pairs_in(app, start_final(app, user_id))


def pairs_in(app: Flask, attempt_id: UUID) -> set[str]:
    with app.app_context():
        items = db.session.scalars(select(Response.item).where(Response.attempt_id == attempt_id)).all()
    return {item[:-2] for item in items}


def test_a_final_is_drawn_by_the_plan_of_its_course(app: Flask, folder: Path) -> None:
    serve(app, folder, labor=6)
    for name in ("bob", "carol", "dora"):
        drawn = begin(app, f"{name}@example.org")
        assert drawn > LABOR  # the sixth isn't planned, but six are asked for
        assert len(drawn) == 6


def test_by_a_plan_that_no_longer_fits_a_final_is_drawn_as_without_one(app: Flask, folder: Path) -> None:
    serve(app, folder, labor=6, digest="old")
    random.seed(7)
    stale = [begin(app, f"{name}@example.org") for name in ("bob", "carol", "dora")]
    (folder / "instrument.json").unlink()
    app.extensions["library"] = open_library(folder)
    random.seed(7)
    assert stale == [begin(app, f"{name}-2@example.org") for name in ("bob", "carol", "dora")]
    assert not all(drawn > LABOR for drawn in stale)


@contextmanager
def days_ago(days: int) -> Iterator[None]:
    with time_machine.travel(clock.now() - dt.timedelta(days=days), tick=False):
        yield


def test_finals_of_colleagues_count_for_half_a_year(app: Flask, folder: Path) -> None:
    serve(app, folder, labor=6)
    alice, bob, carol = (make_account(app, f"{name}@example.org") for name in ("alice", "bob", "carol"))
    firm = make_firm(app, alice)
    put_on_roster(app, firm, bob)
    put_on_roster(app, firm, carol, email="carol@example.org")
    put_on_roster(app, firm, None, email="nobody@example.org")
    met = {}
    for user_id, days in ((alice, 100), (bob, 1), (carol, 181)):
        with days_ago(days):
            make_ready(app, user_id)
            met[user_id] = pairs_in(app, start_final(app, user_id))
    begin(app, "stranger@example.org")
    start_practice(app, alice)
    with app.app_context():
        lately = count_met(list_colleagues(bob), clock.now() - LATELY)
        assert {item[:-2] for item in lately} == met[alice]
        assert set(lately.values()) == {1}
        colleagues = {
            pair.tellings[0].scene[:-2]: pair.colleagues for pair in pairs_of(served(), Pool.RESERVED, (), lately)
        }
        assert {name for name, times in colleagues.items() if times} == met[alice]
        assert sum(count_met(list_colleagues(carol), clock.now() - LATELY).values()) == 12
    with app.app_context(), transaction():
        left = db.session.scalars(select(Membership).where(Membership.user_id == alice)).one()
        left.ended_at, left.ended_on = clock.now(), clock.today()
        db.session.flush()
        assert count_met(list_colleagues(bob), clock.now() - LATELY) == {}


class _Undone(Exception):
    """Nothing of a draw is kept."""


def shared(app: Flask, user_id: UUID, met: set[str], draws: int = 80) -> float:
    """Return how many pairs of `met` someone's final has on average; none of the finals is kept."""
    times = 0
    with app.app_context():
        here = served()
        for _draw in range(draws):
            with suppress(_Undone), transaction():
                enrollment = enroll(user_id, here.courses[COURSE], clock.now())
                attempt = finals.start_final(enrollment, here.courses[COURSE], here, clock.now())
                items = db.session.scalars(select(Response.item).where(Response.attempt_id == attempt.id)).all()
                times += len({item[:-2] for item in items} & met)
                raise _Undone
    return times / draws


@pytest.mark.slow
def test_what_a_colleague_met_comes_less_often(app: Flask, folder: Path) -> None:
    """Two of five pairs: someone else's two come in .8 of a draw on average, a colleague's in .58."""
    path = folder / "courses" / COURSE / "course.yaml"
    text = (
        path.read_text("utf-8").replace("scenes: 6\n", "scenes: 2\n").replace("missed_at_most: 2", "missed_at_most: 1")
    )
    path.write_text(text, "utf-8")
    serve(app, folder, labor=2)
    alice, bob, carol = (make_account(app, f"{name}@example.org") for name in ("alice", "bob", "carol"))
    put_on_roster(app, make_firm(app, alice), bob)
    for user_id in (alice, bob, carol):
        make_ready(app, user_id)
    met = pairs_in(app, start_final(app, alice))
    random.seed(1)
    assert shared(app, bob, met) < 0.69 < shared(app, carol, met)
