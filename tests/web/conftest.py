"""A site where much was done already."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.web.world import World, make_world
from trainer.courses.library import Library


@pytest.fixture
def world(app: Flask, shelf: Library) -> World:
    return make_world(app, shelf)
