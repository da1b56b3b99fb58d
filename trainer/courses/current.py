"""The content that the running app serves."""

from __future__ import annotations

from typing import cast

from flask import current_app

from trainer.core import clock
from trainer.core.errors import NotFound
from trainer.courses.library import Content, Course, Lesson, Library


def library() -> Library:
    """Return the app's library, read at the first call. Raises ContentRefused if the folder can't be served."""
    if "library" not in current_app.extensions:
        current_app.extensions["library"] = Library(current_app.config["SETTINGS"].content, clock.today)
    return cast(Library, current_app.extensions["library"])


def content() -> Content:
    """Return the content that serves now."""
    return library().content


def get_course(slug: str) -> Course:
    """Return a course. Raises NotFound."""
    course = content().courses.get(slug)
    if course is None:
        raise NotFound
    return course


def get_lesson(course: str, module: str, lesson: str) -> tuple[Course, Lesson]:
    """Return a lesson with its course. Raises NotFound."""
    whole = get_course(course)
    found = whole.lesson(f"{module}/{lesson}")
    if found is None:
        raise NotFound
    return whole, found
