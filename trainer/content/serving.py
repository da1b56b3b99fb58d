"""The content that is being served. Who serves it is told once, when a request, a command or a task begins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Final

from trainer.content.cache import BuiltContent, Cache
from trainer.content.library import Content, Course, Lesson, Library
from trainer.content.own_words import SOURCE
from trainer.content.schema import ItemModels
from trainer.core import clock
from trainer.core.errors import NotFound

if TYPE_CHECKING:  # what reads forms of items needs no database library, which settings bring along
    from trainer.core.settings import Settings

_REFUSED: Final = "content_refused"
_serving: ContextVar[Serving] = ContextVar("the content that serves")
_region: ContextVar[str | None] = ContextVar("the region whose numbers are shown", default=None)


class Serving:
    """What one request, command or turn of a task is served: the same content from its beginning to its end."""

    def __init__(self, shelf: Callable[[], Library]) -> None:
        self.shelf = shelf
        self._library: Library | None = None
        self._content: Content

    @property
    def content(self) -> Content:
        """The content that the library held when it was first asked."""
        library = self.shelf()
        if library is not self._library:
            self._library, self._content = library, library.content
        return self._content


def serve_from(shelf: Callable[[], Library]) -> Serving:
    """Serve, in this context, what a library holds. It is asked for when it is first needed: reading takes a while."""
    serving = Serving(shelf)
    _serving.set(serving)
    return serving


def serve_again(serving: Serving) -> None:
    """Go on with what was served before something else began and ended."""
    _serving.set(serving)


def serve_newest() -> None:
    """Serve, in this context, what the library holds by now: something else begins."""
    serve_from(_serving.get().shelf)
    serve_region(None)


def serve_region(region: str | None) -> None:
    """Serve, in this context, what readers of a region get. None, or one that isn't there: those of the site's."""
    _region.set(region)


@contextmanager
def for_readers_in(region: str | None) -> Iterator[None]:
    """Serve what readers of a region get while something is made for them outside a request of theirs."""
    before = _region.set(region)
    try:
        yield
    finally:
        _region.reset(before)


def library() -> Library:
    """Return the library that serves. Raises ContentRefused if it is read now and can't be served."""
    return _serving.get().shelf()


def served() -> Content:
    """Return the content being served, to readers of this context's region."""
    content, region = _serving.get().content, _region.get()
    return content if region in (None, content.region.id) else content.regions.get(str(region), content)


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


def note_refused(instance: Path, reason: str | None) -> None:
    """Keep for all processes why the content folder was refused at the last start, or that it is in order (None)."""
    if reason is None:
        (instance / _REFUSED).unlink(missing_ok=True)
    else:
        (instance / _REFUSED).write_text(reason, encoding="utf-8")


def find_refused(instance: Path) -> str | None:
    """Return why what was in service before is served instead of the content folder, or None."""
    try:
        return (instance / _REFUSED).read_text(encoding="utf-8")
    except OSError:
        return None


def open_library(settings: Settings, items: ItemModels, begins_with: BuiltContent | None = None) -> Library:
    """Read the content folder, unless something else is served. Raises ContentRefused."""
    return Library(
        settings.content,
        clock.today,
        items,
        kept_in=Cache(settings.instance, settings.secret_key),
        is_watched=settings.development,
        begins_with=begins_with,
    )
