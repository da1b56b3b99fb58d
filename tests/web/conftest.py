"""A site where much was done already."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from tests.remembered import remembered
from tests.web.world import World, make_world
from trainer.content.library import Library


@pytest.fixture
def world(app: Flask, shelf: Library) -> World:
    made = remembered("world", app, lambda: make_world(app, shelf))
    return replace(made, app=app)
