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


@pytest.fixture
def rich_shelf(tmp_path: Path) -> Library:
    """Return the tiny content with so many pretest pairs that whoever draws from them meets one."""
    folder = rich.write(tmp_path)
    for number in range(1, 25):
        for letter, truth in (("a", "concern"), ("b", "no_concern")):
            name = f"pretest-{number}"
            small.put(folder, f"scenarios/{name}-{letter}.md", small.scene(truth, name, "pretest"))
        small.add_to_head(folder, f"scenarios/{name}-a.md", rich.SINGLE)
    return rich.open_library(folder)


def test_nothing_else_draws_from_the_pretest(rich_app: Flask) -> None:
    bob = make_account(rich_app)
    make_ready(rich_app, bob)
    for start in (start_practice, start_drill, start_final):
        attempt = start(rich_app, bob)
        with rich_app.app_context():
            items = db.session.scalars(select(Response.item).where(Response.attempt_id == attempt)).all()
        assert items
        assert not [item for item in items if item.startswith("pretest")]
    where = Visitor(rich_app).get("/try?keep=no").headers["Location"]
    with rich_app.app_context():
        drawn: Any = unsign(_PURPOSE, where.partition("state=")[2])
    assert drawn[0]
    assert not [scene for scene in drawn[0] if scene.startswith("pretest")]
