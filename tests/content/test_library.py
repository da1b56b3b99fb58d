"""The library: what it finds, what a digest covers, and that a bad change never serves."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path

import pytest

from tests.content import small
from tests.content.small import edit, read
from trainer.content.library import ContentRefused, Library
from trainer.items.registry import MODELS


def today() -> date:
    return small.TODAY


def test_loading_twice_gives_the_same(folder: Path) -> None:
    assert read(folder) == read(folder)


@pytest.mark.check("T126")
def test_a_refused_change_leaves_the_old_content_serving(folder: Path) -> None:
    library = Library(folder, today, MODELS)
    before = library.content
    edit(folder, "site.yaml", "name: Small site", "name:")
    assert not library.reload()
    assert library.content is before
    assert any("site.yaml:1" in str(complaint) for complaint in library.complaints)
    edit(folder, "site.yaml", "name:", "name: Large site")
    assert library.reload()
    assert library.content.site.name == "Large site"
    assert all(complaint.level == "warning" for complaint in library.complaints)


def test_it_reloads_only_when_a_file_changed_and_tries_a_bad_one_once(folder: Path) -> None:
    library = Library(folder, today, MODELS)
    before = library.content
    assert not library.reload_if_changed()
    assert library.content is before
    edit(folder, "site.yaml", "Small site", "A larger site")
    assert library.reload_if_changed()
    assert not library.reload_if_changed()
    (folder / "notes.txt").write_text("x", encoding="utf-8")
    assert not library.reload_if_changed()
    assert library.complaints
    served = library.content
    assert not library.reload_if_changed()
    assert library.content is served


def test_a_library_does_not_start_on_faulty_content(folder: Path) -> None:
    edit(folder, "site.yaml", "name: Small site", "name:")
    with pytest.raises(ContentRefused):
        Library(folder, today, MODELS)


@pytest.mark.check("T126")
def test_readers_see_one_whole_content_while_it_is_swapped(folder: Path) -> None:
    library, seen, done = Library(folder, today, MODELS), set[tuple[str, str]](), threading.Event()

    def look() -> None:
        while not done.is_set():
            content = library.content
            seen.add((content.site.name, content.digest))

    reader = threading.Thread(target=look)
    reader.start()
    for name in ("One", "Two", "Three"):
        (folder / "site.yaml").write_text(small.SITE.replace("Small site", name), encoding="utf-8")
        assert library.reload()
    done.set()
    reader.join()
    assert len({name for name, _ in seen}) == len(seen)
