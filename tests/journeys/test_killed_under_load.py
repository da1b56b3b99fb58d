"""Processes of web servers killed at random while finals are taken: what was acknowledged is there, once and whole."""

from __future__ import annotations

import os

import pytest
from flask import Flask

from tests.chaos.killing import kill_under_load
from trainer.core.settings import Settings

pytestmark = pytest.mark.on_both

KILLS = 100 if os.environ.get("TRAINER_TEST_EVERYTHING") else 4
"""`make chaos` kills a thousand times on each database."""


@pytest.mark.check("T099")
def test_nothing_acknowledged_is_lost_or_there_twice(app: Flask, settings: Settings) -> None:
    toll = kill_under_load(app, settings, KILLS)
    assert toll.complaints == []
    assert toll.errors == {}
    assert (toll.kills, toll.finals > 0) == (KILLS, True)
