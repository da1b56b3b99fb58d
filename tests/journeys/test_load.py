"""People who use the site at once, over a real server: nobody sees an error, nothing is lost, nothing grows."""

from __future__ import annotations

import os

import pytest
from flask import Flask

from tests.live import serving
from tests.load.running import STATIC, run
from tests.load.soak import Look, faults, growth, soak
from trainer.core.settings import Settings

pytestmark = [pytest.mark.on_both, pytest.mark.slow]

IS_FULL = bool(os.environ.get("TRAINER_TEST_EVERYTHING"))


@pytest.mark.check("T123")
def test_learners_at_once_see_no_error_and_lose_nothing(app: Flask, settings: Settings) -> None:
    learners, seconds = (50, 120.0) if IS_FULL else (10, 4.0)
    with serving(settings, is_web_alone=True) as address:
        done = run(app, address, os.getpid(), learners=learners, seconds=seconds, think=0.1)
    assert (done.complaints, dict(done.school.times.errors), done.school.times.broken) == ([], {}, 0)
    assert {"answer saved", "autosave", "lesson", "scene", STATIC} <= set(done.school.times.seconds)


@pytest.mark.nightly
@pytest.mark.check("T122")
def test_a_site_that_is_used_for_long_holds_no_more_than_before(app: Flask, settings: Settings) -> None:
    if not settings.database_url.startswith("sqlite"):
        pytest.skip("the log of SQLite")
    done, looks = soak(app, settings, 180)
    assert faults(done, looks) == []


def test_growth_is_told_from_noise() -> None:
    flat = [Look(200 + number % 5, 90 + number % 3, 4.0) for number in range(40)]
    before, after = growth(flat)
    assert abs(after.memory_mb - before.memory_mb) < 5
    leaking = [Look(200 + 2 * number, 90, 4.0) for number in range(40)]
    before, after = growth(leaking)
    assert after.memory_mb > before.memory_mb * 1.05
