"""Pretests, and content with enough scenes for them."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from tests.assessment import before, rich
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


def items(app: Flask, attempt: UUID) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Response.item).where(Response.attempt_id == attempt)))
