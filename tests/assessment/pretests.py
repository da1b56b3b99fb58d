"""Pretests, and content with enough scenes for them."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from tests.assessment import before, rich
from tests.cast import approve, join_class, make_account, make_class
from tests.support import COURSE
from trainer.assessment import pretest
from trainer.assessment.models import Response
from trainer.content.library import Library
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.learning.operations import enroll

OFFER = f"/courses/{COURSE}/pretest"


@pytest.fixture(scope="session")
def rich_shelf(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Return the tiny content with a pretest, loaded once."""
    return rich.open_library(before.write(tmp_path_factory.mktemp("before")))


def start(app: Flask, user_id: UUID) -> UUID:
    """Start the pretest; return the attempt's id."""
    with app.app_context(), transaction():
        course = served().courses[COURSE]
        enrollment = enroll(user_id, course, clock.now())
        return pretest.start(enrollment, course, served(), clock.now()).id


def begin_in_class(app: Flask, user_id: UUID) -> None:
    """Let someone start the course in a class, which asks for the pretest first."""
    ines = make_account(app, "ines@example.org")
    approve(app, ines)
    join_class(app, user_id, make_class(app, ines, None))


def items(app: Flask, attempt: UUID) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Response.item).where(Response.attempt_id == attempt)))
