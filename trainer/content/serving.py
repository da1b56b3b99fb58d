"""The content that is being served. Who serves it is told once, when a request, a command or a task begins."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

from trainer.content.cache import Cache, Kept, code_key, find, keep
from trainer.content.library import Content, Course, Lesson, Library
from trainer.content.own_words import SOURCE
from trainer.content.schema import ItemModels
from trainer.core import clock
from trainer.core.errors import NotFound

if TYPE_CHECKING:  # what reads forms of items needs no database library, which settings bring along
    from trainer.core.settings import Settings

_PUBLISHED: Final = "SERVED_CONTENT"  # no setting: `flask serve` tells its own processes
_shelf: ContextVar[Callable[[], Library]] = ContextVar("the library that serves")


def serve_from(shelf: Callable[[], Library]) -> None:
    """Serve, in this context, what a library holds. It is asked for when it is first needed: reading takes a while."""
    _shelf.set(shelf)


def library() -> Library:
    """Return the library that serves. Raises ContentRefused if it is read now and can't be served."""
    return _shelf.get()()


def served() -> Content:
    """Return the content being served."""
    return library().content


def served_in(language: str) -> Content:
    """Return the content being served as a reader of a language gets it. For pages to read: what is recorded,
    scored and counted rests on the original."""
    content = served()
    return content.translations.get(language, content)


def get_course(slug: str, language: str = SOURCE) -> Course:
    """Return a course, in a language as far as it is translated. Raises NotFound."""
    course = served_in(language).courses.get(slug)
    if course is None:
        raise NotFound
    return course


def get_lesson(course: str, module: str, lesson: str, language: str = SOURCE) -> tuple[Course, Lesson]:
    """Return a lesson with its course, in a language as far as they are translated. Raises NotFound.

    It may be one by which the course is renewed.
    """
    whole = get_course(course, language)
    name = f"{module}/{lesson}"
    loaded_lesson = whole.lesson(name) or whole.short.lesson(name)
    if loaded_lesson is None:
        raise NotFound
    return whole, loaded_lesson


def open_library(settings: Settings, items: ItemModels) -> Library:
    """Read the content folder, or what was published for this process. Raises ContentRefused."""
    return Library(
        settings.content,
        clock.today,
        items,
        kept_in=Cache(settings.instance, settings.secret_key),
        is_watched=settings.development,
        begins_with=_find_published(settings),
    )


def publish(settings: Settings) -> None:
    """Keep the content that was read, and have every process that this one starts serve it, until all are restarted.

    A web server that is started again must not come up with a folder that is still being copied, nor serve other
    content than the ones beside it.
    """
    shelf = library()
    if settings.development:
        return
    os.environ[_PUBLISHED] = shelf.content.digest
    keep(_published_in(settings), _key(shelf.content.digest), shelf.content, shelf.complaints)


def _find_published(settings: Settings) -> Kept | None:
    digest = os.environ.get(_PUBLISHED)
    return find(_published_in(settings), _key(digest)) if digest else None


def _published_in(settings: Settings) -> Cache:
    return Cache(settings.instance, settings.secret_key, "content.served")


def _key(digest: str) -> str:
    return f"{code_key()} {digest}"
