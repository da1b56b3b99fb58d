"""The content that the running app serves."""

from __future__ import annotations

from typing import cast

from flask import current_app

from trainer.core import clock
from trainer.core.errors import NotFound
from trainer.courses.cache import Cache
from trainer.courses.library import Content, Course, Lesson, Library
from trainer.courses.search import Index


def library() -> Library:
    """Return the app's library, read at the first call. Raises ContentRefused if the folder can't be served."""
    if "library" not in current_app.extensions:
        settings = current_app.config["SETTINGS"]
        current_app.extensions["library"] = Library(
            settings.content,
            clock.today,
            kept_in=Cache(settings.instance, settings.secret_key),
            is_watched=settings.development,
        )
    return cast(Library, current_app.extensions["library"])


def content() -> Content:
    """Return the content that serves now."""
    return library().content


def index() -> Index:
    """Return the search index of the content that serves now; made at its first use."""
    here = content()
    kept = current_app.extensions.get("search-index")
    if kept is None or kept[0] != here.digest:
        kept = current_app.extensions["search-index"] = (here.digest, Index(here))
    return cast(Index, kept[1])


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
