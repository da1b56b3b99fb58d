"""Whole worlds by a seed: nothing that must always hold is ever broken, and what is broken on purpose shows again."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
from flask import Flask

from tests.jobs.conftest import Mailbox, mailbox
from tests.simulation.__main__ import live
from tests.simulation.world import World
from trainer.app import create_app
from trainer.content.library import Library
from trainer.core import outbox
from trainer.core.db import db
from trainer.core.settings import Settings

pytestmark = pytest.mark.slow

__all__ = ["mailbox"]

SEEDS, STEPS = (range(1, 41), 150) if os.environ.get("TRAINER_TEST_EVERYTHING") else (range(1, 2), 40)


@pytest.mark.check("T101")
@pytest.mark.parametrize("seed", SEEDS)
def test_a_world_with_faults_loses_nothing_and_does_nothing_twice(
    app: Flask, settings: Settings, shelf: Library, mailbox: Mailbox, seed: int
) -> None:
    world = World(create_app(replace(settings, smtp_url=mailbox.url), shelf), mailbox, seed)
    try:
        world.live(STEPS)
    finally:
        with world.app.app_context():
            db.session.remove()
            db.engine.dispose()
    assert len(world.trace) > STEPS


def test_a_seed_that_goes_wrong_goes_wrong_again_in_the_same_way(
    shelf: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "mark_sent", lambda _number, _now: None)
    first, again = live(shelf, 3, 30), live(shelf, 3, 30)
    assert all("× the mail" in error for _trace, error in (first, again))
    assert first[0] == again[0]
