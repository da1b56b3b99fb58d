"""Scenes that are told with other people under one id, and those of shifts, which nothing else draws."""

from __future__ import annotations

import random
import re
from collections import Counter
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from tests.cast import answer_all, hand_in, make_account, make_guest, make_ready, sign_in_as, start_final
from trainer.assessment.models import Attempt, Response
from trainer.core import chance
from trainer.core.db import db

CLOCKS = ["22:00", "23:10", "00:15", "05:40"]


def test_scenes_of_a_shift_are_drawn_for_nothing_else(rich_app: Flask) -> None:
    bob = make_account(rich_app)
    make_ready(rich_app, bob)
    visitor = sign_in_as(rich_app, bob)
    for kind in ("practices", "finals"):
        visitor.start(kind)
    assert not {item for item, _is_swapped, _story in drawn(rich_app) if item.startswith("shift")}
    page = visitor.get("/try?keep=no", follow_redirects=True).text
    assert not re.search("|".join(CLOCKS), page)


def drawn(app: Flask) -> list[tuple[str, bool, str]]:
    """Return (item, whether it is told with other people, narrative) of every scene drawn so far."""
    with app.app_context():
        rows = db.session.scalars(select(Response).options(joinedload(Response.snapshot))).unique().all()
        return [(row.item, row.snapshot.payload["is_swapped"], row.snapshot.payload["narrative"]) for row in rows]


TOLD_ANEW = {"open-4-a", "open-4-b"}


def practice_often(app: Flask, user_id: UUID, times: int) -> None:
    visitor = sign_in_as(app, user_id)
    for _time in range(times):
        visitor.post(f"{visitor.start('practices')}/submission")


def test_a_scene_is_told_with_either_people_under_one_id(rich_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chance, "rng", random.Random(5))
    practice_often(rich_app, make_guest(rich_app), 24)
    told = Counter((item, is_swapped) for item, is_swapped, _story in drawn(rich_app))
    assert {item for item, is_swapped in told if is_swapped} == TOLD_ANEW
    assert all(told[item, is_swapped] >= 2 for item in TOLD_ANEW for is_swapped in (False, True))
    for item, is_swapped, story in drawn(rich_app):
        assert ("A woman asks for her papers" in story) == is_swapped
        assert item.partition("-")[0] == "open"


def test_the_same_answers_are_right_whoever_it_is_told_of(rich_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chance, "rng", random.Random(5))
    told = set()
    for number in range(40):
        user_id = make_account(rich_app, f"leo{number}@example.org")
        make_ready(rich_app, user_id)
        attempt = start_final(rich_app, user_id)
        answer_all(rich_app, attempt)
        with rich_app.app_context():
            for row in db.session.scalars(select(Response).where(Response.attempt_id == attempt)):
                given = row.given or {}
                told.add((row.item, row.item_digest, given["verdict"], given["action"]))
        hand_in(rich_app, user_id, attempt)
        with rich_app.app_context():
            assert db.session.get_one(Attempt, attempt).is_passed
    versions = {item: {digest for name, digest, *_ in told if name == item} for item, *_ in told}
    assert {len(digests) for item, digests in versions.items() if item.startswith("reserved-1")} == {2}
    assert len(told) == sum(len(digests) for digests in versions.values())


def test_a_scene_seen_with_other_people_counts_as_seen(rich_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in range(5):
        monkeypatch.setattr(chance, "rng", random.Random(seed))
        practice_often(rich_app, make_account(rich_app, f"leo{seed}@example.org"), 2)
    with rich_app.app_context():
        rows = db.session.execute(select(Attempt.user_id, Response.item).join(Attempt)).all()
    # Four pairs, four scenes at a time: the second time shows the other twin of each.
    assert set(Counter(map(tuple, rows)).values()) == {1}
    assert len(rows) == 5 * 8
