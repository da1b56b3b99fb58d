"""Which pool each kind of attempt draws from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.assessment import rich
from tests.cast import make_account, make_ready, start_drill, start_final, start_practice
from tests.content import small
from tests.support import Visitor
from trainer.assessment.models import Response
from trainer.assessment.views.first_try import _PURPOSE
from trainer.content.library import Library
from trainer.core.db import db
from trainer.core.signing import unsign

KEPT = ("pretest", "check-in", "short-form")


@pytest.fixture
def rich_shelf(tmp_path: Path) -> Library:
    """Return the tiny content with so many scenes of other pools that whoever draws from them meets one."""
    folder = rich.write(tmp_path)
    for pool in KEPT:
        for number in range(1, 25):
            for letter, truth in (("a", "concern"), ("b", "no_concern")):
                name = f"{pool}-{number}"
                small.put(folder, f"scenarios/{name}-{letter}.md", small.scene(truth, name, pool))
                if pool == "short-form":
                    for key in ("pair", "differs"):
                        without(folder, f"scenarios/{name}-{letter}.md", key)
            small.add_to_head(folder, f"scenarios/{name}-a.md", rich.SINGLE)
    return rich.open_library(folder)


def without(folder: Path, name: str, key: str) -> None:
    """Take a line out of a scene."""
    lines = (folder / name).read_text("utf-8").splitlines(keepends=True)
    small.put(folder, name, "".join(line for line in lines if not line.startswith(f"{key}:")))


def test_nothing_else_draws_from_what_is_kept_for_one_use(rich_app: Flask) -> None:
    bob = make_account(rich_app)
    make_ready(rich_app, bob)
    for start in (start_practice, start_drill, start_final):
        attempt = start(rich_app, bob)
        with rich_app.app_context():
            items = db.session.scalars(select(Response.item).where(Response.attempt_id == attempt)).all()
        assert items
        assert not [item for item in items if item.startswith(KEPT)]
    where = Visitor(rich_app).get("/try?keep=no").headers["Location"]
    with rich_app.app_context():
        drawn: Any = unsign(_PURPOSE, where.partition("state=")[2])
    assert drawn[0]
    assert not [scene for scene in drawn[0] if scene.startswith(KEPT)]
