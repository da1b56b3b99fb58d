"""People who are on duty for a night."""

from __future__ import annotations

from uuid import UUID

from flask import Flask

from tests.support import COURSE
from trainer.content.library import Content
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.db import transaction
from trainer.extras.nights import operations
from trainer.learning.operations import enroll


def start_shift(app: Flask, user_id: UUID, course: str = COURSE) -> UUID:
    """Start the practice shift of a course; return the attempt's id."""
    with app.app_context(), transaction():
        whole = served().courses[course]
        return operations.start_shift(enroll(user_id, whole, clock.now()), whole, served(), clock.now()).id


def start_rare(app: Flask, user_id: UUID, course: str = COURSE) -> UUID:
    """Start the rare shift of a course; return the attempt's id."""
    with app.app_context(), transaction():
        whole = served().courses[course]
        return operations.start_rare(enroll(user_id, whole, clock.now()), whole, served(), clock.now()).id


def course_with_rare(here: Content) -> str:
    """Return a course that has a rare shift."""
    return next(slug for slug, course in here.courses.items() if course.rare)


def course_with_shift(here: Content) -> str:
    """Return a course that has a practice shift."""
    return next(slug for slug, course in here.courses.items() if course.shifts)
